"""The seven categories of what can go wrong, and their words.

A category decides the status code and the exit code; a subclass decides the code and the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from taskforce.core.documents import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One wrong place of a request: where (JSON Pointer, RFC 6901), which rule, what would be right."""

    pointer: str
    code: str
    detail: str


class TaskforceError(Exception):
    """Whatever Taskforce refuses; its message says what is so and what to do."""

    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Internal error"

    def __init__(self, message: str, *, details: JsonObject | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: JsonObject = details or {}


class Invalid(TaskforceError):
    """The request cannot be understood or breaks a rule."""

    code = "invalid_request"
    title = "Invalid request"

    def __init__(
        self, message: str, *, errors: Sequence[FieldError] = (), details: JsonObject | None = None
    ) -> None:
        super().__init__(message, details=details)
        self.errors = tuple(errors)


class Unauthenticated(TaskforceError):
    """Nobody known asks."""

    code = "authentication_failed"
    title = "Authentication failed"


class Forbidden(TaskforceError):
    """Somebody known asks for what they may not do."""

    code = "authorization_failed"
    title = "Not allowed"


class NotFound(TaskforceError):
    """There is no such thing, or none that the principal may see."""

    code = "resource_not_found"
    title = "Not found"


class Conflict(TaskforceError):
    """The thing is in a state that does not allow this."""

    code = "resource_conflict"
    title = "Conflict"


class Exhausted(TaskforceError):
    """A limit is reached; later it may go."""

    code = "rate_limited"
    title = "Limit reached"

    def __init__(self, message: str, *, retry_after: timedelta, details: JsonObject | None = None) -> None:
        super().__init__(message, details=details)
        self.retry_after = retry_after


class Unavailable(TaskforceError):
    """A service that is needed does not answer."""

    code = "unavailable"
    title = "Unavailable"

    def __init__(
        self,
        message: str,
        *,
        retry_after: timedelta = timedelta(seconds=1),
        details: JsonObject | None = None,
    ) -> None:
        super().__init__(message, details=details)
        self.retry_after = retry_after
