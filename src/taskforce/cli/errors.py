"""What goes wrong, told: one line on stderr, or with --json a problem as the HTTP API would answer it."""

import json
from collections.abc import Iterator, Mapping
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
NOTHING_TYPED: Mapping[str, str] = {}

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
def told(*, as_json: bool, typed: Mapping[str, str] = NOTHING_TYPED) -> Iterator[None]:
    """Turn an error of Taskforce into its words on stderr and its exit code."""
    try:
        yield
    except TaskforceError as error:
        words = json.dumps(problem(error)) if as_json else sentence(error, typed)
        typer.echo(words, err=True)
        raise typer.Exit(category(error)[0]) from error


def typed_names(ctx: typer.Context) -> dict[str, str]:
    """Return the fields that a command takes, by name, and how each is typed: as a flag, or in its place."""
    return {
        str(param.name): max(param.opts, key=len) if param.param_type_name == "option" else str(param.metavar)
        for param in ctx.command.params
    }


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


def sentence(error: TaskforceError, typed: Mapping[str, str] = NOTHING_TYPED) -> str:
    """Return an error as a line; places that its message does not name get a line each.

    Places are named as they were typed, where they were.
    """
    message = error.message
    unsaid = []
    for field in error.errors if isinstance(error, Invalid) else ():
        name = _typed(field.pointer, typed)
        message = message.replace(f" {field.pointer}: ", f" {name}: ")
        if field.detail not in error.message:
            unsaid.append(f"  {name.lstrip('/')}: {field.detail}")
    return clean("\n".join([f"taskforce: {message}", *unsaid]))


def _typed(pointer: str, typed: Mapping[str, str]) -> str:
    """Return how a place was typed; the pointer of one that was not.

    Some commands have other names for fields: `/limits/steps` is `max_steps`, `/session_id` is `session`.
    """
    parts = pointer.split("/")[1:]
    names = (name for part in parts for name in (part, part.removesuffix("_id"), f"max_{part}"))
    return next((typed[name] for name in names if name in typed), pointer)
