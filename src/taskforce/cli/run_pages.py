"""What runs look like: their lists, their trees, and their JSON, which is the HTTP body."""

from collections.abc import Sequence

from taskforce.application.pipelines.schemas import ListedRunView, RunsView, RunView
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.render import Column, print_json, print_table, write
from taskforce.cli.run_playing import summary
from taskforce.cli.run_tree import MARKS, RunTree, duration
from taskforce.cli.terminal import clean, say

RUNS: Sequence[Column[ListedRunView]] = (
    Column(head="RUN", show=lambda view: view.id, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="STARTED", show=lambda view: view.started_at, whole=True),
    Column(head="COMMIT", show=lambda view: view.commit_sha[:12], whole=True),
    Column(head="REPOSITORY", show=lambda view: view.repository),
)


def show_runs(asked: Asked[RunsView], flags: Flags, *, as_json: bool) -> None:
    """Print a list of runs."""
    part = asked.answer
    if as_json:
        print_json(part)
        return
    print_table(part.runs, RUNS, color=flags.color, now=asked.at)
    if part.total > len(part.runs):
        say(f"{len(part.runs)} of {part.total}; --limit and --offset show others.")


def show_run(asked: Asked[RunView], *, as_json: bool) -> None:
    """Print a run as a tree with durations."""
    run = asked.answer
    if as_json:
        print_json(run)
        return
    write(summary(run))
    about = (run.repository, run.branch, run.commit_sha, f"by {run.triggered_by} ({run.trigger_type})")
    write(clean("  ".join(filter(None, about))))
    for phase in RunTree.of(run).root.parts.values():
        for depth, part in phase.walk(1):
            took = duration(part.took(asked.at))
            error = f"  {part.error}" if part.error else ""
            line = f"{'  ' * depth}{MARKS.get(part.status, '·')} {part.name}  {part.status}  {took}{error}"
            write(clean(line).rstrip())
    if run.error:
        say(run.error)
