"""The library's models, made for one request."""

from collections.abc import Callable, Mapping

import httpx2
from pydantic_ai.models import Model

from taskforce.infrastructure.missions.providers.families import COMPATIBLE
from taskforce.settings import ModelAccess

NO_KEY = "no-key"
"""What is sent to a server that wants no key."""


def client_of(family: str, model: str, *, access: ModelAccess, http: httpx2.AsyncClient) -> Model:
    """Return the model of a family; only that family's package is imported."""
    return _MAKERS[family](model, access, http)


def _openai(model: str, access: ModelAccess, http: httpx2.AsyncClient) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = OpenAIProvider(base_url=access.base_url or OPENAI, api_key=_key(access), http_client=http)
    return OpenAIChatModel(model, provider=provider)


def _responses(model: str, access: ModelAccess, http: httpx2.AsyncClient) -> Model:
    from pydantic_ai.models.openai import OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = OpenAIProvider(base_url=access.base_url or OPENAI, api_key=_key(access), http_client=http)
    return OpenAIResponsesModel(model, provider=provider)


def _compatible(model: str, access: ModelAccess, http: httpx2.AsyncClient) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    provider = OpenAICompatibleProvider(
        COMPATIBLE, base_url=access.base_url or OPENAI, api_key=_key(access), http_client=http
    )
    return OpenAIChatModel(model, provider=provider)


def _anthropic(model: str, access: ModelAccess, http: httpx2.AsyncClient) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    provider = AnthropicProvider(
        base_url=access.base_url or ANTHROPIC, api_key=_key(access), http_client=http
    )
    return AnthropicModel(model, provider=provider)


def _google(model: str, access: ModelAccess, http: httpx2.AsyncClient) -> Model:
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    provider = GoogleProvider(base_url=access.base_url or GOOGLE, api_key=_key(access), http_client=http)
    return GoogleModel(model, provider=provider)


def _key(access: ModelAccess) -> str:
    return access.key.get_secret_value() if access.key else NO_KEY


_Maker = Callable[[str, ModelAccess, httpx2.AsyncClient], Model]
_MAKERS: Mapping[str, _Maker] = {
    "openai": _openai,
    "openai-responses": _responses,
    "anthropic": _anthropic,
    "google": _google,
    COMPATIBLE: _compatible,
}
OPENAI = "https://api.openai.com/v1"
ANTHROPIC = "https://api.anthropic.com"
GOOGLE = "https://generativelanguage.googleapis.com"
"""Said here, since the packages would look for another address in the environment."""
