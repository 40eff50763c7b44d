"""A mission's text as clauses: what is to be done, one after the other."""

import re
from dataclasses import dataclass

from taskforce.core.missions.planning.lexicon import CLOSINGS, MODIFIERS, OPENINGS
from taskforce.core.missions.planning.quoting import quotes
from taskforce.core.missions.planning.verbs import VERBS

_LIST_MARK = r"(?:(?:step )?\d{1,3}[.):]|[-*•])[ \t]+"
_BREAK = re.compile(
    rf"""
    (?![^\S\n]{{41}})  # no seam begins with more blanks; without this, a text of blanks would take seconds
    (?: (?P<line>\s{{0,20}}\n\s{{0,20}}(?:{_LIST_MARK})?)
    | (?P<sentence>(?<=[\w)\]"'”»`])[.!?]+(?=\s)\s{{1,20}})
    | (?P<semicolon>\s{{0,20}};\s{{0,20}}(?:(?:and\s{{1,20}})?then\b\s{{0,20}},?\s{{0,20}}|and\b\s{{1,20}})?)
    | (?P<then>\s{{0,20}},?\s{{1,20}}(?:and\s{{1,20}})?
        (?:then|after\s{{1,20}}that|afterwards)\b\s{{0,20}},?\s{{0,20}})
    | (?P<join>\s{{0,20}},\s{{1,20}}(?:and\s{{1,20}})?(?:also\s{{1,20}})?
        |\s{{1,20}}and\s{{1,20}}(?:also\s{{1,20}})?)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SIGHT = 200
"""How far to look ahead; with no bound, a long text of blanks would take hours."""
_FIRST_MARK = re.compile(rf"\s{{0,20}}(?:{_LIST_MARK})?", re.IGNORECASE)
_OPENING = re.compile(rf"(?:(?:{'|'.join(OPENINGS)})[\s,]+){{0,5}}", re.IGNORECASE)
_MODIFIER = re.compile(
    rf"{_OPENING.pattern}(?:{'|'.join(re.escape(word) for word in MODIFIERS)})(?![\w-])", re.IGNORECASE
)
_COURTESY = re.compile(rf"(?:{'|'.join(CLOSINGS)}|thanks a lot|thanks in advance)[\s.!,]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of the mission: its words and where they stand.

    `loose` tells that a mere "and", comma or "then" stood before it, so that it may belong to the one before.
    """

    text: str
    start: int
    end: int
    loose: bool = False


def clauses(mission: str) -> tuple[Clause, ...]:
    """Return the clauses of a mission in order; only connectors and list marks lie between them."""
    held = quotes(mission)
    first = _FIRST_MARK.match(mission)
    found: list[Clause] = []
    start, loose = (first.end() if first else 0), False
    quote = 0
    for seam in _BREAK.finditer(mission):
        while quote < len(held) and held[quote].end <= seam.start():
            quote += 1
        is_quoted = quote < len(held) and held[quote].start < seam.end()
        if seam.start() < start or is_quoted:
            continue
        if not _parts(seam, mission):
            continue
        _add(found, mission, start, seam.start(), loose=loose)
        start, loose = seam.end(), seam.lastgroup in {"join", "then", "semicolon"}
    _add(found, mission, start, len(mission), loose=loose)
    return tuple(found)


def joined(parts: tuple[Clause, ...], mission: str) -> Clause:
    """Return neighbouring clauses as one, with the words between them."""
    start, end = parts[0].start, parts[-1].end
    return Clause(mission[start:end], start, end, parts[0].loose)


def _parts(seam: re.Match[str], mission: str) -> bool:
    """Tell whether a seam parts two clauses; an "and" does so only before a verb."""
    kind, rest = seam.lastgroup, mission[seam.end() : seam.end() + _SIGHT]
    if kind in {"join", "then"}:
        return _begins_with_verb(rest)
    if kind == "line" and rest.startswith(("```", '"', "'", "`", "“")):
        return False
    if kind == "line":
        before = mission[: seam.start()].rstrip()
        is_listed = re.search(rf"{_LIST_MARK}$", seam.group()) is not None
        return (
            is_listed
            or "\n\n" in seam.group()
            or before[-1:] in {".", "!", "?", ":", ";"}
            or _begins_with_verb(rest)
        )
    return True


def _begins_with_verb(text: str) -> bool:
    opening = _OPENING.match(text)
    word = re.match(r"[^\W\d_]+", text[opening.end() if opening else 0 :])
    return word is not None and word.group().lower() in VERBS


def _add(found: list[Clause], mission: str, start: int, end: int, *, loose: bool) -> None:
    """Add a clause, or lengthen the one before by what only changes it."""
    text = mission[start:end].strip()
    if not text:
        return
    start += len(mission[start:end]) - len(mission[start:end].lstrip())
    end = start + len(text)
    is_change = _MODIFIER.match(text) is not None
    if found and (is_change or _COURTESY.fullmatch(text)):
        before = found.pop()
        start, loose = before.start, before.loose
    found.append(Clause(mission[start:end], start, end, loose))
