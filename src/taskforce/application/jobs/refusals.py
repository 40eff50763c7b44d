"""What is not right about a request, place by place, as every door tells it; no value is repeated."""

from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from taskforce.application.jobs.schemas import ErrorView, Request, View
from taskforce.core.errors import FieldError, Invalid, TaskforceError
from taskforce.core.identity import ID_PATTERN
from taskforce.core.shapes import LONGEST_ID, Prose, shape, unlimited

R = TypeVar("R", bound=Request)

_NO_ID = "should be an id of 36 characters, such as 01980c4e-6f4e-7000-8000-000000000000"
_RIGHT = {
    f"String should have at least {LONGEST_ID} characters": _NO_ID,
    f"String should have at most {LONGEST_ID} characters": _NO_ID,
    f"String should match pattern '{ID_PATTERN}'": _NO_ID,
}
"""What would be right in place of an id, where pydantic only tells which rule of its pattern is broken."""


class FieldProblem(View):
    """One wrong place of a request; the value is not repeated."""

    pointer: Annotated[str, unlimited("as deep as the request")] = Field(
        description="JSON Pointer of the field, or its name in path, query or header."
    )
    code: Annotated[str, shape(pattern="^[a-z][a-z0-9_]*$", maxLength=64)]
    detail: Prose


class RefusalView(View):
    """Why something was refused: the error, and the wrong places."""

    error: ErrorView
    errors: Annotated[tuple[FieldProblem, ...], unlimited("one for each wrong place")] = ()

    @classmethod
    def of(cls, error: TaskforceError) -> "RefusalView":
        """Show an error."""
        places = error.errors if isinstance(error, Invalid) else ()
        return cls(
            error=ErrorView(code=error.code, message=error.message, details=error.details),
            errors=tuple(
                FieldProblem(pointer=place.pointer, code=place.code, detail=place.detail) for place in places
            ),
        )


def checked(request: type[R], **words: object) -> R:
    """Return the request that the words make.

    Raises:
        Invalid: they break its rules; each place is named, no value is.
    """
    try:
        return request.model_validate(words)
    except ValidationError as wrong:
        raise refused(wrong) from wrong


def refused(wrong: ValidationError) -> Invalid:
    """Return the error that names each wrong place, without the values."""
    errors = wrong.errors(include_url=False, include_context=False, include_input=False)
    return refusal((error["loc"], error["type"], error["msg"]) for error in errors)


def refusal(places: Iterable[tuple[Sequence[object], str, str]]) -> Invalid:
    """Return the error that names each wrong place: where it is, which rule, what would be right."""
    errors = [
        FieldError(pointer=_pointer(where), code=rule, detail=_told(right)) for where, rule, right in places
    ]
    told = "; ".join(": ".join(filter(None, (error.pointer, error.detail))) for error in errors)
    return Invalid(f"The request is not right. {told}", errors=errors)


def _told(right: str) -> str:
    return _RIGHT.get(right, right).removeprefix("Value error, ")


def _pointer(where: Sequence[object]) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in where)
    return "".join(f"/{part}" for part in parts)
