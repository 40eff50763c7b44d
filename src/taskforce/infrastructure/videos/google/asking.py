"""Calls of the Gemini API by its package: each is sent once, and what goes wrong is raised as our error."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx2
from google.genai.client import AsyncClient, Client
from google.genai.errors import APIError
from google.genai.types import HttpOptions

from taskforce.core.errors import TaskforceError
from taskforce.infrastructure.network.clients import AnswerTooLong
from taskforce.infrastructure.videos.failures import NOT_FOUND, OperationGone, sounds_refused
from taskforce.infrastructure.videos.reach import Reach
from taskforce.infrastructure.videos.waits import bounded, seconds_of

_TOO_MANY = 429
_BAD_REQUEST = 400


@asynccontextmanager
async def asked(reach: Reach, *, seconds: float, is_look: bool = False) -> AsyncIterator[AsyncClient]:
    """Give the package's client for one call. Looking again costs nothing, so nonsense is looked at again.

    The package would try again by itself only if it were told to, and read the environment for what is not
    given here. Raises OperationGone for a look.
    """
    async with reach.client(seconds=seconds) as http:
        options = HttpOptions(base_url=reach.address, httpx_async_client=http, timeout=int(seconds * 1_000))
        client = Client(vertexai=False, api_key=reach.party.key, http_options=options)
        try:
            yield client.aio
        except APIError as error:  # its causes hold the request, and so the key
            raise _told(reach, error, is_look=is_look) from None
        except AnswerTooLong as long:
            raise reach.party.malformed(long) from None
        except httpx2.HTTPError as broken:
            raise reach.party.away(str(broken) or type(broken).__name__) from None
        except (ValueError, LookupError, TypeError, AttributeError) as odd:
            problem = f"it is not of the form that was agreed ({odd})"
            raise (reach.party.away if is_look else reach.party.malformed)(problem) from None


def _told(reach: Reach, error: APIError, *, is_look: bool) -> TaskforceError | OperationGone:
    """Return our error for the API's: google.rpc.Status, with details as google.rpc writes them."""
    if is_look and error.code == NOT_FOUND:
        return OperationGone()
    details = _details(error)
    message = error.message or "it said no more"
    if any(detail.get("reason") == "API_KEY_INVALID" for detail in details):
        return reach.party.wrong_key(error.code)
    if error.code == _BAD_REQUEST and sounds_refused(message):
        return reach.party.refused(message)
    if error.code == _TOO_MANY and _is_spent(details):
        return reach.party.spent(message)
    wait = _wait(details)
    if wait:
        return reach.party.answered(error.code, message, wait=wait)
    headers = error.response.headers if isinstance(error.response, httpx2.Response) else {}
    return reach.answered(error.code, message, headers)


def _details(error: APIError) -> list[dict[str, object]]:
    body = error.details
    inner = body.get("error", body) if isinstance(body, dict) else {}
    details = inner.get("details") if isinstance(inner, dict) else None
    return [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []


def _wait(details: list[dict[str, object]]) -> timedelta:
    """Return the wait of a google.rpc.RetryInfo, a duration such as `7s`; zero when there is none."""
    told = next((delay for one in details if isinstance(delay := one.get("retryDelay"), str)), "")
    return bounded(seconds_of(told.removesuffix("s")))


def _is_spent(details: list[dict[str, object]]) -> bool:
    """Tell whether the quota is one of a day, by google.rpc.QuotaFailure: no wait of ours lasts so long."""
    return any("PerDay" in str(one.get("violations")) for one in details)
