"""Walking through what lies below an open folder, in a fixed order and without following links."""

import os
import stat
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from taskforce.core.tools import ToolFailed

FOLDER_LIMIT = 100_000
DEPTH_LIMIT = 64
OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
STATE = ".taskforce"
"""The usual name of the folder of Taskforce's state: file tools do not go there at all."""
RESERVED = (".git", STATE)
"""Folders that belong to git and to Taskforce: listings leave them out, file tools do not write there."""
Identity: TypeAlias = tuple[int, int]
"""What a folder is known by, whatever it is called and however one came there: device and inode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that was found."""

    path: str
    """From the workspace."""
    below: str
    """From the folder where the walk began."""
    mode: int
    size: int
    identity: Identity

    @property
    def is_folder(self) -> bool:
        """Tell whether it is a folder."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_file(self) -> bool:
        """Tell whether it is a plain file."""
        return stat.S_ISREG(self.mode)


def identity(facts: os.stat_result) -> Identity:
    """Return by what a folder is known."""
    return facts.st_dev, facts.st_ino


def scan(folder: int, above: tuple[str, ...], *, hidden: Container[Identity]) -> Iterator[Entry]:
    """Yield what is in an open folder and below it, by name, folders before their content; nothing hidden."""
    return _scan(os.dup(folder), above, (), hidden)


def entry(folder: int, name: str, above: tuple[str, ...], between: tuple[str, ...] = ()) -> Entry:
    """Return what bears a name in an open folder."""
    facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
    return Entry(
        path="/".join((*above, *between, name)),
        below="/".join((*between, name)),
        mode=facts.st_mode,
        size=facts.st_size,
        identity=identity(facts),
    )


def _scan(
    folder: int, above: tuple[str, ...], between: tuple[str, ...], hidden: Container[Identity]
) -> Iterator[Entry]:
    try:
        if identity(os.fstat(folder)) in hidden:
            return
        for name in _names(folder, "/".join((*above, *between)) or "."):
            with suppress(OSError):  # gone meanwhile, or not ours to see
                found = entry(folder, name, above, between)
                if found.identity in hidden:
                    continue
                yield found
                if found.is_folder and len(between) < DEPTH_LIMIT:
                    below = os.open(name, OPEN_FOLDER, dir_fd=folder)
                    yield from _scan(below, above, (*between, name), hidden)
    finally:
        os.close(folder)


def _names(folder: int, path: str) -> list[str]:
    with os.scandir(folder) as found:
        names = sorted(one.name for one in islice(found, FOLDER_LIMIT + 1))
    if len(names) > FOLDER_LIMIT:
        raise ToolFailed(f"{path!r} holds more than {FOLDER_LIMIT:,} entries. Use shell.")
    return [name for name in names if name not in RESERVED]
