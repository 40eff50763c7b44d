"""A provider's model behind our port; its packages are imported when it is asked, off the event loop."""

import asyncio
from importlib import import_module

from taskforce.core.missions.model import ModelReply, ModelRequest
from taskforce.core.missions.ports import ChatModel, Text
from taskforce.core.missions.profile import ModelSettings
from taskforce.infrastructure.missions.providers.names import ModelName
from taskforce.settings import ModelAccess


class ProviderModel(ChatModel):
    """Asks a provider. Each request has a connection of its own."""

    def __init__(self, name: ModelName, *, access: ModelAccess, settings: ModelSettings) -> None:
        self._name = name
        self._access = access
        self._settings = settings

    @property
    def name(self) -> str:
        return str(self._name)

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        await asyncio.to_thread(import_module, "taskforce.infrastructure.missions.providers.asking")
        from taskforce.infrastructure.missions.providers.asking import ask

        return await ask(self._name, request, access=self._access, settings=self._settings, on_text=on_text)
