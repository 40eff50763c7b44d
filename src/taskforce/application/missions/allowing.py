"""Whether a mission's calls may be made: by its profile's policy, by the walls there are, or by a person."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from taskforce.core.identity import JobId, wait_id
from taskforce.core.jobs.events import Event, answered
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.signals import APPROVAL, Signal
from taskforce.core.missions import events
from taskforce.core.missions.model import ToolCall
from taskforce.core.missions.profile import Decision
from taskforce.core.missions.stopwatch import Stopwatch
from taskforce.core.missions.task import MissionTask
from taskforce.core.missions.toolbelt import Toolbelt
from taskforce.core.tools import Sandbox, ToolFailed, ToolSpec


class AllowedCall(NamedTuple):
    """A call as it may be made, and what holds the programs that it starts."""

    call: ToolCall
    sandbox: Sandbox


class Approvals:
    """Asks policy, walls and people about the calls of one play of a mission."""

    def __init__(
        self,
        *,
        job_id: JobId,
        task: MissionTask,
        ctx: JobContext,
        belt: Toolbelt,
        stopwatch: Stopwatch,
        has_walls: Callable[[], bool],
    ) -> None:
        self._job_id = job_id
        self._task = task
        self._ctx = ctx
        self._belt = belt
        self._stopwatch = stopwatch
        self._has_walls = has_walls

    def are_needless(self, spec: ToolSpec) -> bool:
        """Tell whether calls of a tool are made without asking anybody or anything."""
        return self._task.profile.approval.about(spec.risk) is Decision.AUTO

    async def of(self, key: str, call: ToolCall) -> AllowedCall:
        """Return the call as it may be made. Raises ToolFailed when the profile or a person denies it."""
        spec, profile = self._belt.spec(call), self._task.profile
        match profile.approval.about(spec.risk):
            case Decision.AUTO:
                return AllowedCall(call, profile.sandbox)
            case Decision.DENY:
                raise ToolFailed(f"The profile {profile.name} denies {spec.risk} calls such as {call.tool}.")
            case Decision.AUTO_IN_SANDBOX if await self._is_walled(key, spec):
                # Nobody allowed it without walls, wherever it is started again.
                return AllowedCall(call, profile.sandbox.model_copy(update={"required": True}))
        return AllowedCall(await self._by_a_person(key, call, spec), profile.sandbox)

    async def _is_walled(self, key: str, spec: ToolSpec) -> bool:
        """Look whether walls hold what the call starts; what was seen is recorded."""

        async def look() -> bool:
            return await asyncio.to_thread(self._has_walls)

        return spec.walled and await self._ctx.step(f"{key}/walls", look, type=bool)

    async def of_first_use(self, key: str, call: ToolCall, provenance: str, *, skill: str) -> str:
        """Return who allowed the use of a skill from an untrusted source. Raises ToolFailed on a denial.

        A person is asked whatever the profile decides: it was written before anybody knew the skill.
        """
        wait = f"{key}/first_use"
        risk = self._belt.spec(call).risk
        asked = events.first_use_of(
            wait_id(self._job_id, wait), call, risk, skill=skill, provenance=provenance
        )
        return (await self._answer(wait, asked)).by

    async def _by_a_person(self, key: str, call: ToolCall, spec: ToolSpec) -> ToolCall:
        self._belt.arguments(call)
        wait = f"{key}/approval"
        wanted = events.approval_required(wait_id(self._job_id, wait), call, spec.risk)
        changed = (await self._answer(wait, wanted)).payload.get("arguments")
        return call.model_copy(update={"arguments": changed}) if isinstance(changed, dict) else call

    async def _answer(self, wait: str, wanted: Event) -> Signal:
        """Ask, and return the word that allows it. Raises ToolFailed when it is denied."""
        await self._ctx.emit(wait, wanted)
        with self._stopwatch.paused(wait):
            signal = await self._ctx.wait_for(wait, APPROVAL)
        await self.tell_answer(wait, signal)
        if signal.payload.get("decision") != "approve":
            raise ToolFailed(f"{signal.by} denied this call.")
        return signal

    async def tell_answer(self, wait: str, signal: Signal) -> None:
        """Tell who answered what."""
        await self._ctx.emit(f"{wait}/answered", answered(wait_id(self._job_id, wait), signal))
