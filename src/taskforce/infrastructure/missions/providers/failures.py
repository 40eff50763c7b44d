"""What goes wrong with a provider, as our errors: what to do about it, and nothing of the key."""

from collections.abc import Iterator
from datetime import timedelta

from pydantic import SecretStr
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelAuthenticationError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRequestRejectedError,
    ModelRequestTimeout,
    ModelTimeoutError,
)

from taskforce.core.errors import TaskforceError
from taskforce.core.missions.errors import ModelQuotaSpent, ModelRejected, ModelUnavailable
from taskforce.infrastructure.network.clients import AnswerTooLong
from taskforce.settings import ModelAccess

LONGEST_REASON = 300


def told(name: str, error: Exception, access: ModelAccess) -> TaskforceError:
    """Return our error for the library's. Nothing of a request or its headers gets into it."""
    reason = f"{_status(error)}{_reason(error, access.key)}."
    if isinstance(error, ModelRequestRejectedError):
        return _rejected(name, error, reason, access)
    if isinstance(error, ModelQuotaExceededError):
        return ModelQuotaSpent(name, f"its account is used up: {reason}")
    if isinstance(error, ModelRequestTimeout | ModelTimeoutError):
        reason = "it took too long."
    return ModelUnavailable(name, reason, retry_after=_wait(error))


def _rejected(name: str, error: Exception, reason: str, access: ModelAccess) -> ModelRejected:
    match error:
        case ModelAuthenticationError():
            advice = f"Check the key in {access.variable}, and whether it may use this model."
            return ModelRejected(name, f"{_status(error)}its key is missing or wrong.", advice)
        case ModelNotFoundError():
            advice = "Check its name, and the address of its server."
            return ModelRejected(name, f"{_status(error)}there is no such model.", advice)
        case _:
            return ModelRejected(name, reason, "Change what is asked, or the model.")


def is_too_long(error: BaseException) -> bool:
    """Tell whether an answer was ended because it did not end."""
    return any(isinstance(cause, AnswerTooLong) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _wait(error: Exception) -> timedelta:
    asked = error.retry_after if isinstance(error, ModelAPIError) else None
    return timedelta(seconds=max(asked or 0.0, 0.0))


def _status(error: Exception) -> str:
    return f"{error.status_code}, " if isinstance(error, ModelHTTPError) else ""


def _reason(error: Exception, key: SecretStr | None) -> str:
    said = _message_in(error.body) if isinstance(error, ModelAPIError) else None
    if said is None and isinstance(error, ModelHTTPError):
        said = "it said no more"
    text = " ".join((said or str(error) or type(error).__name__).split())
    if key is not None:
        text = text.replace(key.get_secret_value(), "…")
    return text[:LONGEST_REASON].rstrip(".")


def _message_in(body: object) -> str | None:
    """Return what a provider says in its error's body: {message}, or {error: {message}}."""
    if isinstance(body, dict):
        inner = body.get("error", body)
        message = inner.get("message") if isinstance(inner, dict) else inner
        return message if isinstance(message, str) else None
    return None
