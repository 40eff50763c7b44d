"""SKILL.md read strictly: a head of YAML between two lines of `---`, and instructions below it."""

from collections.abc import Iterator
from typing import NamedTuple

import yaml
from pydantic import ValidationError

from taskforce.core.skills import MAIN_FILE, SkillHeader, SkillInvalid

_FENCE = "---"


class Read(NamedTuple):
    """What a SKILL.md says."""

    header: SkillHeader
    body: str


def read_skill(folder: str, text: str) -> Read:
    """Return what the SKILL.md of a folder says. Raises SkillInvalid with file and line."""
    place = f"{folder}/{MAIN_FILE}"
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != _FENCE:
        raise SkillInvalid(f"{place}:1: it begins with a line of {_FENCE}, and a head of YAML below it.")
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        raise SkillInvalid(f"{place}:1: the head has no end: close it with a line of {_FENCE}.")
    header = _header(place, "\n".join(lines[1:end]))
    if header.name != folder:
        raise SkillInvalid(f"{place}: the name {header.name!r} is not that of its folder, {folder!r}.")
    return Read(header, "\n".join(lines[end + 1 :]).strip("\n") + "\n")


def _header(place: str, text: str) -> SkillHeader:
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        said = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts alone, lists and mappings
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 2 if wrong.problem_mark else 1
        raise SkillInvalid(f"{place}:{line}: this is not YAML: {wrong.problem}.") from wrong
    except yaml.YAMLError as wrong:
        raise SkillInvalid(f"{place}:1: this is not YAML: {wrong}.") from wrong
    if not isinstance(node, yaml.MappingNode):
        raise SkillInvalid(f"{place}:2: the head is a mapping of keys, such as name: my-skill.")
    keys = dict(_keys(place, node))
    try:
        return SkillHeader.model_validate(said)
    except ValidationError as wrong:
        error = wrong.errors()[0]
        name = str(error["loc"][0])
        problem = _problem(name, error["type"], error["msg"])
        raise SkillInvalid(f"{place}:{keys.get(name, 2)}: {problem}") from wrong


def _keys(place: str, node: yaml.MappingNode) -> Iterator[tuple[str, int]]:
    """Yield the keys with their lines in the file; one that is said twice is refused."""
    seen: set[str] = set()
    for key, _ in node.value:
        line = key.start_mark.line + 2
        if str(key.value) in seen:
            raise SkillInvalid(f"{place}:{line}: {key.value} is said twice.")
        seen.add(str(key.value))
        yield str(key.value), line


def _problem(name: str, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        known = ", ".join(info.alias or field for field, info in SkillHeader.model_fields.items())
        return f"unknown key {name}. Known keys are: {known}."
    return f"{name}: {message.removeprefix('Value error, ')}."
