"""Agents that a mission calls: child missions that work within what is left to it."""

from collections.abc import Collection, Iterator, Mapping

from pydantic import JsonValue

from taskforce.application.missions.choosing import ModelChooser
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.budget import Limits, Spent
from taskforce.core.jobs.errors import ChildFailed, StepFailed
from taskforce.core.jobs.program import JobContext
from taskforce.core.missions.controls import CALL_AGENT, CallAgent
from taskforce.core.missions.delegation import MOST_DEPTH, delegated, kept_to
from taskforce.core.missions.model import MissionResult, ToolCall, Usage
from taskforce.core.missions.ports import ProfileSource
from taskforce.core.missions.profile import Profile
from taskforce.core.missions.routing import FROM_REQUEST, ChosenModel
from taskforce.core.missions.task import KIND, MissionTask
from taskforce.core.tools import ToolFailed, ToolResult

SIDE_BY_SIDE = 4
"""Calls of one turn that are under way at once."""
AGENT = "agent"
"""Under which a call's details tell what its agent took."""


class Agents:
    """Calls agents for one play of a mission. What they took is counted when their results are told."""

    def __init__(
        self, *, ctx: JobContext, profiles: ProfileSource, chooser: ModelChooser, task: MissionTask
    ) -> None:
        self._ctx = ctx
        self._profiles = profiles
        self._chooser = chooser
        self._task = task
        self._share: Limits | None = None
        self.spent = Spent()
        """Steps and time; the usage is the mission's."""

    def allot(self, left: Limits | None, *, among: int) -> None:
        """Divide what is left between the agents that are called at once; None is nothing."""
        self._share = None if left is None or not among else left.shared_by(among)

    async def call(self, key: str, asked: CallAgent, *, allowed: Collection[str] | None) -> ToolResult:
        """Have an agent do its part; what goes wrong with it is its result. Raises ToolFailed.

        It has no tools but those that are allowed; None: all that its profile and the caller's share.
        """
        if self._task.depth >= MOST_DEPTH:
            raise ToolFailed(f"Agents go no more than {MOST_DEPTH} deep. Do this part yourself.")
        left = self._share
        if left is None:
            raise ToolFailed("Too little is left of this mission's limits for an agent.")

        async def prepare() -> MissionTask:
            return self._task_of(asked, kept_to(self._task, allowed), left)

        try:
            task = await self._ctx.step(f"{key}/task", prepare, type=MissionTask)
        except StepFailed as wrong:
            raise ToolFailed(wrong.message) from wrong

        async def play() -> ToolResult:
            return await self._played(f"{key}/{AGENT}", task)

        # The step keeps what came of it: when the mission is resumed, what it learnt is not tried again.
        return await self._ctx.step(f"{key}/run", play, type=ToolResult)

    def count(self, result: ToolResult) -> Usage | None:
        """Take note of what an agent took, and return its usage; None when it is no agent's result."""
        took = result.details.get(AGENT)
        if not isinstance(took, dict):
            return None
        done = MissionResult.model_validate(took)
        self.spent = self.spent.plus(Spent(steps=done.steps, seconds=done.seconds))
        return done.usage

    def _task_of(self, asked: CallAgent, caller: MissionTask, left: Limits) -> MissionTask:
        if asked.profile is None:
            profile = caller.profile
        else:
            is_asked_for = caller.model_from == FROM_REQUEST
            profile = self._chooser.settled(self._profiles.get(asked.profile), is_asked_for=is_asked_for)
        task = delegated(caller, asked, profile, model=self._model_of(profile, caller), left=left)
        return self._chooser.within_windows(task)

    def _model_of(self, profile: Profile, caller: MissionTask) -> ChosenModel:
        if caller.model_from == FROM_REQUEST or profile.model is None or profile is caller.profile:
            return ChosenModel(name=caller.model, chosen_by=caller.model_from)
        return self._chooser.of_profile(profile.model, profile)

    async def _played(self, key: str, task: MissionTask) -> ToolResult:
        try:
            done = await self._ctx.child(key, KIND, task.model_dump(mode="json"))
        except ChildFailed as failed:
            content = f"The agent failed ({failed.reason}): {failed.message}"
            return ToolResult(content=content, failed=True, details=_details(failed.result))
        return ToolResult(content=str(done["message"]), details=_details(done))


def _details(result: JsonObject | None) -> JsonObject:
    if result is None:
        return {}
    done = MissionResult.model_validate(result)
    kept: list[JsonValue] = [
        {"path": _path_of(ref), "artifact": ref.model_dump(mode="json")} for ref in done.artifacts
    ]
    took = done.model_copy(update={"message": "", "artifacts": ()}).model_dump(mode="json")
    return {AGENT: took, "kept": kept} if kept else {AGENT: took}


def _path_of(ref: ArtifactRef) -> str:
    """Return where the agent wrote a file, from the key under which it was kept."""
    return ref.key.partition("/files/")[2]


def groups_of(places: Mapping[str, ToolCall]) -> Iterator[Mapping[str, ToolCall]]:
    """Yield the calls that may be under way at once: a call that waits for an agent gives its place away."""
    if not any(call.tool == CALL_AGENT for call in places.values()):
        yield places
        return
    calls = list(places.items())
    for first in range(0, len(calls), SIDE_BY_SIDE):
        yield dict(calls[first : first + SIDE_BY_SIDE])
