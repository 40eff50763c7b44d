"""The files of a working tree that configure its pipeline: found in one walk, and read with care."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from taskforce.core.pipelines.discovery import TreeFile
from taskforce.core.pipelines.errors import ConfigProblem
from taskforce.infrastructure.pipelines.documents import BEGIN, LONGEST, refused

NOT_WALKED = frozenset([".git", ".taskforce", ".venv", "__pycache__", "node_modules"])
"""Folders of what others made: no project is looked for in them."""
_FOLDER = ".forge"
_AS_IT_IS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
"""A named pipe without a writer is opened too, and not waited for."""


@dataclass(slots=True)
class Walk:
    """What lies in the folders `.forge` of a tree, and which folders could not be looked into."""

    files: list[TreeFile] = field(default_factory=list)
    problems: list[ConfigProblem] = field(default_factory=list)


def walked(tree: Path) -> Walk:
    """Walk a working tree once. Links to folders are not followed, but for a `.forge` that is one."""
    walk = Walk()
    root = os.path.realpath(tree)
    todo = [""]
    while todo:
        folder = todo.pop()
        try:
            with os.scandir(f"{root}/{folder}") as entries:
                for entry in entries:
                    if entry.name == _FOLDER and entry.is_dir():
                        walk.files += _files(root, f"{folder}{_FOLDER}")
                    elif entry.is_dir(follow_symlinks=False) and entry.name not in NOT_WALKED:
                        todo.append(f"{folder}{entry.name}/")
        except OSError as wrong:
            message = f"cannot be looked into: {wrong.strerror}."
            walk.problems.append(ConfigProblem(file=folder or ".", line=1, column=1, message=message))
    return walk


def content(tree: Path, file: str) -> bytes:
    """Return a file's bytes, up to one more than it may have.

    Raises:
        ConfigInvalid: it cannot be read, or is no plain file.
    """
    try:
        with os.fdopen(os.open(tree / file, _AS_IT_IS), "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise refused(file, BEGIN, "is no plain file.")
            return opened.read(LONGEST + 1)
    except OSError as wrong:
        raise refused(file, BEGIN, f"cannot be read: {wrong.strerror}.") from wrong


def _files(root: str, folder: str) -> Iterator[TreeFile]:
    """Yield what lies in a folder `.forge`, and where that leads."""
    with os.scandir(f"{root}/{folder}") as entries:
        for entry in entries:
            path = f"{folder}/{entry.name}"
            yield TreeFile(path=path, real=os.path.relpath(os.path.realpath(f"{root}/{path}"), root))
