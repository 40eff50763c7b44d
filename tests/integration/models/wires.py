"""Every wire that a provider's model is asked over, and a peer at the other end."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from pydantic import SecretStr

from taskforce.core.missions.model import Message, ModelReply, ModelRequest, UserMessage
from taskforce.core.missions.profile import ModelSettings
from taskforce.core.tools import Risk, ToolEffect, ToolSpec
from taskforce.infrastructure.missions.providers.chat import ProviderModel
from taskforce.infrastructure.missions.providers.families import COMPATIBLE, FAMILIES
from taskforce.infrastructure.missions.providers.names import ModelName
from taskforce.settings import ModelAccess
from tests.services.model_peer import KEY, ModelPeer
from tests.services.wire_formats import MODEL

WIRES = tuple(FAMILIES)
PATHS: Mapping[str, str] = {"openai": "/v1", "openai-responses": "/v1", COMPATIBLE: "/v1"}
WEATHER = ToolSpec(
    name="weather",
    description="Tells the weather.",
    parameters={
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    risk=Risk.READ,
    effect=ToolEffect.PURE,
    parallel=True,
)


def access_to(peer: ModelPeer, family: str, *, key: str = KEY) -> ModelAccess:
    """Return how the peer is reached."""
    provider = FAMILIES[family].provider
    variable = f"{provider.replace('-', '_').upper()}_API_KEY"
    return ModelAccess(variable=variable, key=SecretStr(key), base_url=f"{peer.url}{PATHS.get(family, '')}")


def model_at(
    peer: ModelPeer, family: str, *, key: str = KEY, settings: ModelSettings | None = None
) -> ProviderModel:
    """Return a model whose provider is the peer."""
    return ProviderModel(
        ModelName(family, MODEL),
        access=access_to(peer, family, key=key),
        settings=settings or ModelSettings(),
    )


def asking(*messages: Message, tools: Sequence[ToolSpec] = (WEATHER,)) -> ModelRequest:
    """Return a request with these messages."""
    return ModelRequest(
        system="You are brief.",
        messages=messages or (UserMessage(text="How is the weather in Zürich?"),),
        tools=tuple(tools),
    )


class Heard(list[str]):
    """Collects the pieces of text."""

    async def __call__(self, text: str) -> None:
        self.append(text)


async def replied(model: ProviderModel, request: ModelRequest | None = None) -> tuple[ModelReply, Heard]:
    """Ask, and return the reply with the pieces that came."""
    heard = Heard()
    return await model.reply(request or asking(), on_text=heard), heard


async def error_of(model: ProviderModel) -> Exception:
    """Ask, and return what goes wrong."""
    with suppress(AssertionError):
        try:
            await model.reply(asking(), on_text=Heard())
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            return error
    raise AssertionError("it answered")
