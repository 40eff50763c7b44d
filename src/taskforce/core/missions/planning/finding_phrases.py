"""Phrases about what is to be found in texts by its form: addresses, log levels, definitions, lines of code."""
# ruff: noqa: E501 - a phrase stands on one line, so that one sees what it takes

from collections.abc import Callable

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.context import NotUnderstood, Slots, Step, python
from taskforce.core.missions.planning.lexicon import CODE, VAGUE

Builder = Callable[[Slots], Step]

_LEVELS = {"error": "ERROR", "warning": "WARN"}
_NONE = ("", "")
"""Of what is found neither it nor its file is "it"."""
_THINGS = {"functions": "functions", "classes": "classes", "methods": "methods"}


def _extract(slots: Slots) -> Step:
    word = slots.values["addresses"].lower()
    form = "email" if "mail" in word else "ip" if word.startswith("ip") else "url"
    if word in {"emails", "e-mails"} and not slots.wording.raw.lower().lstrip().startswith("extract"):
        raise NotUnderstood  # it may be messages that are meant
    arguments: JsonObject = {"scope": slots.scope(), "form": form, "counted": slots.has("counted")}
    return python("extract", {**arguments, "unique": slots.has("unique")}, paths=_NONE)


def _level(show: str) -> Builder:
    """Take the lines of a log that bear a level in its usual spelling, if no other spelling makes a difference."""

    def build(slots: Slots) -> Step:
        path = slots.path()
        if not path.lower().endswith(".log"):
            raise NotUnderstood
        text = _LEVELS[slots.values["level"].lower().removesuffix("s")]
        arguments: JsonObject = {
            "scope": {"path": path}, "text": text, "how": "contains", "show": show, "loose": True,
        }  # fmt: skip
        return python("matches", arguments, paths=_NONE)

    return build


def _definitions(*, counted: bool) -> Builder:
    def build(slots: Slots) -> Step:
        path = slots.path()
        if not path.endswith(".py"):
            raise NotUnderstood
        kind = _THINGS[slots.values["things"].lower()]
        return python("definitions", {"path": path, "kind": kind, "counted": counted}, paths=_NONE)

    return build


def _lines_of_code(slots: Slots) -> Step:
    """Count lines in a way that says what was counted: all, and those that are not empty."""
    scope = slots.scope()
    if "folder" in scope and scope["patterns"] == ["*"]:
        scope = {**scope, "patterns": [*CODE]}
    return python("count", {"scope": scope, "units": ["lines", "non-empty lines"]}, path=scope.get("path"))


def _drop_lines(slots: Slots) -> Step:
    path = slots.path()
    name = next(one for one in ("quoted", "caps", "named", "word") if slots.has(one))
    text = slots.text(name)
    if not text or "\n" in text or (name == "word" and text.lower() in VAGUE):
        raise NotUnderstood
    return python("drop_lines", {"path": path, "text": text, "loose": name == "word"}, path=path)


_CONTAIN = "(containing|that contain|which contain|with|that have|that include|including|matching|mentioning)"
_T = "(<quoted>|<caps>|(word|string|text|term|phrase) (<quoted>|<named:word>)|<word>)"

FINDING_PHRASES: tuple[tuple[str, Builder], ...] = (
    ("[<counted:numberof>] [all] [<unique:differing>] <addresses> %scope", _extract),
    ("number of <level> [(lines|messages|entries)] (in|of|from) %the_file (<path>|<it>)", _level("count")),
    ("[find] [all] <level> [(lines|messages|entries)] (in|of|from) %the_file (<path>|<it>)", _level("lines")),
    ("number of <things> [(defined|declared)] (in|of|from) %the_file <path>", _definitions(counted=True)),
    ("[all] [names of] [all] <things> [(defined|declared)] (in|of|from) %the_file <path>", _definitions(counted=False)),
    ("number of lines of code [(is|are) [there]] [%scope]", _lines_of_code),
    (f"(delete|remove|drop) [all] lines {_CONTAIN} {_T} (from|in|of) %the_file (<path>|<it>)", _drop_lines),
)  # fmt: skip
