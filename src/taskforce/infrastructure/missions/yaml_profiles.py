"""Profiles in YAML files: the package's, then the user's, then the project's; later ones win."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self, get_args

import yaml
from pydantic import BaseModel, ValidationError

from taskforce.core.missions.errors import ProfileInvalid, ProfileNotFound, StrategyNotFound
from taskforce.core.missions.ports import ProfileSource, StrategySource
from taskforce.core.missions.profile import Profile

SHIPPED = Path(__file__).with_name("profiles")
SUFFIX = ".yaml"


class _Source(NamedTuple):
    """A profile's file in one state."""

    name: str
    file: str
    state: tuple[int, int]


class YamlProfiles(ProfileSource):
    """Reads `NAME.yaml` from folders. `extends: OTHER` takes over what the file itself does not say."""

    def __init__(self, folders: Sequence[Path], *, strategies: StrategySource) -> None:
        self._folders = (SHIPPED, *folders)
        self._strategies = strategies

    @classmethod
    def around(cls, home: Path, *, users: Iterable[Path], strategies: StrategySource) -> Self:
        """Return the profiles of a user's folders and of a home."""
        return cls([folder / "profiles" for folder in (*users, home)], strategies=strategies)

    def get(self, name: str) -> Profile:
        line = tuple(self._line(name))
        profile = _merged(line)
        if not self._strategies.knows(profile.strategy):
            raise ProfileInvalid(
                _place_of_key(line, "strategy"),
                f"strategy: {StrategyNotFound(profile.strategy, self._strategies.names()).message}",
            )
        return profile

    def names(self) -> Sequence[str]:
        return sorted(self._files())

    def _files(self) -> Mapping[str, str]:
        return {name: file for folder in self._folders for name, file in _files_in(folder)}

    def _line(self, name: str) -> Iterator[_Source]:
        """Yield the profile's file and those that it extends, one after the other."""
        files = self._files()
        heirs: tuple[str, ...] = ()
        wanted: str | None = name
        while wanted is not None:
            if wanted not in files:
                raise ProfileNotFound(wanted, sorted(files))
            if wanted in heirs:
                circle = " → ".join((*heirs, wanted))
                raise ProfileInvalid(files[wanted], f"extends goes in a circle: {circle}.")
            source = _Source(wanted, files[wanted], _state(files[wanted]))
            yield source
            extends = _read(source)[0].get("extends")
            heirs, wanted = (*heirs, wanted), None if extends is None else str(extends)


def _files_in(folder: Path) -> list[tuple[str, str]]:
    """Return the profiles in a folder, by name; none when there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return [
                (entry.name.removesuffix(SUFFIX), entry.path)
                for entry in entries
                if entry.name.endswith(SUFFIX)
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _state(file: str) -> tuple[int, int]:
    """Return what changes when the file does: its time and its size."""
    found = os.stat(file)  # noqa: PTH116 - each mission asks for it, and a Path costs more than the call
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=256)
def _merged(line: tuple[_Source, ...]) -> Profile:
    """Return what the first file says in this state, over what it takes from the others."""
    (name, file, _), *others = line
    read, lines = _read(line[0])
    said = {key: value for key, value in read.items() if key != "extends"}
    inherited = _merged(tuple(others)).model_dump() if others else {}
    try:
        return Profile.model_validate({**inherited, **said, "name": name})
    except ValidationError as wrong:
        raise ProfileInvalid(_place(file, lines, wrong), _problem(wrong)) from wrong


@lru_cache(maxsize=256)
def _read(source: _Source) -> tuple[Mapping[str, object], Mapping[str, int]]:
    """Return what the file says in this state, and the line of each key; each mission asks for it."""
    file = source.file
    text = Path(file).read_text(encoding="utf-8")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        said = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise ProfileInvalid(file, f"this is not YAML: {wrong}") from wrong
    if not isinstance(said, dict) or not isinstance(node, yaml.MappingNode):
        raise ProfileInvalid(f"{file}:1", "a profile is a mapping of keys, such as tools: [file_read].")
    return said, _lines(node, "")


def _lines(node: yaml.MappingNode, path: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    for key, value in node.value:
        place = f"{path}{key.value}"
        lines[place] = key.start_mark.line + 1
        if isinstance(value, yaml.MappingNode):
            lines |= _lines(value, f"{place}.")
    return lines


def _place(file: str, lines: Mapping[str, int], wrong: ValidationError) -> str:
    names = [str(part) for part in wrong.errors()[0]["loc"]]
    known = [".".join(names[:length]) for length in range(len(names), 0, -1)]
    line = next((lines[name] for name in known if name in lines), 1)
    return f"{file}:{line}"


def _place_of_key(line: Iterable[_Source], key: str) -> str:
    """Return where a key is said whose value holds: in the first file that says it."""
    for source in line:
        said, lines = _read(source)
        if key in said:
            return f"{source.file}:{lines[key]}"
    raise KeyError(key)


def _problem(wrong: ValidationError) -> str:
    error = wrong.errors()[0]
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{name}: {error['msg'].removeprefix('Value error, ')}."
    known = [*_model_at(error["loc"][:-1]).model_fields]
    return f"unknown key {name}. Known keys are: {', '.join(known if '.' in name else [*known, 'extends'])}."


def _model_at(place: tuple[int | str, ...]) -> type[BaseModel]:
    """Return what a place of a profile is read as: the model of a field, or of the values of a mapping."""
    found: type[BaseModel] = Profile
    kind: object = Profile
    for part in place:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(part)].annotation
        else:
            *_, kind = get_args(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found = kind
    return found
