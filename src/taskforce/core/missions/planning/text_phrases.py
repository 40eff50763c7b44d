"""Phrases about the text of files: count, search, show, replace, sort, compare, summarise."""
# ruff: noqa: E501 - a phrase stands on one line, so that one sees what it takes

import re
from collections.abc import Callable
from dataclasses import replace

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.arguments import aggregate, count, names
from taskforce.core.missions.planning.context import NotUnderstood, Referent, Slots, Step, python
from taskforce.core.missions.planning.lexicon import PROSE_SUFFIXES, VAGUE

Builder = Callable[[Slots], Step]

_LISTINGS = frozenset({"matches", "take", "files", "diff", "summary"})
_UNITS = {
    "line": "lines", "lines": "lines", "word": "words", "words": "words", "character": "characters",
    "characters": "characters", "chars": "characters", "non-empty lines": "non-empty lines",
    "nonempty lines": "non-empty lines", "non-blank lines": "non-empty lines", "empty lines": "empty lines",
    "blank lines": "empty lines", "lines of text": "lines",
}  # fmt: skip


def _count(slots: Slots) -> Step:
    scope = slots.scope()
    units: list[str] = [_UNITS[name.lower()] for name in names(slots.values["units"], slots.wording)]
    path = scope.get("path")
    return python("count", {"scope": scope, "units": [*units]}, path=path, scope=None if path else scope)


def _matches(show: str, how: str = "contains") -> Builder:
    def build(slots: Slots) -> Step:
        scope = slots.scope()
        text, is_loose = _wanted(slots)
        arguments: JsonObject = {
            "scope": scope, "text": text, "how": how, "show": show, "inverse": slots.has("inverse"),
            "ignore_case": slots.has("ignoring"), "loose": is_loose,
        }  # fmt: skip
        return python("matches", arguments, path=scope.get("path"))

    return build


def _wanted(slots: Slots) -> tuple[str, bool]:
    """Return the text to look for, and whether it stood there as a mere word."""
    name = next(one for one in ("quoted", "caps", "named", "word") if slots.has(one))
    text = slots.text(name)
    if not text or "\n" in text or (name == "word" and text.lower() in VAGUE):
        raise NotUnderstood
    if name == "caps" and text.endswith("s") and not text.endswith("SS"):
        text = text[:-1]
    return text, name == "word"


def _grep(slots: Slots) -> Step:
    """Search by the plain tool where it says all; a mere word is searched by a program that checks its case."""
    scope = slots.scope()
    text, is_loose = _wanted(slots)
    found = _matches("lines")(slots)
    if is_loose:
        return found
    arguments: JsonObject = {"pattern": re.escape(text), "ignore_case": slots.has("ignoring")}
    if scope.get("path"):
        arguments["path"] = scope["path"]
    else:
        patterns = scope.get("patterns")
        if not isinstance(patterns, list) or len(patterns) != 1:
            return found
        arguments |= {"path": scope["folder"], "glob": patterns[0] if patterns[0] != "*" else "**/*"}
    return Step(
        tool="grep", arguments=arguments, program="matches", leaves=found.leaves, savable_as=found.arguments
    )


def _grep_file(slots: Slots) -> Step:
    """Search what is named like a file; what is not may be a folder."""
    if slots.has("path") and "." not in slots.text("path").rpartition("/")[2]:
        raise NotUnderstood
    return _grep(slots)


def _occurrences(slots: Slots) -> Step:
    scope = slots.scope()
    text, _ = _wanted(slots)
    if slots.has("named") and not slots.has("is_word") and text.lower() in VAGUE:
        raise NotUnderstood
    arguments: JsonObject = {
        "scope": scope, "text": text, "word": slots.has("is_word"), "quoted": slots.has("quoted"),
    }  # fmt: skip
    return python("occurrences", arguments, path=scope.get("path"))


def _read(slots: Slots) -> Step:
    path = slots.path()
    return Step(tool="file_read", arguments={"path": path}, leaves=Referent(path=path, savable=True))


