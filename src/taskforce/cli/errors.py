"""What goes wrong, told: one line on stderr, or with --json a problem as the HTTP API would answer it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from taskforce.application.jobs.refusals import RefusalView
from taskforce.cli.terminal import clean
from taskforce.core.documents import JsonObject
from taskforce.core.errors import (
    Conflict,
    Exhausted,
    Forbidden,
    Invalid,
    NotFound,
    TaskforceError,
    Unauthenticated,
    Unavailable,
)
from taskforce.core.jobs.requests import KeyReused

FAILED = 1
PAUSED = 3
CONFLICT = 5
INTERRUPTED = 130
TERMINATED = 143

# category: exit code, and the status that the HTTP API would answer with
CATEGORIES: dict[type[TaskforceError], tuple[int, int]] = {
    Invalid: (2, 400),
    NotFound: (4, 404),
    Conflict: (CONFLICT, 409),
    KeyReused: (2, 422),
    Unavailable: (6, 503),
    Exhausted: (7, 429),
    Unauthenticated: (8, 401),
    Forbidden: (8, 403),
    TaskforceError: (FAILED, 500),
}


@contextmanager
def told(*, as_json: bool) -> Iterator[None]:
    """Turn an error of Taskforce into its words on stderr and its exit code."""
    try:
        yield
    except TaskforceError as error:
        typer.echo(json.dumps(problem(error)) if as_json else sentence(error), err=True)
        raise typer.Exit(category(error)[0]) from error


def category(error: TaskforceError) -> tuple[int, int]:
    """Return the exit code and the HTTP status of an error."""
    return next(CATEGORIES[kind] for kind in type(error).__mro__ if kind in CATEGORIES)


def problem(error: TaskforceError) -> JsonObject:
    """Return an error as a problem (RFC 9457), with the members that the HTTP API gives it."""
    return {
        "type": f"urn:taskforce:problem:{error.code}",
        "title": error.title,
        "status": category(error)[1],
        "detail": error.message,
        **RefusalView.of(error).model_dump(mode="json"),
    }


def sentence(error: TaskforceError) -> str:
    """Return an error as a line; places that its message does not name get a line each."""
    fields = error.errors if isinstance(error, Invalid) else ()
    places = [f"  {field.pointer.lstrip('/')}: {field.detail}" for field in fields]
    unsaid = [line for line, field in zip(places, fields, strict=True) if field.detail not in error.message]
    return clean("\n".join([f"taskforce: {error.message}", *unsaid]))
