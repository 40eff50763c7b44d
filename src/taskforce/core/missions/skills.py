"""Skills in a mission: how a model is told of them, and what an activated one says."""

import posixpath
import re
from collections.abc import Mapping, Sequence

from taskforce.core.skills import Skill, SkillCard
from taskforce.core.tools import ToolFailed

FOLDER = ".skills"
"""Where in the workspace the files of activated skills lie."""
_INTRODUCTION = (
    "Skills hold instructions for particular work. When one fits what is asked, load it with activate_skill "
    "before you begin, and follow it. There are:"
)
_CARD = re.compile(r"- (?P<name>\S+): (?P<description>.+)")
_PLACE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_DEFAULT = "default-"
_REFUSED = re.compile(r"[\"`\\\x00-\x1f\x7f]|\{\{|\}\}")
_SECTION = re.compile(r"^## Steps[ \t]*\n(?P<steps>.*?)(?=^#{1,2} |\Z)", re.MULTILINE | re.DOTALL)


def told_of(system: str, skills: Sequence[SkillCard]) -> str:
    """Return a system prompt that tells of skills, by name and description alone."""
    if not skills:
        return system
    lines = [_INTRODUCTION, *(f"- {card.name}: {card.description}" for card in skills)]
    return "\n".join([*([system.rstrip(), ""] if system.strip() else []), *lines]) + "\n"


def cards_in(system: str) -> tuple[SkillCard, ...]:
    """Return the skills that a system prompt tells of."""
    _, told, listed = system.rpartition(f"{_INTRODUCTION}\n")
    found = [_CARD.fullmatch(line) for line in listed.splitlines()] if told else []
    return tuple(SkillCard(name=card["name"], description=card["description"]) for card in found if card)


def asking_for(skill: str, mission: str | None) -> str:
    """Return a mission that is to be done with a skill."""
    words = f"Use the skill {skill}."
    return words if mission is None else f"{words}\n\n{mission}"


def places_of(skill: Skill) -> tuple[str, ...]:
    """Return the `{{name}}` places of a skill's instructions, in the order in which they come."""
    return tuple(dict.fromkeys(_PLACE.findall(skill.body)))


def bound(skill: Skill, params: Mapping[str, str], values: Sequence[str]) -> dict[str, str]:
    """Return what stands for the places of a skill: params, values in order, defaults.

    A default is what the metadata says of `default-NAME`; no value stands for a place that has one, for who
    says two files may mean two of the same. A place may stay open. Raises ToolFailed on a value too much.
    """
    defaults = skill.header.metadata
    places = places_of(skill)
    found = {name: params[name] for name in places if name in params}
    needed = [name for name in places if name not in found and f"{_DEFAULT}{name}" not in defaults]
    if len(values) > len(needed):
        takes = f"a value for {', '.join(needed)}" if needed else "no values"
        raise ToolFailed(
            f"{skill.name} takes {takes}; {len(values)} were given. Others go by name: --param K=V."
        )
    found |= dict(zip(needed, values, strict=False))
    found |= {
        name: defaults[f"{_DEFAULT}{name}"]
        for name in places
        if name not in found and f"{_DEFAULT}{name}" in defaults
    }
    for name, value in found.items():
        if _REFUSED.search(value):
            raise ToolFailed(
                f"The value of {name} may hold no double quote, backtick, backslash, braces or line break."
            )
    return found


def activated(skill: Skill, values: Mapping[str, str], tools: Sequence[str]) -> str:
    """Return what the model is told when it activates a skill: its instructions, whole."""
    missing = [name for name in places_of(skill) if name not in values]
    head = [f"The skill {skill.name}."]
    if skill.files:
        head += [f"Its files lie in {folder_of(skill)}: {', '.join(skill.files)}."]
    if skill.header.allowed_tools:
        head.append(
            f"Its author thought of the tools {skill.header.allowed_tools}. You have those of this mission, "
            f"under its approvals, and no others: {', '.join(tools) or 'none'}."
        )
    if missing:
        head += [f"No value was given for {', '.join(missing)}: what the mission says stands for {{{{it}}}}."]
    body = _PLACE.sub(lambda found: values.get(found[1], found[0]), skill.body)
    return "\n".join([*head, "", _reached(body, skill)])


def folder_of(skill: Skill) -> str:
    """Return where a skill's files lie in the workspace."""
    return posixpath.join(FOLDER, skill.name)


def steps_in(instructions: str) -> str | None:
    """Return the numbered list under `## Steps`, None when there is none."""
    section = _SECTION.search(instructions)
    if section is None:
        return None
    items: list[str] = []
    for line in section["steps"].splitlines():
        if re.match(r"\d{1,3}[.)] ", line):
            items.append(line.rstrip())
        elif items and line.startswith((" ", "\t")) and line.strip():
            items[-1] = f"{items[-1]} {line.strip()}"
    return "\n".join(items) or None


def open_places(text: str) -> tuple[str, ...]:
    """Return the places of a text that nothing stands for yet."""
    return tuple(dict.fromkeys(_PLACE.findall(text)))


def _reached(body: str, skill: Skill) -> str:
    """Return instructions in which the skill's own files are named as they are reached from the workspace."""
    if not skill.files:
        return body
    names = "|".join(re.escape(path) for path in sorted(skill.files, key=len, reverse=True))
    own = re.compile(rf"(?<![\w./~-])(?:\./)?(?P<path>{names})(?![\w/-])(?!\.\w)")
    return own.sub(lambda found: f"{folder_of(skill)}/{found['path']}", body)
