"""What the planner says next: the next call, or the last word."""

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from taskforce.core.documents import JsonObject, canonical
from taskforce.core.missions.controls import PLANNER
from taskforce.core.missions.model import ModelReply, ModelRequest, StopReason, ToolCall
from taskforce.core.missions.plan import TodoStatus
from taskforce.core.missions.planning.answer import Finding, completed, failed, not_understood, report
from taskforce.core.missions.planning.context import Step
from taskforce.core.missions.planning.programs import code
from taskforce.core.missions.planning.steps import Reading, Told, read
from taskforce.core.missions.planning.turns import Attempt, Turns, turns
from taskforce.core.missions.skills import cards_in

_TRIES = 2
_TITLE = 200
_DENIED = re.compile(r"\b(?:denied|declined|rejected|not approved|not allowed)\b", re.IGNORECASE)
_TOO_LONG = "A result is too long to be written from what is shown of it."
_OWN_ENDS = frozenset({"shell", "run"})
"""What a person's own program says is its result: it is not run a second time."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the steps got."""

    flat: tuple[tuple[int, Step], ...]
    """All steps, with the number of their clause from 0."""
    done: tuple[Attempt | None, ...]
    tries: int
    failure: str | None

    @property
    def clause(self) -> int | None:
        """Return the number of the clause whose turn it is, None when all are done."""
        return self.flat[len(self.done)][0] if len(self.done) < len(self.flat) else None


def decide(request: ModelRequest) -> ModelReply:
    """Return the next reply; the same conversation always gets the same."""
    so_far = turns(request.messages[request.begin :])
    told = Told(tuple(request.tools), cards_in(request.system), so_far.activated)
    reading = read(so_far.mission, told)
    progress = _progress(reading, so_far)
    number = so_far.count + 1
    call = None
    if progress.failure is None and progress.clause is not None:
        try:
            call = _call(progress, reading, ToolCall(id=f"call-{number}-1", tool="-", arguments={}))
        except _Unwritable as reason:
            progress = Progress(progress.flat, progress.done, progress.tries, str(reason))
    plan = _plan(reading, progress, so_far, f"call-{number}-0") if _shows_plan(reading, request) else None
    calls = tuple(one for one in (plan, call) if one is not None)
    if calls:
        return ModelReply(calls=calls, stop=StopReason.TOOL_CALLS)
    return _last_word(reading, progress)


def _progress(reading: Reading, so_far: Turns) -> Progress:
    flat = tuple((place, step) for place, (_, steps) in enumerate(reading.understood) for step in steps)
    done: list[Attempt | None] = []
    tries, failure = 0, None
    for attempt in so_far.attempts:
        _skip_silent(flat, done)
        if len(done) >= len(flat) or flat[len(done)][1].tool != attempt.call.tool:
            failure = "The conversation was begun by another model."
            break
        step = flat[len(done)][1]
        tries += 1
        if not attempt.failed:
            done.append(attempt)
            tries = 0
        elif tries == _TRIES or _is_final(step, attempt):
            failure = attempt.say
            break
    if failure is None:
        _skip_silent(flat, done)
    return Progress(flat, tuple(done), tries, failure)


def _skip_silent(flat: tuple[tuple[int, Step], ...], done: list[Attempt | None]) -> None:
    while len(done) < len(flat) and flat[len(done)][1].is_silent:
        done.append(None)


def _is_final(step: Step, attempt: Attempt) -> bool:
    """Consider the error: where the answer would be the same, or it was a person's word, do not try again."""
    is_own = step.tool in _OWN_ENDS or step.program in _OWN_ENDS
    return attempt.is_final or is_own or _DENIED.search(attempt.say) is not None


class _Unwritable(Exception):
    """A result that was to be written is not there in full."""


