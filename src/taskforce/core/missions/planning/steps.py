"""From clauses to steps: a clause is taken whole by one phrase, or it is not understood."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from taskforce.core.documents import canonical
from taskforce.core.missions.controls import ACTIVATE_SKILL
from taskforce.core.missions.planning.arithmetic_phrases import ARITHMETIC_PHRASES
from taskforce.core.missions.planning.clauses import Clause, clauses, joined
from taskforce.core.missions.planning.context import NotUnderstood, Slots, Step
from taskforce.core.missions.planning.file_phrases import FILE_PHRASES
from taskforce.core.missions.planning.finding_phrases import FINDING_PHRASES
from taskforce.core.missions.planning.grammar import Wording, match, worded
from taskforce.core.missions.planning.ordering import in_order
from taskforce.core.missions.planning.quoting import quotes
from taskforce.core.missions.planning.saving import SAVE_PHRASES, save
from taskforce.core.missions.planning.skill_matching import step_of_skill
from taskforce.core.missions.planning.table_phrases import TABLE_PHRASES
from taskforce.core.missions.planning.text_phrases import TEXT_PHRASES
from taskforce.core.missions.planning.tool_matching import step_of_tool
from taskforce.core.missions.planning.world_phrases import WORLD_PHRASES
from taskforce.core.missions.skills import open_places, steps_in
from taskforce.core.skills import SkillCard
from taskforce.core.tools import ToolSpec

PHRASES = (
    *WORLD_PHRASES,
    *ARITHMETIC_PHRASES,
    *TEXT_PHRASES,
    *FILE_PHRASES,
    *TABLE_PHRASES,
    *FINDING_PHRASES,
)
_LONGEST_JOIN = 5
_MOST_VARIANTS = 12
_LONGEST_WORDING = 600
"""Without quoted strings; nobody says a plain clause in more."""

_NO_STEPS = "Its instructions hold no numbered list under `## Steps`, which could be played without a model."
_OPEN_PLACES = "Nothing was said for {names}. Name it in the mission, or give a value: --param {first}=VALUE."
_SAVE_IT = "It changes what a file holds, but where to is not said. Add: and save it to FILE."

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
    (r"^how many (.+?) (?:are|is) there ((?:per|by|for each|in each) .+)$", r"number of \1 \2"),
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
    hint: str = ""
    """What has to be added to the mission, where that is known."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known beside the mission's words."""

    tools: tuple[ToolSpec, ...] = ()
    skills: tuple[SkillCard, ...] = ()
    activated: tuple[str, ...] = ()
    """What the skills said that were activated so far, in order."""


def read(mission: str, told: Told) -> Reading:
    """Return the mission as steps, as far as every word of it is understood; it is kept for later turns."""
    spelled = canonical([[tool.name, tool.description, tool.parameters] for tool in told.tools])
    return _kept(_Asked(mission, spelled, told.skills, told.activated, told.tools))


@dataclass(frozen=True, slots=True)
class _Asked:
    mission: str
    spelled: str
    """The tools as one text, by which they are compared."""
    skills: tuple[SkillCard, ...]
    activated: tuple[str, ...]
    tools: tuple[ToolSpec, ...] = field(compare=False)


@lru_cache(maxsize=64)
def _kept(asked: _Asked) -> Reading:
    reader = _Reader(Told(asked.tools, asked.skills, asked.activated))
    return reader.whole(asked.mission)


class _Reader:
    """Reads a mission, and in the places of its skills what they say."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._said = iter(told.activated)
        self._found: list[tuple[Clause, tuple[Step, ...]]] = []
        self._hint = ""

    def whole(self, mission: str) -> Reading:
        """Return the mission as steps."""
        left = self._read(mission, self._told)
        found = tuple(self._found)
        unfinished = _unfinished(found)
        if unfinished is not None:
            over = tuple(clause for clause, _ in found[unfinished:])
            return Reading(found[:unfinished], (*over, *left), "" if left else _SAVE_IT)
        if not left and all(step.is_silent for _, steps in found for step in steps):
            return Reading((), clauses(mission) or (Clause(mission, 0, len(mission)),))
        return Reading(found, left, self._hint)

    def _read(self, text: str, told: Told) -> tuple[Clause, ...]:
        """Take in the clauses of a text, up to the first that is not understood; return those left over."""
        parts = clauses(text)
        at = 0
        while at < len(parts):
            for end in range(_reach(parts, at), at, -1):
                clause = joined(parts[at:end], text)
                steps = steps_of(clause.text, self._before, told)
                if steps is not None:
                    break
            else:
                return parts[at:]
            at = end
            if _is_bare(steps) and at < len(parts) and _goes_on(steps, parts[at], told):
                continue
            self._found.append((clause, steps))
            left = self._play(clause, steps)
            if left:
                return (*left, *parts[at:])
        return ()

    def _play(self, clause: Clause, steps: tuple[Step, ...]) -> tuple[Clause, ...]:
        """Take in the steps of an activated skill, as soon as it is known what it says."""
        said = next(self._said, None) if steps[0].tool == ACTIVATE_SKILL else None
        if said is None:
            return ()
        listed = steps_in(said)
        if listed is None:
            self._hint = _NO_STEPS
            return (clause,)
        missing = open_places(listed)
        if missing:
            self._hint = _OPEN_PLACES.format(names=", ".join(missing), first=missing[0])
            return (clause,)
        return self._read(listed, Told(tools=self._told.tools))

    @property
    def _before(self) -> tuple[Step, ...]:
        return tuple(step for _, steps in self._found for step in steps)


def _is_bare(steps: tuple[Step, ...]) -> bool:
    return steps[0].tool == ACTIVATE_SKILL and "values" not in steps[0].arguments


def _goes_on(bare: tuple[Step, ...], clause: Clause, told: Told) -> bool:
    """Tell whether the next clause says what a skill, named without anything, is to be used on."""
    named = tuple(card for card in told.skills if card.name == bare[0].arguments["name"])
    following = steps_of(clause.text, bare, Told(told.tools, named))
    return following is not None and following[0].tool == ACTIVATE_SKILL


def _unfinished(found: Sequence[tuple[Clause, tuple[Step, ...]]]) -> int | None:
    """Return the first clause that asks for a change of a file which no step after it makes."""
    flat = [(place, step) for place, (_, steps) in enumerate(found) for step in steps if not step.is_silent]
    for at, (place, step) in enumerate(flat):
        after = flat[at + 1][1] if at + 1 < len(flat) else None
        if step.is_unfinished and (after is None or "save" not in after.arguments):
            return place
    return None


def steps_of(text: str, before: tuple[Step, ...], told: Told) -> tuple[Step, ...] | None:
    """Return the steps of a clause, or None if a word of it is not understood or a tool is missing."""
    if len(text) - sum(one.end - one.start for one in quotes(text)) > _LONGEST_WORDING:
        return None
    wording = worded(text)
    steps = _plain(wording, before) or in_order(wording, before, _plain) or _with_saving(wording, before)
    if steps is None:
        own = step_of_tool(wording, told.tools) or step_of_skill(wording, told.skills)
        steps = (own,) if own else ()
    offered = {tool.name for tool in told.tools}
    return steps if steps and all(step.is_silent or step.tool in offered for step in steps) else None


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
            what = wording.saying(values["what"])
            steps = _plain(what, before) or in_order(what, before, _plain)
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
