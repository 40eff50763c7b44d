"""From clauses to steps: a clause is taken whole by one phrase, or it is not understood."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from taskforce.core.documents import canonical
from taskforce.core.missions.planning.arithmetic_phrases import ARITHMETIC_PHRASES
from taskforce.core.missions.planning.clauses import Clause, clauses, joined
from taskforce.core.missions.planning.context import NotUnderstood, Slots, Step
from taskforce.core.missions.planning.file_phrases import FILE_PHRASES
from taskforce.core.missions.planning.grammar import Wording, match, worded
from taskforce.core.missions.planning.quoting import quotes
from taskforce.core.missions.planning.saving import SAVE_PHRASES, save
from taskforce.core.missions.planning.table_phrases import TABLE_PHRASES
from taskforce.core.missions.planning.text_phrases import TEXT_PHRASES
from taskforce.core.missions.planning.tool_matching import step_of_tool
from taskforce.core.missions.planning.world_phrases import WORLD_PHRASES
from taskforce.core.tools import ToolSpec

PHRASES = (*WORLD_PHRASES, *ARITHMETIC_PHRASES, *TEXT_PHRASES, *FILE_PHRASES, *TABLE_PHRASES)
_LONGEST_JOIN = 5
_MOST_VARIANTS = 12
_LONGEST_WORDING = 600
"""Without quoted strings; nobody says a plain clause in more."""

_ASKING = re.compile(
    r"(?:what is|what are|what's|what was|what were|tell me|give me|show me|let me know|i want to know|"
    r"(?:calculate|compute|determine|find out|find|get|work out|report|display|print|show|list|output|return"
    r"|extract|view|say|generate|produce|create|make|take|check)(?: me)?) (?=\S)",
    re.IGNORECASE,
)
_REWORDINGS = (
    (
        r"^(?:how many times) (?:does|do|is) (.+?) (appear|occur|mentioned|used)s? (.+)$",
        r"number of times \1 \2 \3",
    ),
    (
        r"^(?:count|how often) (?:does|how many times) (.+?) (?:appears?|occurs?) (.+)$",
        r"number of times \1 appear \2",
    ),
    (r"^how many (.+?) (?:does|do) (\S+|this file|it|the file) (?:have|contain)$", r"number of \1 in \2"),
    (r"^how many (.+?) (?:is|are) there$", r"number of \1"),
    (r"^how many (.+?) (?:is|are) (?:there )?((?:in|of|inside|within|under) .+)$", r"number of \1 \2"),
    (r"^how many (.+?) (?:are )?there are (.+)$", r"number of \1 \2"),
    (r"^how many (.+)$", r"number of \1"),
    (r"^count how many (.+)$", r"number of \1"),
    (r"^count (?:up )?(?:all )?(?:number of )?(.+)$", r"number of \1"),
    (r"^count (.+)$", r"number of \1"),
    (r"^total number of (.+)$", r"number of \1"),
    (r"^number of all (.+)$", r"number of \1"),
    (r"^number of (.+) in (it|them)$", r"number of \1 in \2"),
    (r"^number of its (\w+)$", r"number of \1 in it"),
    (r"^number of (.+) it (?:has|contains)$", r"number of \1 in it"),
    (r"^((?:in|from) (?:file |table )?\S+(?: table of \S+)?)(?: ,)? (.+)$", r"\2 \1"),
    (r"^(?:for|from|using|with) (\S+)(?: ,)? (.+)$", r"\2 in \1"),
    (r"^(?:which|what) (.+) (?:are|is) ((?:in|of) .+)$", r"\1 \2"),
    (r"^(?:which|what) ((?:columns|tables) .+)$", r"\1"),
    (r"^(?:which|what) (lines .+)$", r"\1"),
    (r"^(?:which|what) ((?:\w+ )?files .+)$", r"\1"),
    (r"^(?:add up|sum up|total up|total) (.+)$", r"sum of \1"),
    (r"^sum (?!of )(.+)$", r"sum of \1"),
    (r"^average (?!of )(.+)$", r"average of \1"),
    (r"^(?:overall|combined|grand) (total .+)$", r"\1"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a mission was read: the clauses that were understood with their steps, and those left over."""

    understood: tuple[tuple[Clause, tuple[Step, ...]], ...]
    left: tuple[Clause, ...]
    """The first of these was not understood; the others were not looked at."""


