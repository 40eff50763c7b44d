"""Clauses with unknown verbs: the one tool that its words name, if its arguments are certain (BM25)."""

import re
from collections.abc import Sequence

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.context import Referent, Step
from taskforce.core.missions.planning.grammar import QUOTED, Wording
from taskforce.core.missions.planning.ranking import best_of
from taskforce.core.tools import ToolSpec

_KNOWN = frozenset(
    [
        "file_read",
        "file_write",
        "file_append",
        "file_edit",
        "list_files",
        "grep",
        "python",
        "shell",
        "git",
        "http_fetch",
        "planner",
        "ask_user",
        "fetch_result",
        "activate_skill",
        "call_agent",
    ]
)
_LINKS = frozenset(["of", "for", "in", "on", "at", "with", "from", "to", "by", "and", "use", "tool", "call"])
_FREE = re.compile(rf"{QUOTED}|(?<!\S)-?\d+(?:\.\d+)?(?!\S)")
_SETTING = re.compile(rf"(\w+) ?(?:=|:| is ) ?({QUOTED}|-?\d+(?:\.\d+)?)")


def step_of_tool(wording: Wording, tools: Sequence[ToolSpec]) -> Step | None:
    """Return the call of the best tool, if every word is an argument, a link or one of the tool's own."""
    others = [tool for tool in tools if tool.name not in _KNOWN]
    values, words = _arguments(wording)
    best = _best(words, others)
    if best is None or not words <= _words(f"{best.name} {best.description}") | _LINKS | _names(best):
        return None
    if not words & _words(best.name):
        return None
    arguments = _filled(best, values)
    return (
        None
        if arguments is None
        else Step(tool=best.name, arguments=arguments, leaves=Referent(savable=True))
    )


def _arguments(wording: Wording) -> tuple[list[tuple[str | None, str]], set[str]]:
    """Return the values of a clause, with a name where one is said, and its other words."""
    values: list[tuple[str | None, str]] = [
        (name.lower(), wording.unquote(value)) for name, value in _SETTING.findall(wording.text)
    ]
    text = _SETTING.sub(" ", wording.text)
    values += [(None, wording.unquote(token)) for token in _FREE.findall(text)]
    rest = _FREE.sub(" ", text)
    return values, set(re.findall(r"[^\s,:]+", rest.lower()))


def _best(words: set[str], tools: Sequence[ToolSpec]) -> ToolSpec | None:
    """Return the tool that fits the words best; None when none does or two do alike."""
    best = best_of(words - _LINKS, [f"{tool.name} {tool.description}" for tool in tools])
    return None if best is None else tools[best]


def _filled(tool: ToolSpec, values: list[tuple[str | None, str]]) -> JsonObject | None:
    properties, required = tool.parameters.get("properties"), tool.parameters.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list):
        return None
    free = [str(name) for name in required if name not in {said for said, _ in values}]
    unnamed = sum(name is None for name, _ in values)
    if len(free) != unnamed or unnamed > 1:
        return None
    filled: JsonObject = {}
    for said, value in values:
        name = said or free[0]
        schema = properties.get(name)
        kind = schema.get("type") if isinstance(schema, dict) else None
        if kind == "string":
            filled[name] = value
        elif kind == "integer" and re.fullmatch(r"-?\d+", value):
            filled[name] = int(value)
        elif kind == "number" and re.fullmatch(r"-?\d+(?:\.\d+)?", value):
            filled[name] = float(value)
        else:
            return None
    return filled


def _names(tool: ToolSpec) -> set[str]:
    properties = tool.parameters.get("properties")
    return {name.lower() for name in properties} if isinstance(properties, dict) else set()


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower())) | {text.split(" ", 1)[0].lower()}
