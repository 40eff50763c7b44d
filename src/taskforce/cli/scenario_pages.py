"""What plants' data looks like: problems with their places, snapshots."""

from collections.abc import Sequence

from taskforce.application.scenarios.import_schemas import ProblemView, ProjectSnapshot, ValidationReport
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.render import Column, print_facts, print_json, print_table
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
