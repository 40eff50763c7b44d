"""Following a job: its events to a view, Ctrl-C to a cancel, its end to an answer and an exit code."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import typer

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import CancelJob, ErrorView, GetJob, JobView, WaitView, WatchJob
from taskforce.cli.attendance import minded, told_interrupted
from taskforce.cli.calls import call_of
from taskforce.cli.dependencies import Door, call
from taskforce.cli.errors import FAILED, PAUSED
from taskforce.cli.manner import Manner
from taskforce.cli.playing import Work, failure_code, played, told_handed_in
from taskforce.cli.render import print_json, print_text
from taskforce.cli.showing import lines_view, view_of
from taskforce.cli.terminal import say, screen
from taskforce.cli.views import JsonLines, View
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.missions.schemas import MissionView, WaitingView
    from taskforce.core.missions.task import session_of

Accept = Callable[[Door], Awaitable[JobView]]

ASKED = 1_000
"""The most that is shown of a call that a person is asked about."""
HIGHER = {
    "max_steps_reached": ("--max-steps", "steps"),
    "token_budget_spent": ("--max-tokens", "tokens"),
    "cost_budget_spent": ("--max-cost", "cost"),
    "timed_out": ("--max-seconds", "seconds"),
}
"""The flag and the name of the limit that has to be raised to go on after a failure."""


def play(ctx: typer.Context, accept: Accept, manner: Manner) -> None:
    """Hand in a job, play it here and follow it to its end; exit as it ended."""
    if manner.record is not None and manner.background:
        raise typer.BadParameter("does not go with --background.", param_hint="--record")

    async def run(door: Door) -> int:
        if manner.record is not None:
            door.executor.check_cassette(manner.record)
        await told_interrupted(door, manner)
        job = await accept(door)
        if manner.background:
            return told_handed_in(door, job.id, job, as_json=manner.as_json)
        return await _followed(door, job, manner)

    raise typer.Exit(call(ctx, run, manner.opening))


def watch(ctx: typer.Context, *, job_id: str, after: int, as_json: bool, verbose: bool) -> None:
    """Follow a job that others play, until it is over; exit as it ended."""

    async def run(door: Door) -> int:
        view = _watching_view(door, as_json=as_json, verbose=verbose)
        try:
            async with minded(door, job_id, view):
                await _watched(door, checked(WatchJob, job_id=job_id, after=after), view)
        except asyncio.CancelledError:
            say(f"The job goes on. Watch it again: {door.flags.command('jobs', 'watch', job_id)}")
            raise
        finally:
            view.close()
        job = await door.jobs.get(door.principal, GetJob(job_id=job_id))
        return 0 if job.status.value == "succeeded" else FAILED

    raise typer.Exit(call(ctx, run))


async def _followed(door: Door, job: JobView, manner: Manner) -> int:
    view = manner.asked_view or view_of(color=door.flags.color, verbose=manner.verbose)
    work = Work(
        jobs=[job.id],
        name=f"job {job.id}",
        cancel=lambda: door.jobs.cancel(door.principal, CancelJob(job_id=job.id)),
    )
    after = job.last_event if manner.only_new else 0
    async with played(door, view, work):
        async for page in door.executor.follow(door.principal, job, after=after):
            _show(view, page)
    code = _told_outcome(door, await door.executor.result(door.principal, job), manner)
    if manner.record is not None:
        replies = await door.executor.record(door.principal, job, manner.record)
        say(f"Recorded {replies} model call{'' if replies == 1 else 's'} in {manner.record}")
    return code


async def _watched(door: Door, request: WatchJob, view: View) -> None:
    told: set[str] = set()
    async for page in await door.jobs.watch(door.principal, request):
        _show(view, tuple(EventView.of_told(told, door.clock.now()) for told in page.told))
        if page.is_paused:
            job = await door.jobs.get(door.principal, GetJob(job_id=request.job_id))
            for wait in (wait for wait in job.waits if wait.wait_id not in told):
                view.note(f"Answer it: {_respond(door, job, wait)}")
                told.add(wait.wait_id)


def _respond(door: Door, job: JobView, wait: WaitView) -> str:
    return door.flags.respond(session_of(job.subject), wait.wait_id, wait.signal)


def _show(view: View, page: tuple[EventView, ...]) -> None:
    for event in page:
        view.show(event)


def _watching_view(door: Door, *, as_json: bool, verbose: bool) -> View:
    if as_json:
        return JsonLines()
    shown = screen(sys.stdout, door.flags.color)
    if shown.is_live:
        return view_of(color=door.flags.color, whole=True, verbose=verbose)
    return lines_view(shown, sys.stdout, whole=True, verbose=verbose)


def _told_outcome(door: Door, mission: MissionView, manner: Manner) -> int:
    """Print the answer, tell how to go on, and return the exit code."""
    code = _code(door, mission)
    if manner.as_json:
        if not manner.stream:
            print_json(mission)
        return code
    if code == 0:
        print_text(mission.message)
    elif mission.waiting is not None:
        _tell_question(door, mission, mission.waiting)
    else:
        _tell_failure(door, mission)
    return code


def _code(door: Door, mission: MissionView) -> int:
    if mission.status.value == "completed":
        return 0
    if mission.waiting is not None:
        return PAUSED
    return failure_code(door)


def _tell_question(door: Door, mission: MissionView, waiting: WaitingView) -> None:
    say(f"Paused: {waiting.message}")
    call_line = call_of(waiting.details, most=ASKED)
    if call_line:
        say(f"Call: {waiting.details.get('tool')} {call_line}")
    choices = waiting.details.get("choices")
    if isinstance(choices, list) and choices:
        say(f"Choices: {', '.join(map(str, choices))}")
    say(f"Answer it: {door.flags.respond(mission.session_id, waiting.wait_id, waiting.signal)}")


def _tell_failure(door: Door, mission: MissionView) -> None:
    code = mission.error.code if mission.error else "failed"
    go_on = door.flags.command("sessions", "resume", mission.session_id, *_to_go_on(mission.error))
    say("Cancelled." if door.interrupts.is_interrupted else f"Failed ({code}): {mission.message}")
    say(f"Go on with it: {go_on}")


def _to_go_on(error: ErrorView | None) -> tuple[str, ...]:
    """Return what has to be said to go on after a failure: with a limit, twice as much of it."""
    if error is not None and error.code == "needs_model":
        return "--model", "NAME"
    flag, name = HIGHER.get(error.code if error else "", ("", ""))
    limits = error.details.get("limits") if error else None
    most = limits.get(name) if isinstance(limits, dict) else None
    return (flag, f"{most * 2:g}") if isinstance(most, int | float) else ()
