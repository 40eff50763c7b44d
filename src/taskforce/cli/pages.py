"""What the views of jobs look like, and lists of all views: columns, facts, and the JSON of the HTTP body."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from taskforce.application.jobs.schemas import ArtifactView, ItemsView, JobView, ListView, View
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.render import Column, print_facts, print_json, print_table
from taskforce.cli.terminal import say

V = TypeVar("V", bound=View)
LOST = "lost its worker, waits for another"


def note_of(view: JobView) -> str:
    """Return what is most worth knowing of a job beside its status."""
    if view.error is not None:
        return view.error.code
    if view.cancel_requested and not view.status.is_over:
        return "cancel requested"
    if view.status.value == "succeeded":
        return ""
    return LOST if _is_lost(view) else view.progress.message


def _is_lost(view: JobView) -> bool:
    """Tell whether it was being played and no longer is; one that is queued says so by its status."""
    return view.is_unattended and view.status.value == "running"


JOBS: Sequence[Column[JobView]] = (
    Column(head="JOB", show=lambda view: view.id, whole=True),
    Column(head="KIND", show=lambda view: view.kind, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="AGE", show=lambda view: view.created_at, whole=True),
    Column(head="NOTE", show=note_of),
)
ARTIFACTS: Sequence[Column[ArtifactView]] = (
    Column(head="ARTIFACT", show=lambda view: view.id, whole=True),
    Column(head="SIZE", show=lambda view: view.size, whole=True),
    Column(head="KEY", show=lambda view: view.key),
)


def show_jobs(asked: Asked[ListView[JobView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of jobs."""
    show_part(asked, JOBS, flags, as_json=as_json)


def show_artifacts(asked: Asked[ItemsView[ArtifactView]], flags: Flags, *, as_json: bool) -> None:
    """Print the artifacts of a job."""
    show_all(asked, ARTIFACTS, flags, as_json=as_json)


def show_job(asked: Asked[JobView], flags: Flags, *, as_json: bool) -> None:
    """Print a job."""
    view = asked.answer
    if as_json:
        print_json(view)
    else:
        print_facts(_facts_of_job(view), color=flags.color)


def _facts_of_job(view: JobView) -> Iterable[tuple[str, object]]:
    yield "job", view.id
    yield "kind", view.kind
    yield "status", view.status.value
    yield "worker", LOST if _is_lost(view) else None
    yield "about", view.subject
    yield "created", view.created_at
    yield "started", view.started_at
    yield "ended", view.ended_at
    yield (
        "progress",
        f"{view.progress.percent:g} % {view.progress.message}" if view.progress.percent else None,
    )
    yield "cancel", "requested" if view.cancel_requested and not view.status.is_over else None
    yield "events", view.last_event
    yield "parent", view.parent_id
    yield "continues", view.continues
    yield "error", f"{view.error.code}: {view.error.message}" if view.error else None
    for wait in view.waits:
        yield "waits for", f"{wait.signal} {wait.wait_id}"


def show_all(
    asked: Asked[ItemsView[V]], columns: Sequence[Column[V]], flags: Flags, *, as_json: bool
) -> None:
    """Print a whole list."""
    if as_json:
        print_json(asked.answer)
    else:
        print_table(asked.answer.items, columns, color=flags.color, now=asked.at)


def show_part(
    asked: Asked[ListView[V]], columns: Sequence[Column[V]], flags: Flags, *, as_json: bool
) -> None:
    """Print a part of a list."""
    part = asked.answer
    if as_json:
        print_json(part)
        return
    print_table(part.items, columns, color=flags.color, now=asked.at)
    if part.total > len(part.items):
        say(f"{len(part.items)} of {part.total}; --limit and --offset show others.")