def _take(slots: Slots) -> Step:
    path = slots.path()
    n = count(slots.values.get("n", "1" if slots.has("single") else "10"))
    if n < 1:
        raise NotUnderstood
    first, last = (-n, 0) if slots.values["end"].lower() in {"last", "tail", "bottom"} else (1, n)
    return python("take", {"path": path, "first": first, "last": last}, path=path)


def _lines(slots: Slots) -> Step:
    path, first = slots.path(), int(slots.values["first"])
    last = int(slots.values.get("last", first))
    if not 1 <= first <= last:
        raise NotUnderstood
    return python("take", {"path": path, "first": first, "last": last}, path=path)


def _replace(slots: Slots) -> Step:
    scope = slots.scope()
    old, new = slots.text("old"), slots.text("new")
    is_vague = any(not slots.quoted(name) and slots.text(name).lower() in VAGUE for name in ("old", "new"))
    if not old or is_vague or (slots.has("is_word") and " " in old):
        raise NotUnderstood
    path = scope.get("path")
    if isinstance(path, str) and not slots.has("is_word"):
        arguments: JsonObject = {"path": path, "old": old, "new": new, "all": not slots.has("exactly")}
        return Step(tool="file_edit", arguments=arguments, leaves=Referent(path=path))
    program: JsonObject = {"scope": scope, "old": old, "new": new, "word": slots.has("is_word")}
    return python("replace", program, path=path)


def _sort(slots: Slots) -> Step:
    if slots.has("it") and slots.before and slots.before[-1].program in _LISTINGS:
        raise NotUnderstood  # the lines that were found may be meant
    path = slots.path()
    if path.lower().endswith((".csv", ".json", ".jsonl", ".tsv", ".db", ".sqlite", ".py")):
        raise NotUnderstood
    arguments: JsonObject = {
        "path": path, "down": slots.has("down"), "numeric": slots.has("numeric"), "sort": not slots.has("unsorted"),
        "alphabetic": slots.has("alphabetic"), "unique": slots.has("unique"),
    }  # fmt: skip
    return replace(python("sort_lines", arguments), is_unfinished=True)


def _figures(slots: Slots) -> Step:
    path = slots.path()
    if path.lower().endswith((".csv", ".json", ".jsonl", ".tsv", ".db", ".sqlite")):
        raise NotUnderstood
    kinds: list[str] = [
        aggregate(one) for one in names(slots.values.get("aggs", slots.values.get("agg", "")), slots.wording)
    ]
    return python("line_numbers", {"path": path, "figures": [*kinds]}, path=path)


def _diff(slots: Slots) -> Step:
    one, two = slots.text("one"), slots.text("two")
    arguments: JsonObject = {"scopes": [{"path": one}, {"path": two}]}
    return python("diff", arguments, paths=(one, two))


def _summary(slots: Slots) -> Step:
    path = slots.path()
    if not path.lower().endswith(PROSE_SUFFIXES):
        raise NotUnderstood
    return python("summary", {"path": path, "n": count(slots.values.get("n", "3"))}, path=path)


def _value(slots: Slots) -> Step:
    path = slots.path()
    if not path.lower().endswith(".json"):
        raise NotUnderstood
    return python("value", {"path": path, "key": slots.text("key") if slots.has("key") else None}, path=path)


_T = "(<quoted>|<caps>|(word|string|text|term|phrase) (<quoted>|<named:word>))"
_TW = "(<quoted>|<caps>|(word|string|text|term|phrase) (<quoted>|<named:word>)|<word>)"
_IGNORE = "[[,] <ignoring>]"
_CONTAIN = "(containing|that contain|which contain|contain|with|that have|that include|including|matching|mentioning|that mention|that contains|contains)"
_NOT = "<inverse:lacking>"

