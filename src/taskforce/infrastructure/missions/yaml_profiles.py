"""Profiles in YAML files: the package's, then the user's, then the project's; later ones win."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from taskforce.core.missions.errors import ProfileInvalid, ProfileNotFound
from taskforce.core.missions.ports import ProfileSource
from taskforce.core.missions.profile import Profile

SHIPPED = Path(__file__).with_name("profiles")


class YamlProfiles(ProfileSource):
    """Reads `NAME.yaml` from folders. `extends: OTHER` takes over what the file itself does not say."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = (SHIPPED, *folders)

    def get(self, name: str) -> Profile:
        return self._profile(name, self._files(), ())

    def names(self) -> Sequence[str]:
        return sorted(self._files())

    def _files(self) -> Mapping[str, Path]:
        return {file.stem: file for folder in self._folders for file in sorted(folder.glob("*.yaml"))}

    def _profile(self, name: str, files: Mapping[str, Path], heirs: tuple[str, ...]) -> Profile:
        if name not in files:
            raise ProfileNotFound(name, sorted(files))
        file = files[name]
        if name in heirs:
            raise ProfileInvalid(str(file), f"extends goes in a circle: {' → '.join((*heirs, name))}.")
        read, lines = _read(file, _state(file))
        said = dict(read)
        parent = said.pop("extends", None)
        inherited: dict[str, object] = {}
        if parent is not None:
            inherited = self._profile(str(parent), files, (*heirs, name)).model_dump()
        try:
            return Profile.model_validate({**inherited, **said, "name": name})
        except ValidationError as wrong:
            raise ProfileInvalid(_place(file, lines, wrong), _problem(wrong)) from wrong


def _state(file: Path) -> tuple[int, int]:
    """Return what changes when the file does: its time and its size."""
    found = file.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=256)
def _read(
    file: Path,
    state: tuple[int, int],  # noqa: ARG001 - it is a part of the cache's key
) -> tuple[Mapping[str, object], Mapping[str, int]]:
    """Return what the file says in this state, and the line of each key; each mission asks for it."""
    text = file.read_text(encoding="utf-8")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        said = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise ProfileInvalid(str(file), f"this is not YAML: {wrong}") from wrong
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


def _place(file: Path, lines: Mapping[str, int], wrong: ValidationError) -> str:
    names = [str(part) for part in wrong.errors()[0]["loc"]]
    known = [".".join(names[:length]) for length in range(len(names), 0, -1)]
    line = next((lines[name] for name in known if name in lines), 1)
    return f"{file}:{line}"


def _problem(wrong: ValidationError) -> str:
    error = wrong.errors()[0]
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown key {name}. Known keys are: {', '.join([*Profile.model_fields, 'extends'])}."
    return f"{name}: {error['msg']}."
