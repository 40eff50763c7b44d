"""What a mission's model is shown, turn by turn: all of it, or what its budget of tokens holds."""

from collections.abc import Sequence

import structlog

from taskforce.application.missions.asking import ModelCalls
from taskforce.core.jobs.errors import StepFailed
from taskforce.core.jobs.program import JobContext
from taskforce.core.missions import events
from taskforce.core.missions.context import Context, room_for, summary_request
from taskforce.core.missions.controls import FETCH_RESULT
from taskforce.core.missions.model import ModelReply, ModelRequest, Usage
from taskforce.core.missions.react import Transcript
from taskforce.core.missions.routing import Role
from taskforce.core.missions.task import MissionTask
from taskforce.core.tools import ToolSpec

log = structlog.get_logger()

SILENT = ("script:", "local:")
"""How the names of models begin that say nothing of their own, and so sum nothing up."""


class Showing:
    """Folds the transcript of one play of a mission; a summary is a recorded step.

    Whoever answered a turn was shown what its budget held then. So a turn that is recorded is folded by the
    budget of its record, also when the mission was resumed with another model, and no summary is asked for
    in its place. The first turn of another budget brings the transcript within that one, at once.
    """

    def __init__(self, *, ctx: JobContext, task: MissionTask, models: ModelCalls) -> None:
        self._ctx = ctx
        self._models = models
        self._own = task.context_tokens
        self._is_readable = FETCH_RESULT in task.profile.tools
        self._context = Context(is_readable=self._is_readable)
        self._sums_up = not task.models(Role.SUMMARISING)[0].startswith(SILENT)
        self.budget = self._own
        """The most tokens that the turn under way may take; None is no limit."""
        self.usage = Usage()
        """What the summaries took."""

    async def request(self, transcript: Transcript, system: str, tools: Sequence[ToolSpec]) -> ModelRequest:
        """Return what the model is asked next. Raises ContextTooSmall."""
        turn = transcript.turn + 1
        said = await self._ctx.recall(f"turn/{turn}/model", type=ModelReply)
        self._keep_within(self._own if said is None else said.within)
        messages, begin = transcript.messages, transcript.begin
        if self.budget is not None:
            room = room_for(self.budget, system, tools)
            grown = self._context.grown(transcript)
            self._context = await self._fitted(grown, room, turn, is_past=said is not None)
            messages, begin = self._context.messages, self._context.begin
        return ModelRequest(system=system, messages=messages, begin=begin, tools=tuple(tools))

    def _keep_within(self, budget: int | None) -> None:
        """Go on within a budget; one that holds more begins with all that was said."""
        if self.budget is not None and (budget is None or budget > self.budget):
            self._context = Context(is_readable=self._is_readable)
        self.budget = budget

    async def _fitted(self, context: Context, room: int, turn: int, *, is_past: bool) -> Context:
        if context.tokens <= room:
            return context
        context = context.fitted(room)
        text = context.to_sum_up(room) if is_past or self._sums_up else None
        summary = None if text is None else await self._summary(turn, text, is_past=is_past)
        if summary:
            context = context.summed_up(summary, room)
        return context.cut(room)

    async def _summary(self, turn: int, text: str, *, is_past: bool) -> str | None:
        """Return the summary; None when there is none to be had, and none is asked for again."""
        key = f"turn/{turn}/summary"
        try:
            if is_past and await self._ctx.recall(key, type=ModelReply) is None:
                return None
            said = await self._models.ask(key, Role.SUMMARISING, summary_request(text))
        except StepFailed as failed:
            log.warning("summary_failed", turn=turn, reason=failed.message)
            self._sums_up = False
            return None
        self.usage = self.usage.plus(said.usage)
        await self._ctx.emit(f"{key}/usage", events.summary_usage(turn, said.usage))
        return said.text
