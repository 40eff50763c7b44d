"""`taskforce sessions`: the use cases of sessions."""

from collections.abc import Mapping
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ListView
from taskforce.application.missions.replay_schemas import ReplaySession
from taskforce.application.missions.schemas import (
    CancelSession,
    CreateSession,
    GetSession,
    ListMessages,
    ListSessions,
    MessageView,
    RespondSession,
    ResumeSession,
    SessionView,
)
from taskforce.application.missions.session_schemas import DeleteSession, ForkSession
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.errors import FAILED
from taskforce.cli.flags import (
    AsJson,
    Background,
    IdempotencyKey,
    Limit,
    MaxCost,
    MaxSeconds,
    MaxSteps,
    MaxTokens,
    Model,
    Offset,
    SessionId,
    Stream,
    Verbose,
    limits,
)
from taskforce.cli.groups import group
from taskforce.cli.manner import Manner
from taskforce.cli.mission_pages import show_messages, show_replay, show_session, show_sessions
from taskforce.cli.pages import show_job
from taskforce.cli.past import logs_of
from taskforce.cli.stdin import json_of, text_of
from taskforce.cli.stream import play
from taskforce.cli.terminal import say

app = group("Show sessions, answer what they ask, resume and cancel their missions.")


@app.command("list")
def list_sessions(
    ctx: typer.Context,
    *,
    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS",
            help="Only sessions of this status: pending, in_progress, paused, completed, failed.",
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only sessions of this profile.")
    ] = None,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List sessions, newest first."""
    given = {"status": status, "profile": profile, "limit": limit, "offset": offset}
    found = ask(ctx, lambda door: _listed(door, given))
    show_sessions(found, flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(
    ctx: typer.Context,
    session_id: SessionId,
    *,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only if it is of this profile.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a session and what its newest mission came to."""
    given = {"session_id": session_id, "profile": profile}
    found = ask(ctx, lambda door: door.sessions.get(door.principal, checked(GetSession, **given)))
    logs = () if as_json else ask(ctx, lambda door: logs_of(door, session_id)).answer
    show_session(found, flags_of(ctx), as_json=as_json, logs=logs)


@app.command(no_args_is_help=True)
def messages(
    ctx: typer.Context,
    session_id: SessionId,
    *,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List a session's messages, oldest first."""
    given = {"session_id": session_id, "limit": limit, "offset": offset}
    found = ask(ctx, lambda door: _messages(door, given))
    show_messages(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def fork(
    ctx: typer.Context,
    session_id: SessionId,
    *,
    message: Annotated[
        str | None,
        typer.Option(
            metavar="JOB/NUMBER",
            help="The last message that the fork knows, as `sessions messages` shows it.",
        ),
    ] = None,
    as_json: AsJson = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Fork a session: a new one that goes on from what was said in it, up to a message."""
    given = {"session_id": session_id, "message": message and _place_of(message)}
    made = ask(
        ctx,
        lambda door: door.sessions.fork(door.principal, checked(ForkSession, **given), key=idempotency_key),
    )
    show_session(made, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def delete(ctx: typer.Context, session_id: SessionId, *, as_json: AsJson = False) -> None:
    """Delete a session that runs nothing, with its missions, all that they kept, and its own folder."""
    request = {"session_id": session_id}
    ask(ctx, lambda door: door.sessions.delete(door.principal, checked(DeleteSession, **request)))
    if not as_json:
        say(f"Deleted session {session_id}.")


@app.command()
def create(
    ctx: typer.Context,
    *,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="The profile of its missions; default: the settings'.")
    ] = None,
    workspace: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="The folder to work in; one of its own if left out.")
    ] = None,
    as_json: AsJson = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Create a session without a mission yet."""
    made = ask(
        ctx,
        lambda door: door.sessions.create(
            door.principal,
            checked(CreateSession, profile=profile or door.settings.profile, workspace=workspace),
            key=idempotency_key,
        ),
    )
    show_session(made, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def respond(
    ctx: typer.Context,
    session_id: SessionId,
    wait_id: Annotated[
        str, typer.Argument(metavar="WAIT", help="What is answered, as the session names it.")
    ],
    *,
    answer: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The answer, or with result what came of the call; - reads stdin."),
    ] = None,
    decision: Annotated[
        str | None,
        typer.Option(
            metavar="DECISION", help="About a call: approve or deny; after a crash: repeat, skip or result."
        ),
    ] = None,
    arguments: Annotated[
        str | None, typer.Option(metavar="JSON", help="With approve: other arguments for the call.")
    ] = None,
    stream: Stream = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
    background: Background = False,
) -> None:
    """Answer what a session waits for."""
    given = {"session_id": session_id, "wait_id": wait_id, "answer": answer and text_of(answer)}
    decided = {"decision": decision, "arguments": json_of(arguments)}
    manner = Manner(as_json=as_json, stream=stream, background=background, verbose=verbose, only_new=True)
    play(
        ctx,
        lambda door: door.sessions.respond(door.principal, checked(RespondSession, **given, **decided)),
        manner,
    )


@app.command(no_args_is_help=True)
def resume(
    ctx: typer.Context,
    session_id: SessionId,
    *,
    model: Model = None,
    max_steps: MaxSteps = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    max_seconds: MaxSeconds = None,
    stream: Stream = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Go on with a session's failed mission, with other limits or another model."""
    most = limits(max_steps, max_tokens, max_cost, max_seconds)
    given = {"session_id": session_id, "model": model, "limits": most}
    play(
        ctx,
        lambda door: door.sessions.resume(
            door.principal, checked(ResumeSession, **given), key=idempotency_key
        ),
        Manner(as_json=as_json, stream=stream, background=background, verbose=verbose),
    )


@app.command(no_args_is_help=True)
def replay(
    ctx: typer.Context,
    session_id: SessionId,
    *,
    job_id: Annotated[
        str | None, typer.Option(metavar="JOB", help="The mission's job; the newest one if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play a past mission again, without doing anything, and tell where it would go another way."""
    request = {"session_id": session_id, "job_id": job_id}
    found = ask(ctx, lambda door: door.sessions.replay(door.principal, checked(ReplaySession, **request)))
    show_replay(found, as_json=as_json)
    raise typer.Exit(0 if found.answer.same else FAILED)


@app.command(no_args_is_help=True)
def cancel(ctx: typer.Context, session_id: SessionId, *, as_json: AsJson = False) -> None:
    """Cancel a session's mission."""
    request = {"session_id": session_id}
    job = ask(ctx, lambda door: door.sessions.cancel(door.principal, checked(CancelSession, **request)))
    show_job(job, flags_of(ctx), as_json=as_json)


def _place_of(message: str) -> Mapping[str, object]:
    job_id, _, number = message.rpartition("/")
    return {"job_id": job_id, "number": int(number) if number.isdecimal() else number}


async def _listed(door: Door, given: Mapping[str, object]) -> ListView[SessionView]:
    request = checked(ListSessions, **given)
    return ListView.of(await door.sessions.list(door.principal, request), request)


async def _messages(door: Door, given: Mapping[str, object]) -> ListView[MessageView]:
    request = checked(ListMessages, **given)
    return ListView.of(await door.sessions.messages(door.principal, request), request)
