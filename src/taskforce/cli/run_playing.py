"""Playing a run here and following it: events to a tree, Ctrl-C to a cancel, its end to an exit code."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import typer

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import GetJob
from taskforce.application.pipelines.schemas import CancelRun, CreatedRunView, GetRun, RunView
from taskforce.cli.attendance import told_interrupted
from taskforce.cli.dependencies import Door, call
from taskforce.cli.manner import Manner
from taskforce.cli.playing import Work, events_of, failure_code, played, told_handed_in
from taskforce.cli.render import print_json, print_text
from taskforce.cli.run_lines import RunLines
from taskforce.cli.run_tree import RunTree, duration
from taskforce.cli.terminal import say, screen
from taskforce.cli.views import Silent, View
from taskforce.core.identity import JobId
from taskforce.core.missions.task import session_of

Accept = Callable[[Door], Awaitable[CreatedRunView]]
ASKS = frozenset({"approval_required", "ask_user"})
COMMIT = 7, 64
"""From how many hex digits on a ref is a commit, and up to how many."""


def place_of(target: str) -> str:
    """Return what is to be run: a working folder by its whole path, anything else by its name."""
    folder = Path(target).expanduser()
    is_path = target.startswith((".", "/", "~")) or folder.is_dir()
    return str(folder.resolve()) if is_path else target


def at_ref(ref: str | None) -> dict[str, str]:
    """Return the branch and the commit that a ref names."""
    if ref is None:
        return {"branch": "HEAD", "commit_sha": "HEAD"}
    fewest, most = COMMIT
    is_commit = fewest <= len(ref) <= most and set(ref) <= set("0123456789abcdef")
    return {"branch": "HEAD", "commit_sha": ref} if is_commit else {"branch": ref, "commit_sha": "HEAD"}


def play_run(ctx: typer.Context, accept: Accept, manner: Manner) -> None:
    """Hand in a run, play it here and follow it to its end; exit as it ended."""

    async def run(door: Door) -> int:
        await told_interrupted(door, manner)
        made = await accept(door)
        if manner.background:
            return told_handed_in(door, made.id, made, as_json=manner.as_json)
        return await _followed(door, made, manner)

    raise typer.Exit(call(ctx, run, manner.opening))


async def _followed(door: Door, made: CreatedRunView, manner: Manner) -> int:
    view = manner.asked_view or _view_of(door, verbose=manner.verbose)
    work = Work(
        jobs=[made.id],
        name=f"run {made.id}",
        cancel=lambda: door.runs.cancel(door.principal, CancelRun(run_id=made.id)),
        cancelling="Cancelling: what runs is asked to end.",
    )
    async with played(door, view, work):
        if not isinstance(view, Silent) or not await _is_over(door, made):
            await _shown(door, made, view)
    run = await door.runs.get(door.principal, checked(GetRun, run_id=made.id))
    return _told_end(door, run, manner)


async def _is_over(door: Door, made: CreatedRunView) -> bool:
    """Wait until a run is over or somebody is asked, and tell which; none of its events is read for it."""
    job = await door.settling.of(JobId(made.id), project=door.principal.project)
    return job.status.is_over


async def _shown(door: Door, made: CreatedRunView, view: View) -> None:
    """Show a run's events until it is over, and how to answer what is asked meanwhile."""
    async for event in events_of(door, made.id):
        view.show(event)
        if event.event_type in ASKS:
            await _tell_question(door, event, view)


def _told_end(door: Door, run: RunView, manner: Manner) -> int:
    """Print what a run came to, and return the exit code."""
    if manner.as_json:
        if not manner.stream:
            print_json(run)
    else:
        print_text(summary(run))
        if run.status.value == "failed":
            _tell_failure(door, run, manner)
    if run.status.value == "success":
        return 0
    return failure_code(door)


def _tell_failure(door: Door, run: RunView, manner: Manner) -> None:
    """Say why it failed, unless a step has shown that, and where to read on."""
    steps = [step for phase in run.phases for task in phase.tasks for step in task.steps]
    if manner.stream is False or not any(step.status.value == "failed" for step in steps):
        say(run.error)
    if any(step.logs_url for step in steps if step.status.value == "failed"):
        say(f"All that it printed: {door.flags.command('pipelines', 'logs', run.id, '--failed')}")


def summary(run: RunView) -> str:
    """Return a run's end as a line."""
    took = run.completed_at - run.started_at if run.completed_at and run.started_at else None
    steps = [part.status for depth, part in RunTree.of(run).root.walk() if depth == 3]  # noqa: PLR2004 - steps
    done = sum(status == "success" for status in steps)
    return f"{run.status.value}  {done} of {len(steps)} steps  {duration(took)}  {run.id}"


def _view_of(door: Door, *, verbose: bool) -> View:
    shown = screen(sys.stderr, door.flags.color)
    if not shown.is_live:
        return RunLines(shown, sys.stderr, verbose=verbose)
    from taskforce.cli.run_live import RunLive

    return RunLive(shown, now=door.clock.now, verbose=verbose)


async def _tell_question(door: Door, event: EventView, view: View) -> None:
    """Say how to answer what a mission of a step asks."""
    job = await door.jobs.get(door.principal, checked(GetJob, job_id=str(event.details.get("job_id"))))
    waits = [wait for wait in job.waits if wait.wait_id == event.details.get("wait_id")]
    for wait in waits:
        view.note(f"{event.message}")
        view.note(f"Answer it: {door.flags.respond(session_of(job.subject), wait.wait_id, wait.signal)}")