def _call(progress: Progress, reading: Reading, blank: ToolCall) -> ToolCall:
    step = progress.flat[len(progress.done)][1]
    arguments: JsonObject = deepcopy(step.arguments)  # a reading is kept; a reply is the caller's
    if step.content_of and step.program:
        attempt = _findings(reading, progress)[step.content_of[0]].attempt
        if step.program == "formula" and not re.fullmatch(r"-?\d+(?:\.\d+)?", attempt.value):
            raise _Unwritable(f"The result before is not one number: {attempt.value}")
        if "fetch_result" in attempt.content:
            raise _Unwritable(_TOO_LONG)
        filled: JsonObject = {
            name: text.replace("VALUE", attempt.value)
            if name in {"formula", "content"} and isinstance(text, str)
            else text
            for name, text in arguments.items()
        }
        arguments = {"code": _headed(code(step.program, filled), progress, reading)}
    elif step.content_of:
        arguments = {**arguments, "content": _content(step, progress, reading)}
    elif step.tool == "python" and step.program:
        arguments = {"code": _headed(code(step.program, step.arguments), progress, reading)}
        if step.program == "run" or progress.tries:
            arguments |= {"timeout": 600}
    return blank.model_copy(update={"tool": step.tool, "arguments": arguments})


def _headed(code: str, progress: Progress, reading: Reading) -> str:
    """Return code under the words of its clause, so that people see what it is for."""
    place = progress.flat[len(progress.done)][0]
    title = "".join(letter for letter in _one_line(reading.understood[place][0].text) if letter.isprintable())
    return f"# {title[:_TITLE]}\n{code}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _content(step: Step, progress: Progress, reading: Reading) -> str:
    findings = _findings(reading, progress)
    chosen = [findings[place] for place in step.content_of if place in findings]
    if len(chosen) < len(step.content_of) or any("fetch_result" in one.attempt.content for one in chosen):
        raise _Unwritable(_TOO_LONG)
    if step.style == "report":
        return report(chosen)
    text = "\n".join(one.attempt.say if step.style == "line" else one.attempt.value for one in chosen)
    return text if text.endswith("\n") else f"{text}\n"


def _findings(reading: Reading, progress: Progress) -> dict[int, Finding]:
    """Return what was found, by the place of its step."""
    found: dict[int, Finding] = {}
    for place, attempt in enumerate(progress.done):
        if attempt is not None:
            clause = reading.understood[progress.flat[place][0]][0]
            found[place] = Finding(len(found) + 1, clause.text, attempt)
    return found


def _last_word(reading: Reading, progress: Progress) -> ModelReply:
    findings = tuple(_findings(reading, progress).values())
    if progress.failure is not None:
        place = progress.clause
        clause = reading.understood[place][0].text if place is not None else reading.left[0].text
        return ModelReply(text=failed(clause, progress.failure, findings), stop=StopReason.NEEDS_MODEL)
    if reading.left:
        return ModelReply(
            text=not_understood(reading.left[0].text, findings, hint=reading.hint),
            stop=StopReason.NEEDS_MODEL,
        )
    return ModelReply(text=completed(findings), stop=StopReason.ANSWER)


def _shows_plan(reading: Reading, request: ModelRequest) -> bool:
    several = len(reading.understood) + len(reading.left) > 1
    return several and any(tool.name == PLANNER for tool in request.tools)


def _plan(reading: Reading, progress: Progress, so_far: Turns, call_id: str) -> ToolCall | None:
    """Return the plan as it stands; None when the last one said the same."""
    texts = [clause.text for clause, _ in reading.understood] + [clause.text for clause in reading.left]
    statuses = _statuses(len(texts), reading, progress)
    items: list[JsonObject] = [
        {"position": place, "description": text[:2_000], "status": status.value}
        for place, (text, status) in enumerate(zip(texts[:200], statuses, strict=False), 1)
    ]
    arguments: JsonObject = {"items": [*items]}
    if so_far.plan is not None and canonical(so_far.plan.arguments) == canonical(arguments):
        return None
    return ToolCall(id=call_id, tool=PLANNER, arguments=arguments)


def _statuses(count: int, reading: Reading, progress: Progress) -> Sequence[TodoStatus]:
    known = len(reading.understood)
    at = known if progress.clause is None else progress.clause
    is_over = progress.failure is not None or at == known
    broken = TodoStatus.FAILED if is_over else TodoStatus.IN_PROGRESS
    rest = TodoStatus.SKIPPED if is_over else TodoStatus.PENDING
    return [TodoStatus.COMPLETED if place < at else broken if place == at else rest for place in range(count)]
