"""Playing past missions again: today's code, the recorded answers and results, and nothing that happens."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import JsonValue

from taskforce.application.jobs.player import failure_of
from taskforce.application.jobs.rehearsal import Departed, EventDiffers, RecordEnds, Rehearsal
from taskforce.application.missions.outcomes import MissionOutcomes
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Unavailable
from taskforce.core.jobs.errors import JobFailed
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import JobStore
from taskforce.core.jobs.program import Program
from taskforce.core.jobs.retry import ONCE, RetryPolicy
from taskforce.core.jobs.steps import Effect, Subject
from taskforce.core.missions.divergence import Divergence, Part
from taskforce.core.missions.fingerprint import print_of
from taskforce.core.missions.model import ModelReply, ModelRequest, StopReason
from taskforce.core.missions.ports import ChatModel, Text
from taskforce.core.missions.profile import ModelSettings
from taskforce.core.missions.recording import Recording

T = TypeVar("T")

_TURN = re.compile(r"\bturn/(\d+)/")


class _RequestDiffers(Departed):
    """The program would ask the model something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a mission came to when it was played again: how far it went the same way, and what was said."""

    job: Job
    turns: int
    recordings: tuple[Recording, ...]
    divergence: Divergence | None


class MissionReplays:
    """Plays past missions again, over what their jobs have recorded."""

    def __init__(
        self,
        *,
        store: JobStore,
        artifacts: ArtifactStore,
        program: Callable[..., Program],
        outcomes: MissionOutcomes,
    ) -> None:
        self._store = store
        self._artifacts = artifacts
        self._program = program
        self._outcomes = outcomes

    async def of(self, job: Job) -> Replayed:
        """Play a mission again, up to its end, to where its record stops, or to the first divergence."""
        asked = _Overheard()
        ctx = _MissionRehearsal(
            asked=asked,
            job=job,
            record=await self._store.load(job),
            log=[recorded async for recorded in self._outcomes.log(job.id)],
            artifacts=self._artifacts,
        )
        divergence = await _played(self._program(models=asked), job, ctx)
        return Replayed(job=job, turns=ctx.turns, recordings=tuple(ctx.recordings), divergence=divergence)


async def _played(program: Program, job: Job, ctx: "_MissionRehearsal") -> Divergence | None:
    try:
        came_to = await _end_of(program, job, ctx)
        ctx.check_all_is_told()
    except RecordEnds:
        return None
    except Departed as here:
        return Divergence(
            turn=ctx.turn,
            part=_part_of(here),
            place=here.place,
            recorded=here.recorded,
            today=here.today,
        )
    recorded = _recorded_end(job)
    if recorded is None or recorded == came_to:
        return None
    return Divergence(turn=ctx.turn, part=Part.OUTCOME, place="outcome", recorded=recorded, today=came_to)


async def _end_of(program: Program, job: Job, ctx: "_MissionRehearsal") -> JsonObject:
    """Return what the program comes to, in the words of the record."""
    try:
        result = await program.play(job, ctx)
    except JobFailed as failed:
        return _end(JobStatus.FAILED, failed.result, failed.reason, failed.message)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - what a program raises is its job's failure, today as then
        failure = failure_of(error)
        return _end(JobStatus.FAILED, None, failure.code, failure.message)
    return _end(JobStatus.SUCCEEDED, result, None, None)


def _recorded_end(job: Job) -> JsonObject | None:
    """Return what a job came to; None when its program did not end it."""
    outcome = job.outcome
    if outcome is None or outcome.status is JobStatus.CANCELLED:
        return None
    failure = outcome.failure
    return _end(
        outcome.status,
        outcome.result,
        failure.code if failure else None,
        failure.message if failure else None,
    )


def _end(status: JobStatus, result: JsonValue, code: str | None, message: str | None) -> JsonObject:
    return {"status": status.value, "result": result, "code": code, "message": message}


def _part_of(here: Departed) -> Part:
    if isinstance(here, _RequestDiffers):
        return Part.REQUEST
    return Part.EVENT if isinstance(here, EventDiffers) else Part.STEP


class _MissionRehearsal(Rehearsal):
    """Hears beside what today's program would ask, and holds it against the print of what was asked."""

    def __init__(self, *, asked: "_Overheard", **more: Any) -> None:  # noqa: ANN401 - the kernel's words
        super().__init__(**more)
        self._asked = asked
        self.recordings: list[Recording] = []
        self.turn = 0
        """The turn under way."""
        self.turns = 0
        """How many went the same way, as far as the model was asked."""

    async def step(
        self,
        key: str,
        do: Callable[[], Awaitable[T]],
        *,
        type: type[T],
        retry: RetryPolicy = ONCE,
        effect: Effect = Effect.IDEMPOTENT,
        timeout: timedelta | None = None,
        subject: Subject | None = None,
    ) -> T:
        recorded = await super().step(key, do, type=type, subject=subject)
        if isinstance(recorded, ModelReply):
            await do()
            self._hold(key, self._asked.request, recorded)
            self.turns = self.turn
        return recorded

    def say(self, key: str) -> None:
        super().say(key)
        turn = _TURN.search(key)
        self.turn = max(self.turn, int(turn.group(1))) if turn else self.turn

    def _hold(self, key: str, request: ModelRequest, reply: ModelReply) -> None:
        today = print_of(request)
        if reply.request is not None and reply.request != today:
            raise _RequestDiffers(
                key, recorded=reply.request.model_dump(mode="json"), today=today.model_dump(mode="json")
            )
        said = reply.model_copy(update={"request": None, "asked": "", "within": None})
        self.recordings.append(Recording(request=request, reply=said))


class _Overheard(ChatModel):
    """Stands for every model: notes what it is asked, and says nothing that anybody needs."""

    name = "overheard"

    def __init__(self) -> None:
        self.request = ModelRequest(system="", messages=(), tools=())

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        self.request = request
        return ModelReply(stop=StopReason.ANSWER)

    def open(self, name: str, settings: ModelSettings) -> ChatModel:
        """Return itself, whichever model is wanted."""
        return self
