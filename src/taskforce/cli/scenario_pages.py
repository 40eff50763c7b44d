"""What plants' data and their runs look like: problems with their places, snapshots, how runs stand."""

from collections.abc import Sequence

from taskforce.application.scenarios.import_schemas import ProblemView, ProjectSnapshot, ValidationReport
from taskforce.application.scenarios.schemas import DebriefView, RunStatusesView, RunStatusView
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.render import Column, print_facts, print_json, print_table, write
from taskforce.cli.terminal import say
from taskforce.core.scenarios.report import place

PROBLEMS: Sequence[Column[ProblemView]] = (
    Column(head="SEVERITY", show=lambda view: view.severity.value, whole=True),
    Column(head="PLACE", show=lambda view: place(view.file, view.row, view.column), whole=True),
    Column(head="PROBLEM", show=lambda view: view.message, wraps=True),
)


def show_problems(report: ValidationReport, flags: Flags) -> None:
    """Print each problem, if there are any."""
    if report.problems:
        print_table(report.problems, PROBLEMS, color=flags.color, now=None)


def show_report(asked: Asked[ValidationReport], flags: Flags, *, as_json: bool) -> None:
    """Print a report."""
    report = asked.answer
    if as_json:
        print_json(report)
        return
    show_problems(report, flags)
    say("The data is valid." if report.valid else "The data cannot be imported.")


def show_snapshot(asked: Asked[ProjectSnapshot], flags: Flags, *, as_json: bool) -> None:
    """Print a snapshot."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    tables = ((name, count) for name, count in view.rows.items() if count)
    own = [("snapshot", view.snapshot_id), ("checksum", view.checksum), ("created", view.created_at)]
    print_facts([*own, *tables], color=flags.color)


RUNS: Sequence[Column[RunStatusView]] = (
    Column(head="RUN", show=lambda view: view.run_id, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="STARTED", show=lambda view: view.started_at, whole=True),
    Column(head="DONE", show=lambda view: f"{view.progress_pct:.0f} %", whole=True),
    Column(head="MESSAGE", show=lambda view: view.message),
)


def show_runs(asked: Asked[RunStatusesView], flags: Flags, *, as_json: bool) -> None:
    """Print a list of runs."""
    part = asked.answer
    if as_json:
        print_json(part)
        return
    print_table(part.runs, RUNS, color=flags.color, now=asked.at)
    if part.total > len(part.runs):
        say(f"{len(part.runs)} of {part.total}; --limit and --offset show others.")


def show_run(asked: Asked[RunStatusView], flags: Flags, *, as_json: bool) -> None:
    """Print how a run stands."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    done = f"{view.progress_pct:.0f} %"
    moments = [("started", view.started_at), ("finished", view.finished_at)]
    facts = [("run", view.run_id), ("status", view.status.value), ("progress", done), *moments]
    print_facts([*facts, ("message", view.message)], color=flags.color)


def show_debrief(view: DebriefView) -> None:
    """Print where the pages of a debrief are read."""
    for file in (view, *view.alternates):
        write(f"{file.artifact_id}  {file.name}")
