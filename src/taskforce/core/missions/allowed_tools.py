"""What the `allowed-tools` of a skill come to here: names of our tools, and of those that others have."""

import re
from collections.abc import Collection

from taskforce.core.missions.controls import ACTIVATE_SKILL, ASK_USER, CALL_AGENT, FETCH_RESULT, PLANNER

ALWAYS = frozenset({PLANNER, ASK_USER, FETCH_RESULT, ACTIVATE_SKILL})
"""They change the mission, not the world; an agent that is called may do more, so it is none of them."""
_OF_OTHERS = {
    "Bash": "shell",
    "Edit": "file_edit",
    "Glob": "list_files",
    "Grep": "grep",
    "LS": "list_files",
    "MultiEdit": "file_edit",
    "Read": "file_read",
    "Task": CALL_AGENT,
    "WebFetch": "http_fetch",
    "Write": "file_write",
}
"""Names that skills in the wild give to tools, and ours that do the same."""
_PROGRAMS = {"git": "git", "python": "python", "python3": "python"}
_ITEM = re.compile(r"(?P<name>[^\s,()]+)(?:\((?P<only>[^()]*)\))?")
_ONE_PROGRAM = re.compile(r"(?P<program>[\w.-]+)(?::\*| \*)")


def allowed_by(said: str) -> frozenset[str] | None:
    """Return the tools that `allowed-tools` names, by our names; None when it names none at all.

    `Bash(git:*)` is our git. Another pattern allows nothing: what it means cannot be held here, and the whole
    tool would be more than was said.
    """
    items = list(_ITEM.finditer(said))
    return frozenset(_tool(item["name"], item["only"]) for item in items) - {""} if items else None


def refusal(tool: str, *, skill: str, allowed: Collection[str]) -> str:
    """Return what a model is told that calls another tool."""
    names = ", ".join(sorted(allowed)) or "no tools"
    return f"The skill {skill} allows {names}, and not {tool}. Do it with those, or tell what is missing."


def _tool(name: str, only: str | None) -> str:
    if only is None:
        return _OF_OTHERS.get(name, name)
    program = _ONE_PROGRAM.fullmatch(only)
    return _PROGRAMS.get(program["program"], "") if name == "Bash" and program else ""
