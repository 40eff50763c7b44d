"""A mission's model calls: a recorded step each, whoever answers it in the end."""

from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel

from taskforce.core.errors import Invalid
from taskforce.core.jobs.events import Delta
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.missions import events
from taskforce.core.missions.errors import ModelUnavailable, NoModelLeft, OutputInvalid
from taskforce.core.missions.fingerprint import print_of
from taskforce.core.missions.lineup import Lineup
from taskforce.core.missions.model import ModelReply, ModelRequest, Usage
from taskforce.core.missions.ports import ChatModel, ModelSource, Text
from taskforce.core.missions.routing import Role
from taskforce.core.missions.structured import corrected, value_of, wanting
from taskforce.core.missions.task import MissionTask

M = TypeVar("M", bound=BaseModel)

TRIES = 3
"""How often a model is asked in vain before the next one stands in."""
FIRST_WAIT = timedelta(milliseconds=400)
JITTER = 0.25
"""So the waits between three tries stay within a second, and park no job unless the provider asks."""
CRASHES = 10
"""Kills that the tries of one answer outlast: each begins with the first model again."""


async def _unheard(_: str) -> None:
    """Show nothing: a summary is for the model, not for whoever watches."""


class ModelCalls:
    """Asks the models of a mission by role. Who stands in for another does so for the rest of the mission."""

    def __init__(self, *, ctx: JobContext, models: ModelSource, task: MissionTask) -> None:
        self._ctx = ctx
        self._models = models
        self._task = task
        self._opened: dict[str, ChatModel] = {}
        self._away: set[str] = set()

    async def ask(
        self, key: str, role: Role, request: ModelRequest, *, within: int | None = None
    ) -> ModelReply:
        """Return the reply, and tell if another model gave it than the one that was to. Raises StepFailed.

        With the reply is recorded within how many tokens the request was made.
        """
        names = [name for name in self._task.models(role) if name not in self._away]
        lineup = Lineup(names, tries=TRIES)
        on_text = _unheard if role is Role.SUMMARISING else self._show

        async def reply() -> ModelReply:
            said = await self._reply(lineup, request, on_text=on_text)
            return said.model_copy(update={"within": within})

        policy = RetryPolicy(
            attempts=TRIES * len(names) + CRASHES,
            first=FIRST_WAIT,
            jitter=JITTER,
            unless=(Invalid, NoModelLeft),
        )
        said = await self._ctx.step(key, reply, type=ModelReply, retry=policy)
        if said.asked in names[1:]:
            self._away.update(names[: names.index(said.asked)])
            await self._ctx.emit(f"{key}/changed", events.model_changed(names[0], said.asked))
        return said

    async def value(self, key: str, role: Role, request: ModelRequest, kind: type[M]) -> tuple[M, Usage]:
        """Return a value of this kind and what it took; a reply that is none is told to the model once.

        Raises StepFailed, and OutputInvalid when the second reply is none either.
        """
        wanted = wanting(request, kind)
        said = await self.ask(key, role, wanted)
        try:
            return value_of(kind, said), said.usage
        except OutputInvalid as problem:
            again = await self.ask(f"{key}/again", role, corrected(wanted, said, problem))
            return value_of(kind, again), said.usage.plus(again.usage)

    async def _reply(self, lineup: Lineup, request: ModelRequest, *, on_text: Text) -> ModelReply:
        while True:
            model = self._model(lineup.name)
            try:
                said = await model.reply(request, on_text=on_text)
            except ModelUnavailable as away:
                if lineup.is_to_try_again(away):
                    raise
            else:
                prints = print_of(request)
                return said.model_copy(update={"asked": lineup.name, "request": prints})

    def _model(self, name: str) -> ChatModel:
        if name not in self._opened:
            self._opened[name] = self._models.open(name, self._task.profile.model_settings)
        return self._opened[name]

    async def _show(self, text: str) -> None:
        await self._ctx.hint(Delta(type=events.TOKEN, text=text))
