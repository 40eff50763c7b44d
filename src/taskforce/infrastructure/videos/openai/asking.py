"""Calls of OpenAI's API by its package: each is sent once, and what goes wrong is raised as our error."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from openai import APIConnectionError, APIError, APIStatusError, AsyncOpenAI

from taskforce.core.errors import TaskforceError
from taskforce.infrastructure.network.clients import AnswerTooLong
from taskforce.infrastructure.videos.failures import NOT_FOUND, OperationGone, sounds_refused
from taskforce.infrastructure.videos.reach import Reach

REFUSALS = frozenset(("moderation_blocked", "content_policy_violation", "sentinel_block"))
"""Codes of errors."""
SPENT = frozenset(("insufficient_quota", "billing_hard_limit_reached"))
_BAD_REQUEST = 400


@asynccontextmanager
async def asked(reach: Reach, *, seconds: float, is_look: bool = False) -> AsyncIterator[AsyncOpenAI]:
    """Give the package's client for one call. Looking again costs nothing, so nonsense is looked at again.

    Raises OperationGone for a look.
    """
    async with reach.client(seconds=seconds) as http:
        client = AsyncOpenAI(
            api_key=reach.party.key,
            base_url=reach.address,
            http_client=http,
            max_retries=0,  # the step's policy decides, and it alone
            timeout=seconds,
        )
        try:
            yield client
        except APIStatusError as error:  # its causes hold the request, and so the key
            raise _told(reach, error, is_look=is_look) from None
        except (APIConnectionError, httpx2.HTTPError) as broken:
            raise _broken(reach, broken) from None
        except (APIError, ValueError, LookupError, TypeError, AttributeError) as odd:
            problem = f"it is not of the form that was agreed ({odd})"
            raise (reach.party.away if is_look else reach.party.malformed)(problem) from None


def _broken(reach: Reach, error: Exception) -> TaskforceError:
    cause = error.__cause__ or error
    if isinstance(cause, AnswerTooLong):
        return reach.party.malformed(cause)
    return reach.party.away(str(cause) or type(cause).__name__)


def _told(reach: Reach, error: APIStatusError, *, is_look: bool) -> TaskforceError | OperationGone:
    """Return our error for the API's: {error: {message, type, code}}."""
    if is_look and error.status_code == NOT_FOUND:
        return OperationGone()
    body = error.body if isinstance(error.body, dict) else {}
    message = str(body.get("message") or "it said no more")
    if error.code in SPENT:
        return reach.party.spent(message)
    if error.code in REFUSALS or (error.status_code == _BAD_REQUEST and sounds_refused(message)):
        return reach.party.refused(message)
    return reach.answered(error.status_code, message, error.response.headers)