TEXT_PHRASES: tuple[tuple[str, Builder], ...] = (
    ("number of [all] <units> [(there are|are there)] %scope", _count),
    ("<units:unit> count (of|for|in) %the_file (<path>|<it>)", _count),
    ("number of lines %scope " + _CONTAIN + " " + _T + " " + _IGNORE, _matches("count")),
    ("number of lines " + _CONTAIN + " " + _T + " %scope " + _IGNORE, _matches("count")),
    ("number of lines " + _NOT + " " + _T + " %scope", _matches("count")),
    ("number of lines %scope " + _CONTAIN + " " + _T, _matches("count")),
    ("number of lines %scope " + _NOT + " " + _T, _matches("count")),
    ("[find] [all] lines %scope " + _NOT + " " + _T, _matches("lines")),
    ("number of lines %scope [that] (start|starting|begin|beginning) with " + _T, _matches("count", "starts with")),
    ("number of lines [that] (start|starting|begin|beginning) with " + _T + " %scope", _matches("count", "starts with")),
    ("number of lines [that] (end|ending) with " + _T + " %scope", _matches("count", "ends with")),
    ("number of (<caps> (lines|entries|messages|records|comments)|<quoted> lines) %scope", _matches("count")),
    ("number of (occurrences|matches|instances|mentions|appearances|times) (of|for) (<quoted>|<caps>) %scope", _occurrences),
    ("number of (occurrences|matches|instances|mentions|appearances) (of|for) <is_word:theword> (<quoted>|<named:word>) %scope", _occurrences),
    ("number of (occurrences|matches|instances|mentions|appearances) (of|for) (string|text|phrase|term) (<quoted>|<named:word>) %scope", _occurrences),
    ("number of (occurrences|matches|instances|mentions|appearances) (of|for) <named:word> %scope", _occurrences),
    ("number of times [that] [(string|text|phrase|term)] (<quoted>|<caps>) (appears|occurs|is mentioned|is used|appear|occur) %scope", _occurrences),
    ("number of times [that] <is_word:theword> (<quoted>|<named:word>) (appears|occurs|is mentioned|is used|appear|occur) %scope", _occurrences),
    ("number of (<quoted>|<caps>) %scope", _occurrences),
    ("(search|grep|look) [for] " + _TW + " %scope " + _IGNORE, _grep),
    ("grep " + _TW + " <path>", _grep),
    ("(search|grep) (<path>|<it>) for " + _TW + " " + _IGNORE, _grep_file),
    ("search %place for " + _TW + " " + _IGNORE, _grep),
    ("(search|grep) <path> for " + _TW + " " + _IGNORE, _grep),
    ("search (all|each|every) [<kind>] files [(in|of|under) %place] for " + _TW + " " + _IGNORE, _grep),
    ("search [<kind>] files (in|of|under) %place for " + _TW + " " + _IGNORE, _grep),
    ("[find] [all] (lines|occurrences|instances|mentions) (of|" + _CONTAIN + ") " + _T + " %scope " + _IGNORE, _grep),
    ("[find] [all] lines %scope " + _CONTAIN + " " + _T + " " + _IGNORE, _grep),
    ("[find] [all] lines %scope [that] (start|starting|begin|beginning) with " + _T, _matches("lines", "starts with")),
    ("[find] [all] lines [that] (start|starting|begin|beginning) with " + _T + " %scope", _matches("lines", "starts with")),
    ("[find] [all] lines [that] (end|ending) with " + _T + " %scope", _matches("lines", "ends with")),
    ("[find] [all] lines " + _NOT + " " + _T + " %scope", _matches("lines")),
    ("find [all] (<quoted>|<caps>) [(lines|entries|messages|comments|markers)] %scope " + _IGNORE, _grep),
    ("(all|list|extract|filter) [all] <caps> (lines|entries|messages|comments) %scope", _grep),
    ("find (word|string|text|phrase|term) (<quoted>|<named:word>) %scope", _grep),
    ("<caps> (lines|entries|messages|comments) %scope", _grep),
    ("[find] [(which|what|all|list of)] [<kind>] files [(in|of|under) %place] " + _CONTAIN + " " + _T + " [(in|of|under) %place]", _matches("files")),
    ("(read|show|open|cat|view|display|print|get) [me] [contents of|content of] %the_file <path>", _read),
    ("(read|show|open|cat|view|display|print) [contents of|content of] <it>", _read),
    ("(contents|content) of %the_file <path>", _read),
    ("what does %the_file <path> contain", _read),
    ("what is (in|inside) %the_file <path>", _read),
    ("<end:firstlast> <n> lines (of|from|in) %the_file (<path>|<it>)", _take),
    ("<single:firstlast> line (of|from|in) %the_file (<path>|<it>)", lambda slots: _take(_single(slots))),
    ("<end:headtail> [-n] [-] [<n>] [lines] [of] <path>", _take),
    ("line [number] <first:number> (of|from|in) (%the_file <path>|<it>)", _lines),
    ("lines <first:number> (to|through|until|-) <last:number> (of|from|in) (%the_file <path>|<it>)", _lines),
    ("[find and] replace <all:allof> [<is_word:theword>] (<old:quoted>|<old:word>) (with|by) (<new:quoted>|<new:word>) %scope", _replace),
    ("[find and] replace [<is_word:theword>] [string|text] (<old:quoted>|<old:word>) (with|by) [word|string|text] (<new:quoted>|<new:word>) <all:everywhere> %scope", _replace),
    ("[find and] replace [<is_word:theword>] [string|text] (<old:quoted>|<old:word>) (with|by) [word|string|text] (<new:quoted>|<new:word>) %scope [<all:everywhere>]", _replace),
    ("(in|of) %the_file <path> replace [<all:allof>] [<is_word:theword>] (<old:quoted>|<old:word>) (with|by) (<new:quoted>|<new:word>) [<all:everywhere>]", _replace),
    ("<exactly:change> <old:quoted> to <new:quoted> %scope", _replace),
    ("sort [lines|names|words|entries|items] [(of|in|from)] %the_file (<path>|<it>) [<alphabetic:alphabetically>] [in] [<alphabetic:alphabetical> order] [<down:descending> [order]] [in <down:descending> [alphabetical] order] [in ascending order]", _sort),
    ("sort [lines|numbers] [(of|in|from)] %the_file (<path>|<it>) <numeric:numerically> [in <down:descending> order] [in ascending order] [<down:descending>]", _sort),
    ("sort <numeric:numbers_word> (of|in|from) %the_file (<path>|<it>) [in <down:descending> order] [in ascending order] [<down:descending>] [from (lowest to highest|smallest to largest|<down:hilo>)]", _sort),
    ("<unique:uniqueword> <unsorted:lines_word> (of|in|from) %the_file (<path>|<it>)", _sort),
    ("(remove|drop|delete) <unique:duplicate> <unsorted:lines_word> (from|in|of) %the_file (<path>|<it>)", _sort),
    ("(<agg>|<aggs>) [of] [all] numbers (in|of|from) %the_file (<path>|<it>)", _figures),
    ("<agg> number (in|of|from) %the_file (<path>|<it>)", _figures),
    ("(add|add up|sum up) [all] numbers (in|of|from) %the_file <path>", lambda slots: _figures(_summed(slots))),
    ("(compare|diff) [(file|files|two files)] <one:path> (and|with|to|against) [file] <two:path>", _diff),
    ("diff <one:path> <two:path>", _diff),
    ("(difference|differences|diff) between [files] <one:path> and <two:path>", _diff),
    ("(differences|diff) of <one:path> and <two:path>", _diff),
    ("(are|is) [files] <one:path> and <two:path> (identical|same|equal|different)", _diff),
    ("(summarise|summarize) [%the_file] <path> [in <n> (sentence|sentences)]", _summary),
    ("(summarise|summarize) [text of] <it> [in <n> (sentence|sentences)]", _summary),
    ("(extractive summary|summary) of %the_file (<path>|<it>) [in <n> (sentence|sentences)]", _summary),
    ("<n> sentence summary of <path>", _summary),
    ("value of [key|field|setting|property] <key:word> [(in|from|of) <path>]", _value),
    ("value of [key|field|setting|property] <key:quoted> [(in|from|of) <path>]", _value),
    ("[all] [top-level|top level] keys (in|of|from) %the_file <path>", _value),
)  # fmt: skip


def _single(slots: Slots) -> Slots:
    return Slots({**slots.values, "end": slots.values["single"]}, slots.wording, slots.before)


def _summed(slots: Slots) -> Slots:
    return Slots({**slots.values, "agg": "sum"}, slots.wording, slots.before)
