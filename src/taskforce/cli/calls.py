"""How a tool call and its result are told: in a line and a few, or in full."""

import json

from pydantic import JsonValue

from taskforce.cli.terminal import clean, fitted, one_line
from taskforce.core.documents import JsonObject

HEAD = 3
"""How many lines of a result are shown."""
_BARE = frozenset({"code", "command", "path", "pattern", "question", "url"})
"""Arguments that say by themselves what they are."""
_MARKS = ('{"result":', '{"stopped":')
"""How the planner's programs begin the line that says what they found."""


def call_of(details: JsonObject, *, most: int) -> str:
    """Return what a call is about, as one line."""
    arguments = details.get("arguments")
    if not isinstance(arguments, dict):
        return ""
    words = [
        _gist(value) if name in _BARE or len(arguments) == 1 else f"{name}={_spelled(value)}"
        for name, value in arguments.items()
    ]
    return one_line(" ".join(words), most=most)


def call_in_full(details: JsonObject) -> list[str]:
    """Return a call's arguments as lines: all of them, whole."""
    arguments = details.get("arguments")
    lines: list[str] = []
    for name, value in arguments.items() if isinstance(arguments, dict) else ():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        first, *others = clean(text).splitlines() or [""]
        lines += [f"{name}:", *(f"  {line}" for line in (first, *others))] if others else [f"{name}: {first}"]
    return lines


def result_of(text: str, *, most: int) -> list[str]:
    """Return the first lines of what a result says, and how many more there are."""
    return head_of(_said(text), most=most)


def result_in_full(text: str) -> list[str]:
    """Return a result as lines, as the model sees it."""
    return clean(text).expandtabs(4).splitlines()


def head_of(text: str, *, most: int) -> list[str]:
    """Return the first lines of a text, and how many more there are."""
    lines = [line.rstrip() for line in clean(text).expandtabs(4).splitlines() if line.strip()]
    shown = [fitted(line, most=most) for line in lines[:HEAD]]
    more = len(lines) - HEAD
    return [*shown, f"… {more} more line{'s' if more > 1 else ''}"] if more > 0 else shown


def _gist(value: JsonValue) -> str:
    """Return the line of a text that tells most: its heading comment, else the first that does something."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    if len(lines) < 2:  # noqa: PLR2004 - one line says all there is
        return value
    if lines[0].startswith("# "):
        return lines[0].removeprefix("# ")
    telling = (line for line in lines if not line.startswith(("#", "import ", "from ", '"""')))
    return f"{next(telling, lines[0])} … {len(lines)} lines"


def _spelled(value: JsonValue) -> str:
    return json.dumps(_gist(value) if isinstance(value, str) else value, ensure_ascii=False)


def _said(text: str) -> str:
    """Return what a result says to people, if it is JSON: the planner's own words, or how much there is."""
    for line in reversed(text.splitlines()):
        if line.startswith(_MARKS):
            return _words_of(line)
    return _words_of(text) if text.startswith(("{", "[")) else text


def _words_of(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    if isinstance(found, list):
        return f"{len(found)} item{'' if len(found) == 1 else 's'}: {json.dumps(found, ensure_ascii=False)}"
    said = found.get("say", found.get("stopped")) if isinstance(found, dict) else None
    return text if said is None else str(said)
