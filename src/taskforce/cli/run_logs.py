"""The logs of a run's steps: one, or all of them under headings, what failed last."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ArtifactView
from taskforce.application.pipelines.schemas import GetRun, GetRunLog, RunView, StepView
from taskforce.cli.dependencies import Door, ask
from taskforce.cli.render import print_json
from taskforce.cli.run_tree import MARKS, duration
from taskforce.cli.terminal import clean, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which logs are asked for; what is left out may be any."""

    run_id: str
    phase: str | None
    project: str | None
    step: str | None
    failed: bool

    def holds(self, phase: str, project: str, step: StepView) -> bool:
        """Tell whether a step's log is among them."""
        names = ((self.phase, phase), (self.project, project), (self.step, step.name))
        return all(word in {None, name} for word, name in names) and (
            not self.failed or step.status == "failed"
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A step that has a log."""

    phase: str
    project: str
    step: StepView

    @property
    def heading(self) -> str:
        """Return a line that tells whose log follows, and how the step ended."""
        step = self.step
        took = duration(
            step.completed_at - step.started_at if step.completed_at and step.started_at else None
        )
        mark = MARKS.get(step.status.value, "·")
        return f"{mark} {self.phase}/{self.project}/{step.name}  {step.status.value}  {took}".rstrip()


def show_logs(ctx: typer.Context, wanted: Wanted, *, as_json: bool) -> None:
    """Print logs on stdout; of a step that is named the log alone, or with --json its record."""
    if wanted.step is not None:
        view = ask(ctx, lambda door: _one(door, wanted, as_json=as_json)).answer
        if as_json:
            print_json(view)
    elif as_json:
        raise typer.BadParameter("it shows the record of one log. Name its phase, project and step.")
    else:
        ask(ctx, lambda door: _all(door, wanted))


async def _one(door: Door, wanted: Wanted, *, as_json: bool) -> ArtifactView:
    words = {"phase": wanted.phase, "project_name": wanted.project, "step": wanted.step}
    view, opening = await door.runs.logs(door.principal, checked(GetRunLog, run_id=wanted.run_id, **words))
    if not as_json:
        async with opening as chunks:
            async for chunk in chunks:
                _print(chunk)
    return view


async def _all(door: Door, wanted: Wanted) -> None:
    run = await door.runs.get(door.principal, checked(GetRun, run_id=wanted.run_id))
    found = sorted(_having_logs(run, wanted), key=lambda placed: placed.step.status == "failed")
    if not found:
        say("No step that was asked for has a log.")
    for placed in found:
        _print(f"{clean(placed.heading)}\n".encode())
        words = {"phase": placed.phase, "project_name": placed.project, "step": placed.step.name}
        _, opening = await door.runs.logs(door.principal, checked(GetRunLog, run_id=run.id, **words))
        last = b"\n"
        async with opening as chunks:
            async for chunk in chunks:
                _print(chunk)
                last = chunk[-1:] or last
        _print(b"\n" if last == b"\n" else b"\n\n")


def _having_logs(run: RunView, wanted: Wanted) -> Iterator[Placed]:
    for phase in run.phases:
        for task in phase.tasks:
            for step in task.steps:
                if step.logs_url is not None and wanted.holds(phase.name, task.project_name, step):
                    yield Placed(phase.name, task.project_name, step)


def _print(chunk: bytes) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(clean(chunk.decode("utf-8", "replace")))
        sys.stdout.flush()
    else:
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
