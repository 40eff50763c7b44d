"""Skills in folders: the package's, then the user's, then the project's; later ones win."""

import asyncio
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self

from taskforce.core.skills import (
    MAIN_FILE,
    BrokenSkill,
    Skill,
    SkillCard,
    SkillInvalid,
    SkillNotFound,
    SkillOrigin,
    SkillSource,
)
from taskforce.infrastructure.missions.skill_file import Read, read_skill

SHIPPED = Path(__file__).with_name("skills")
LONGEST = 100_000
"""Bytes of a SKILL.md."""
MOST_FILES = 200
MOST_BYTES = 10 * 1024 * 1024
"""Of all files that come with a skill, together."""
_PASSED_OVER = frozenset({"__pycache__"})


class _Place(NamedTuple):
    """A skill's folder, and whose it is."""

    folder: Path
    origin: SkillOrigin


class SkillFolders(SkillSource):
    """Reads `NAME/SKILL.md` from folders. A link is never followed: who knows where it leads."""

    def __init__(self, folders: Sequence[tuple[SkillOrigin, Path]]) -> None:
        self._folders = ((SkillOrigin.PACKAGE, SHIPPED), *folders)

    @classmethod
    def around(cls, home: Path, *, users: Iterable[Path]) -> Self:
        """Return the skills of a user's folders and of a home."""
        own = [(SkillOrigin.USER, folder / "skills") for folder in users]
        return cls([*own, (SkillOrigin.PROJECT, home / "skills")])

    def found(self) -> Sequence[Skill | BrokenSkill]:
        places = self._places()
        return [_sound_or_broken(places[name]) for name in sorted(places)]

    def cards(self) -> Sequence[SkillCard]:
        places = self._places()
        heads = (_head_or_none(places[name]) for name in sorted(places))
        return [read.header.card for read in heads if read is not None]

    def get(self, name: str) -> Skill:
        return _skill(self._place(name))

    async def files(self, name: str) -> Mapping[str, bytes]:
        return await asyncio.to_thread(_contents, self._place(name))

    def _place(self, name: str) -> _Place:
        places = self._places()
        if name not in places:
            raise SkillNotFound(name, sorted(places))
        return places[name]

    def _places(self) -> dict[str, _Place]:
        return {
            folder.name: _Place(folder, origin)
            for origin, root in self._folders
            for folder in _folders_in(root)
        }


def _folders_in(root: Path) -> Iterator[Path]:
    """Yield the folders that hold a SKILL.md; none when there is no such root."""
    try:
        names = os.listdir(root)  # noqa: PTH208 - each mission asks for it, and a Path a name costs more
    except (FileNotFoundError, NotADirectoryError):
        return
    yield from (root / name for name in names if os.path.lexists(f"{root}/{name}/{MAIN_FILE}"))


def _sound_or_broken(place: _Place) -> Skill | BrokenSkill:
    try:
        return _skill(place)
    except SkillInvalid as wrong:
        return BrokenSkill(name=place.folder.name, origin=place.origin, problem=wrong.message)


def _skill(place: _Place) -> Skill:
    read = _head(place)
    files = tuple(sorted(path for path, _ in _bundled(place.folder)))
    return Skill(header=read.header, body=read.body, files=files, origin=place.origin)


def _head_or_none(place: _Place) -> Read | None:
    try:
        return _head(place)
    except SkillInvalid:  # `found` shows it
        return None


def _head(place: _Place) -> Read:
    """Return what a SKILL.md says, without a look at the files beside it."""
    name = place.folder.name
    if place.folder.is_symlink():
        raise SkillInvalid(f"{name}: it is a link. Copy the folder to where skills are looked for.")
    main = f"{place.folder}/{MAIN_FILE}"
    facts = os.lstat(main)
    if not stat.S_ISREG(facts.st_mode):
        raise SkillInvalid(f"{name}/{MAIN_FILE}: it is no plain file.")
    if facts.st_size > LONGEST:
        raise SkillInvalid(f"{name}/{MAIN_FILE}: it has {facts.st_size:,} bytes; up to {LONGEST:,} are read.")
    return _read(main, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=256)
def _read(file: str, *_state: int) -> Read:
    """Return what the file says in this state; each mission asks for it."""
    path = Path(file)
    try:
        return read_skill(path.parent.name, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as wrong:
        raise SkillInvalid(f"{path.parent.name}/{MAIN_FILE}: it is not UTF-8.") from wrong


def _bundled(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files that come with a skill by their path from its folder. Raises SkillInvalid."""
    count, size = 0, 0
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _PASSED_OVER]
        for name in (*names, *folders):
            path = Path(parent, name)
            relative = path.relative_to(folder).as_posix()
            facts = path.lstat()
            if stat.S_ISDIR(facts.st_mode) or relative == MAIN_FILE:
                continue
            if not stat.S_ISREG(facts.st_mode):
                raise SkillInvalid(f"{folder.name}/{relative}: it is no plain file. Put a copy there.")
            count, size = count + 1, size + facts.st_size
            if count > MOST_FILES or size > MOST_BYTES:
                most = f"{MOST_FILES} files and {MOST_BYTES // 2**20} MiB"
                raise SkillInvalid(f"{folder.name}: a skill has at most {most} beside {MAIN_FILE}.")
            yield relative, path


def _contents(place: _Place) -> dict[str, bytes]:
    _skill(place)
    return {relative: path.read_bytes() for relative, path in _bundled(place.folder)}