def read(mission: str, tools: tuple[ToolSpec, ...]) -> Reading:
    """Return the mission as steps, as far as every word of it is understood; it is kept for later turns."""
    spelled = canonical([[tool.name, tool.description, tool.parameters] for tool in tools])
    return _kept(_Asked(mission, spelled, tools))


@dataclass(frozen=True, slots=True)
class _Asked:
    mission: str
    spelled: str
    """The tools as one text, by which they are compared."""
    tools: tuple[ToolSpec, ...] = field(compare=False)


@lru_cache(maxsize=64)
def _kept(asked: _Asked) -> Reading:
    return _read(asked.mission, asked.tools)


def _read(mission: str, tools: Sequence[ToolSpec]) -> Reading:
    parts = clauses(mission)
    found: list[tuple[Clause, tuple[Step, ...]]] = []
    at = 0
    while at < len(parts):
        before = tuple(step for _, steps in found for step in steps)
        for end in range(_reach(parts, at), at, -1):
            clause = joined(parts[at:end], mission)
            steps = steps_of(clause.text, before, tools)
            if steps is not None:
                break
        else:
            done = len(found) if (unfinished := _unfinished(found)) is None else unfinished
            left = tuple(clause for clause, _ in found[done:])
            return Reading(tuple(found[:done]), (*left, *parts[at:]))
        found.append((clause, steps))
        at = end
    unfinished = _unfinished(found)
    if unfinished is not None:
        return Reading(tuple(found[:unfinished]), tuple(clause for clause, _ in found[unfinished:]))
    if all(step.is_silent for _, steps in found for step in steps):
        return Reading((), parts or (Clause(mission, 0, len(mission)),))
    return Reading(tuple(found), ())


def _unfinished(found: Sequence[tuple[Clause, tuple[Step, ...]]]) -> int | None:
    """Return the first clause that asks for a change of a file which no step after it makes."""
    flat = [(place, step) for place, (_, steps) in enumerate(found) for step in steps if not step.is_silent]
    for at, (place, step) in enumerate(flat):
        after = flat[at + 1][1] if at + 1 < len(flat) else None
        if step.is_unfinished and (after is None or "save" not in after.arguments):
            return place
    return None


def steps_of(text: str, before: tuple[Step, ...], tools: Sequence[ToolSpec]) -> tuple[Step, ...] | None:
    """Return the steps of a clause, or None if a word of it is not understood or a tool is missing."""
    if len(text) - sum(one.end - one.start for one in quotes(text)) > _LONGEST_WORDING:
        return None
    wording = worded(text)
    steps = _plain(wording, before) or _with_saving(wording, before)
    if steps is None:
        own = step_of_tool(wording, tools)
        return (own,) if own else None
    offered = {tool.name for tool in tools}
    return steps if all(step.is_silent or step.tool in offered for step in steps) else None


def _reach(parts: tuple[Clause, ...], at: int) -> int:
    """Return how far a clause may go on: over seams that need not part."""
    end = at + 1
    while end < len(parts) and parts[end].loose and end - at < _LONGEST_JOIN:
        end += 1
    return end


def _plain(wording: Wording, before: tuple[Step, ...]) -> tuple[Step, ...] | None:
    for variant in _variants(wording):
        for template, build in PHRASES:
            values = match(template, variant)
            if values is None:
                continue
            try:
                return (build(Slots(values, variant, before)),)
            except NotUnderstood:
                continue
    return None


def _with_saving(wording: Wording, before: tuple[Step, ...]) -> tuple[Step, ...] | None:
    """Save what was found before, or what the same clause tells how to find."""
    for template in SAVE_PHRASES:
        values = match(template, wording)
        if values is None:
            continue
        try:
            if "what" not in values:
                return (save(Slots(values, wording, before)),)
            steps = _plain(wording.saying(values["what"]), before)
            if steps is not None and steps[0].leaves.savable:
                return (*steps, save(Slots(values, wording, (*before, *steps))))
        except NotUnderstood:
            continue
    return None


def _variants(wording: Wording) -> Iterator[Wording]:
    """Yield the wording and what it says in other words."""
    seen = {wording.text}
    queue = [wording.text]
    for text in queue:
        yield wording.saying(text)
        others = [_ASKING.sub("", text, count=1)] if _ASKING.match(text) else []
        others += [re.sub(form, other, text, count=1, flags=re.IGNORECASE) for form, other in _REWORDINGS]
        for other in others:
            if other not in seen and len(seen) < _MOST_VARIANTS:
                seen.add(other)
                queue.append(other)
