"""The language models of missions as writers of storyboards, since neither capability knows the other."""

from collections.abc import Sequence

from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid
from taskforce.core.missions.errors import ModelNotReady
from taskforce.core.missions.model import AssistantMessage, Message, ModelRequest, StopReason, UserMessage
from taskforce.core.missions.ports import ChatModel, ModelSource
from taskforce.core.missions.profile import ModelSettings
from taskforce.core.videos.errors import ContentRefused, ProviderFailed, ProviderNotReady
from taskforce.infrastructure.missions.planner import NAME as PLANNER
from taskforce.infrastructure.missions.providers.families import COMPATIBLE, FAMILIES
from taskforce.infrastructure.videos.scripts import Storyteller, StorytellerSource

SETTINGS = ModelSettings()


class MissionStoryteller(Storyteller):
    """Asks a model of missions."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    async def tell(self, instructions: str, said: Sequence[str], *, form: JsonObject) -> str:
        request = ModelRequest(system=instructions, messages=_in_turn(said), tools=(), output=form)
        try:
            reply = await self._model.reply(request, on_text=_unheard)
        except Invalid as rejected:
            raise ProviderFailed(rejected.message) from rejected
        if reply.stop is StopReason.REFUSED:
            raise ContentRefused(
                f"{self._model.name} refuses this content: {reply.text or 'it said no more'}"
            )
        return reply.text


class MissionStorytellers(StorytellerSource):
    """The model of the settings, and one of each provider."""

    def __init__(self, models: ModelSource, *, setting: str | None) -> None:
        self._models = models
        self._setting = setting

    def names(self) -> tuple[str, ...]:
        own = (self._setting,) if self._setting not in {None, PLANNER} else ()
        examples = (f"{one.name}:{one.example}" for one in FAMILIES.values() if one.name != COMPATIBLE)
        return tuple(dict.fromkeys(name for name in (*own, *examples) if name is not None))

    def open(self, name: str) -> Storyteller:
        try:
            pinned = self._models.pinned(name, SETTINGS, is_trusted=True)
        except ModelNotReady as missing:
            raise ProviderNotReady(name, missing.message.partition(". ")[2]) from missing
        return MissionStoryteller(self._models.open(pinned, SETTINGS))


def _in_turn(said: Sequence[str]) -> tuple[Message, ...]:
    return tuple(
        AssistantMessage(text=words) if number % 2 else UserMessage(text=words)
        for number, words in enumerate(said)
    )


async def _unheard(text: str) -> None:
    """Let the words pass: the whole answer is what counts."""
