"""What imports came to, what the collection holds, and whether it is sound."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from taskforce.application.jobs.schemas import ListView
from taskforce.application.marketplace.import_schemas import (
    ImportResult,
    ItemView,
    VerificationView,
    VerifiedView,
)
from taskforce.cli.dependencies import Asked
from taskforce.cli.flags import Flags
from taskforce.cli.pages import show_part
from taskforce.cli.render import Column, print_facts, print_json, print_table
from taskforce.cli.terminal import say


def problems_of(view: VerifiedView) -> str:
    """Return what is wrong with an artifact, file by file."""
    told = (": ".join(filter(None, (one.path, one.problem))) for one in view.differences)
    return "; ".join(told)


ITEMS: Sequence[Column[ItemView]] = (
    Column(head="NAME", show=lambda view: view.name, whole=True),
    Column(head="TYPE", show=lambda view: view.type.value, whole=True),
    Column(head="TRUST", show=lambda view: view.trust_level.value, whole=True),
    Column(head="AGE", show=lambda view: view.imported_at, whole=True),
    Column(head="FROM", show=lambda view: f"{view.repo_url} {view.path}"),
)
VERIFIED: Sequence[Column[VerifiedView]] = (
    Column(head="STATE", show=lambda view: "sound" if view.is_sound else "damaged", whole=True),
    Column(head="TYPE", show=lambda view: view.type.value, whole=True),
    Column(head="NAME", show=lambda view: view.name),
    Column(head="DIGEST", show=lambda view: view.digest[:12], whole=True),
    Column(head="PROBLEM", show=problems_of, wraps=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one entry of an import."""

    word: str
    type: str
    name: str
    note: str


OUTCOMES: Sequence[Column[Outcome]] = (
    Column(head="OUTCOME", show=lambda one: one.word, whole=True),
    Column(head="TYPE", show=lambda one: one.type, whole=True),
    Column(head="NAME", show=lambda one: one.name, whole=True),
    Column(head="NOTE", show=lambda one: one.note, wraps=True),
)


def print_import(result: ImportResult, flags: Flags) -> None:
    """Print what became of each entry, and in a line of all."""
    outcomes = list(_outcomes(result))
    if outcomes:
        print_table(outcomes, OUTCOMES, color=flags.color, now=None)
    counts = {
        "imported": result.imported_count,
        "in conflict": result.conflict_count,
        "skipped": result.skipped_count,
        "failed": result.error_count,
    }
    told = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    say(f"{told or 'Nothing to import'}.")


def show_items(asked: Asked[ListView[ItemView]], flags: Flags, *, as_json: bool) -> None:
    """Print a list of the collection."""
    show_part(asked, ITEMS, flags, as_json=as_json)


def show_item(asked: Asked[ItemView], flags: Flags, *, as_json: bool) -> None:
    """Print an artifact of the collection."""
    if as_json:
        print_json(asked.answer)
    else:
        print_facts(_facts(asked.answer), color=flags.color)


def show_verification(asked: Asked[VerificationView], flags: Flags, *, as_json: bool) -> None:
    """Print what a look at the collection came to, what is damaged first."""
    view = asked.answer
    if as_json:
        print_json(view)
        return
    if view.items:
        looks = sorted(view.items, key=lambda one: (one.is_sound, one.type, one.name))
        print_table(looks, VERIFIED, color=flags.color, now=asked.at)
    say(f"{view.sound_count} sound, {view.damaged_count} damaged.")
    if view.damaged_count:
        again = flags.command("marketplace", "import", "SOURCE", "ARTIFACT", "--on-conflict", "force")
        say(f"Import what is damaged again: {again}")


def _outcomes(result: ImportResult) -> Iterator[Outcome]:
    for taken in result.imported:
        yield Outcome(word="imported", type=taken.type.value, name=taken.name, note=taken.item_id)
    for held in result.conflicts:
        note = f"the collection has one of this name; with rename: {held.suggested_name}"
        yield Outcome(word="conflict", type=held.type.value, name=held.name, note=note)
    for failed in result.errors:
        yield Outcome(word="failed", type="", name=failed.entry_id, note=failed.detail)


def _facts(view: ItemView) -> Iterable[tuple[str, object]]:
    yield "artifact", view.id
    yield "type", view.type.value
    yield "name", view.name
    yield "trust", view.trust_level.value
    yield "repository", view.repo_url
    yield "path", view.path
    yield "commit", view.commit_sha
    yield "digest", view.digest
    yield "files", view.files
    yield "bytes", view.size
    yield "source", view.source_id
    yield "imported by", view.imported_by
    yield "imported", view.imported_at
