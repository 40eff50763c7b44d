"""What sources, what was found in them, and the audit look like."""

from collections.abc import Iterable, Sequence

from taskforce.application.jobs.schemas import ItemsView, JobView, ListView
from taskforce.application.marketplace.schemas import ArtifactFileView, AuditView, CatalogSchema, SourceSchema
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.pages import show_part
from taskforce.cli.render import Column, print_facts, print_json, print_table
from taskforce.cli.terminal import say
from taskforce.core.marketplace.task import FoundArtifact, ScanResult

SOURCES: Sequence[Column[SourceSchema]] = (
    Column(head="SOURCE", show=lambda view: view.id, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="FOUND", show=lambda view: view.total, whole=True),
    Column(head="SYNCED", show=lambda view: view.last_sync, whole=True),
    Column(head="BRANCH", show=lambda view: view.branch),
    Column(head="REPOSITORY", show=lambda view: view.repo_url),
)
ENTRIES: Sequence[Column[CatalogSchema]] = (
    Column(head="CONFIDENCE", show=lambda view: view.confidence, whole=True),
    Column(head="TYPE", show=lambda view: view.type.value, whole=True),
    Column(head="STATUS", show=lambda view: view.status.value, whole=True),
    Column(head="NAME", show=lambda view: view.name),
    Column(head="PATH", show=lambda view: view.path),
    Column(head="NOTE", show=lambda view: "duplicate" if view.duplicate_of else "", whole=True),
)
FILES: Sequence[Column[ArtifactFileView]] = (
    Column(head="SIZE", show=lambda view: view.size, whole=True),
    Column(head="BLOB", show=lambda view: view.blob_sha[:12], whole=True),
    Column(head="PATH", show=lambda view: view.path),
)
FOUND: Sequence[Column[FoundArtifact]] = (
    Column(head="CONFIDENCE", show=lambda found: found.confidence, whole=True),
    Column(head="TYPE", show=lambda found: found.type.value, whole=True),
    Column(head="NAME", show=lambda found: found.name),
    Column(head="FILES", show=lambda found: found.files, whole=True),
    Column(head="PATH", show=lambda found: found.path),
)
AUDIT: Sequence[Column[AuditView]] = (
    Column(head="AGE", show=lambda view: view.at, whole=True),
    Column(head="BY", show=lambda view: view.by),
    Column(head="ACTION", show=lambda view: view.action, whole=True),
    Column(head="OUTCOME", show=lambda view: view.outcome, whole=True),
    Column(head="SUBJECT", show=lambda view: view.subject, whole=True),
    Column(head="DETAILS", show=lambda view: view.details),
)


def show_sources(asked: Asked[ListView[SourceSchema]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of sources."""
    show_part(asked, SOURCES, flags, as_json=as_json)


def show_audit(asked: Asked[ListView[AuditView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of what was done."""
    show_part(asked, AUDIT, flags, as_json=as_json)


def show_entries(asked: Asked[ListView[CatalogSchema]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of what was found."""
    show_part(asked, ENTRIES, flags, as_json=as_json)


def show_files(asked: Asked[ItemsView[ArtifactFileView]], flags: Flags, *, as_json: bool) -> None:
    """Print the files of an artifact."""
    if as_json:
        print_json(asked.answer)
    else:
        print_table(asked.answer.items, FILES, color=flags.color, now=asked.at)


def show_source(view: SourceSchema, flags: Flags, *, as_json: bool) -> None:
    """Print how a source stands."""
    if as_json:
        print_json(view)
    else:
        print_facts(_facts_of_source(view), color=flags.color)


def show_new_source(view: SourceSchema, flags: Flags, *, as_json: bool) -> None:
    """Print a source that was added, and say how it is scanned."""
    show_source(view, flags, as_json=as_json)
    if not as_json:
        say(f"Scan it: {flags.command('marketplace', 'sources', 'rescan', view.id)}")


def show_scanned_source(view: SourceSchema, flags: Flags, *, as_json: bool) -> None:
    """Print a source that was scanned, and say where it is seen what was found."""
    show_source(view, flags, as_json=as_json)
    if not as_json and view.total:
        say(f"See what was found: {flags.command('marketplace', 'artifacts', view.id)}")


def show_entry(asked: Asked[CatalogSchema], flags: Flags, *, as_json: bool) -> None:
    """Print what was found at a place, and why it is taken for that."""
    if as_json:
        print_json(asked.answer)
    else:
        print_facts(_facts_of_entry(asked.answer), color=flags.color)


def show_scan(job: JobView, flags: Flags, *, as_json: bool) -> None:
    """Print what a lone scan has found, the likeliest first; as JSON its job, also when it failed."""
    if as_json:
        print_json(job)
        return
    if job.result is None:
        return
    result = ScanResult.model_validate(job.result)
    likeliest = sorted(result.artifacts, key=lambda one: (-one.confidence, one.path))
    if likeliest:
        print_table(likeliest, FOUND, color=flags.color, now=None)
    say(f"{_artifacts(len(likeliest))} at commit {result.commit_sha[:12]}.")
    for reason in result.left_out:
        say(f"Left out: {reason}")


def _artifacts(number: int) -> str:
    return f"{number or 'no'} artifact{'' if number == 1 else 's'}".capitalize()


def _facts_of_source(view: SourceSchema) -> Iterable[tuple[str, object]]:
    yield "source", view.id
    yield "repository", view.repo_url
    yield "branch", view.branch
    yield "folder", view.root_hint
    for folder, type_ in view.manual_map.items():
        yield "map", f"{folder}={type_.value}"
    yield "trust", view.trust_level.value
    yield "seen by", view.visibility.value
    yield "rescan", view.rescan_interval
    yield "next scan", view.next_scan_at
    yield "status", view.status.value
    yield "synced", view.last_sync
    yield "error", view.last_error
    yield "commit", view.commit_sha
    yield "found", ", ".join(f"{number} {type_.value}" for type_, number in view.counts.items() if number)
    yield "added by", view.created_by
    yield "added", view.created_at


def _facts_of_entry(view: CatalogSchema) -> Iterable[tuple[str, object]]:
    yield "artifact", view.id
    yield "type", view.type.value
    yield "name", view.name
    yield "path", view.path
    yield "status", view.status.value
    yield "confidence", view.confidence
    yield "for", ", ".join(f"{signal} {points:+g}" for signal, points in view.score_breakdown.items())
    yield "raw score", f"{view.raw_score:g}"
    yield "files", view.files
    yield "bytes", view.size
    yield "commit", view.detected_sha
    yield "digest", view.digest
    yield "seen at", view.upstream_url
    for member in view.members:
        yield "holds", member
    yield "duplicate of", view.duplicate_of
    yield "first seen", view.first_seen
    yield "changed", view.changed_at
    yield "imported", view.imported_at
