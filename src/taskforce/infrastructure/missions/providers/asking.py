"""One request to a provider: sent once, streamed, read into our reply or raised as our error."""

import asyncio
from contextlib import AbstractAsyncContextManager

import httpx2
from pydantic_ai.direct import model_request_stream
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.messages import (
    InstructionPart,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings as RequestSettings

from taskforce.core.missions.errors import ModelUnavailable
from taskforce.core.missions.model import ModelReply, ModelRequest, StopReason
from taskforce.core.missions.ports import Text
from taskforce.core.missions.profile import ModelSettings
from taskforce.infrastructure.missions.providers.clients import client_of
from taskforce.infrastructure.missions.providers.failures import is_too_long, told
from taskforce.infrastructure.missions.providers.messages import messages_of, tools_of
from taskforce.infrastructure.missions.providers.names import ModelName
from taskforce.infrastructure.missions.providers.replies import reply_of
from taskforce.infrastructure.missions.providers.transport import connection
from taskforce.settings import ModelAccess

BROKEN = (AgentRunError, httpx2.HTTPError, ValueError, LookupError, TypeError)
"""What the packages raise when a server answers with an error, with nonsense, or not to the end."""


async def ask(
    name: ModelName, request: ModelRequest, *, access: ModelAccess, settings: ModelSettings, on_text: Text
) -> ModelReply:
    """Return the reply. Raises ModelUnavailable, ModelQuotaSpent, ModelRejected."""
    async with connection(
        access.base_url, idle_seconds=settings.idle_seconds, max_tokens=settings.max_tokens
    ) as http:
        model = await asyncio.to_thread(client_of, name.family, name.model, access=access, http=http)
        asked = _Asked(name, request, model, settings)
        try:
            await asked.listen(on_text)
        except BROKEN as error:
            if not is_too_long(error):
                raise told(str(name), error, access) from None  # its causes hold the request, and so the key
            asked.is_cut = True
        return asked.reply()


class _Asked:
    """A request under way, and what came of it so far."""

    def __init__(self, name: ModelName, request: ModelRequest, model: Model, settings: ModelSettings) -> None:
        self._name = name
        self._request = request
        self._model = model
        self._settings = settings
        self._stream: StreamedResponse | None = None
        self.is_cut = False

    async def listen(self, on_text: Text) -> None:
        """Read the answer to its end."""
        async with self._open() as stream:
            self._stream = stream
            async for event in stream:
                text = _text_of(event)
                if text:
                    await on_text(text)

    def reply(self) -> ModelReply:
        """Return what was answered. Raises ModelUnavailable when it is nothing, or not the whole."""
        if self._stream is None:
            raise ModelUnavailable(str(self._name), "it did not begin to answer.")
        response = self._stream.get()
        if response.state != "complete" and not self.is_cut:
            raise ModelUnavailable(str(self._name), "the connection broke off in its answer.")
        reply = reply_of(
            response, asked=self._request.messages, prices=self._settings.prices, is_cut=self.is_cut
        )
        if not reply.text and not reply.calls and reply.stop is StopReason.ANSWER:
            raise ModelUnavailable(str(self._name), "it said nothing.")
        return reply

    def _open(self) -> AbstractAsyncContextManager[StreamedResponse]:
        return model_request_stream(
            self._model,
            messages_of(self._request.messages),
            model_settings=self._request_settings(),
            model_request_parameters=self._parameters(),
            instrument=False,
        )

    def _request_settings(self) -> RequestSettings:
        settings = RequestSettings(
            max_tokens=self._settings.max_tokens,
            timeout=self._settings.idle_seconds,
            request_timeout=self._settings.seconds,
            max_retries=0,  # the step's policy decides, and it alone
        )
        if self._settings.temperature is not None:
            settings["temperature"] = self._settings.temperature
        return settings

    def _parameters(self) -> ModelRequestParameters:
        system = self._request.system
        parameters = ModelRequestParameters(
            function_tools=tools_of(self._request.tools),
            instruction_parts=[InstructionPart(content=system)] if system else [],
        )
        if self._request.output is None:
            return parameters
        parameters.output_object = OutputObjectDefinition(json_schema=self._request.output, name="answer")
        knows_schemas = self._model.profile.get("supports_json_schema_output", False)
        parameters.output_mode = "native" if knows_schemas else "prompted"
        return parameters


def _text_of(event: ModelResponseStreamEvent) -> str:
    match event:
        case (
            PartStartEvent(part=TextPart(content=text))
            | PartDeltaEvent(delta=TextPartDelta(content_delta=text))
        ):
            return text
        case _:
            return ""
