"""What is asked of imports and of the collection, and how they are shown, by the fields of the contract."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from taskforce.application.jobs.schemas import Id, Moment, PageRequest, Request, ShownProject, View
from taskforce.application.marketplace.schemas import Address, Commit, Search, Who, Word
from taskforce.core.marketplace.collection import Resolution
from taskforce.core.marketplace.model import ArtifactType, Item, TrustLevel
from taskforce.core.marketplace.outcomes import Conflicting, Failed, Outcome, Skipped, Taken
from taskforce.core.marketplace.verified import Verified
from taskforce.core.shapes import Count, Prose, Sha256, ShownId, ShownPath, unlimited

MOST_ENTRIES = 1_000
"""Of one import."""
_AT_MOST_ALL = unlimited("at most one for each entry that is asked for")


class ImportChoice(Request):
    """Which entries of a source to import, and what becomes of those whose names are taken."""

    entry_ids: list[Id] | None = Field(
        default=None, min_length=1, max_length=MOST_ENTRIES, description="Several; each is taken or not."
    )
    entry_id: Id | None = Field(default=None, description="One alone, in place of `entry_ids`.")
    conflict_resolution: Resolution | None = Field(
        default=None,
        description="What becomes of an entry whose name is taken; without it, it is listed as a conflict.",
    )
    resolutions: dict[Id, Resolution] = Field(
        default={}, max_length=MOST_ENTRIES, description="The same for single entries, by their ids."
    )

    @model_validator(mode="after")
    def _is_one_choice(self) -> Self:
        if (self.entry_ids is None) == (self.entry_id is None):
            raise ValueError("must have either entry_ids or entry_id")
        strange = sorted(self.resolutions.keys() - set(self.chosen))
        if strange:
            raise ValueError(f"resolutions must be for entries that are imported; {strange[0]} is not")
        return self

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the entries, each once, in the order in which they were said."""
        said = self.entry_ids if self.entry_ids is not None else [self.entry_id or ""]
        return tuple(dict.fromkeys(said))

    def resolution_of(self, entry_id: str) -> Resolution | None:
        """Return what becomes of an entry whose name is taken."""
        return self.resolutions.get(entry_id, self.conflict_resolution)


class ImportArtifacts(ImportChoice):
    """Which entries of which source to import."""

    source_id: Id


class ListCollection(PageRequest):
    """Which artifacts of the collection to list."""

    type: list[ArtifactType] = Field(default=[], max_length=20, description="Only those of these types.")
    search: Search = Field(default="", description="Only those with this in their name or repository.")


class GetItem(Request):
    """Which artifact of the collection to show."""

    item_id: Id


class DeleteItem(Request):
    """Which artifact of the collection to delete; its source keeps it."""

    item_id: Id


class VerifyCollection(Request):
    """What to verify: one artifact of the collection, or all."""

    item_id: Id | None = Field(default=None, description="This one alone.")


class ConflictView(View):
    """An entry that was not imported, since the collection has its name."""

    entry_id: ShownId
    name: Word
    type: ArtifactType
    existing_id: ShownId
    suggested_name: Word
    """What it would be called with `rename`."""

    @classmethod
    def of(cls, conflict: Conflicting) -> Self:
        """Show a conflict."""
        return cls(
            entry_id=conflict.entry.id,
            name=conflict.name,
            type=conflict.entry.found.type,
            existing_id=conflict.existing,
            suggested_name=conflict.suggested,
        )


class ImportErrorView(View):
    """An entry that could not be imported."""

    entry_id: ShownId
    code: Annotated[str, unlimited("a code of the errors")]
    detail: Prose

    @classmethod
    def of(cls, failed: Failed) -> Self:
        """Show why an entry was not imported."""
        return cls(entry_id=failed.entry, code=failed.code, detail=failed.problem)


class ImportedView(View):
    """An entry that was imported."""

    entry_id: ShownId
    item_id: ShownId
    name: Word
    type: ArtifactType

    @classmethod
    def of(cls, taken: Taken) -> Self:
        """Show what was imported."""
        item = taken.item
        return cls(entry_id=taken.entry.id, item_id=item.id, name=item.name, type=item.type)


class ImportResult(View):
    """What an import came to: each entry is in one of the counts."""

    imported_count: Count
    conflict_count: Count
    skipped_count: Count
    error_count: Count
    imported: Annotated[tuple[ImportedView, ...], _AT_MOST_ALL]
    conflicts: Annotated[tuple[ConflictView, ...], _AT_MOST_ALL]
    errors: Annotated[tuple[ImportErrorView, ...], _AT_MOST_ALL]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Self:
        """Show what became of entries."""
        imported = tuple(ImportedView.of(one) for one in outcomes if isinstance(one, Taken))
        conflicts = tuple(ConflictView.of(one) for one in outcomes if isinstance(one, Conflicting))
        errors = tuple(ImportErrorView.of(one) for one in outcomes if isinstance(one, Failed))
        return cls(
            imported_count=len(imported),
            conflict_count=len(conflicts),
            skipped_count=sum(isinstance(one, Skipped) for one in outcomes),
            error_count=len(errors),
            imported=imported,
            conflicts=conflicts,
            errors=errors,
        )


class ItemView(View):
    """An artifact of the collection."""

    id: ShownId
    project_id: ShownProject
    type: ArtifactType
    name: Word
    source_id: ShownId
    entry_id: ShownId
    repo_url: Address
    commit_sha: Commit
    """The commit that it was read at."""
    path: ShownPath
    """In its repository."""
    digest: Sha256
    trust_level: TrustLevel
    """Its source's when it was imported."""
    files: Count
    size: Count
    """Bytes."""
    imported_by: Who
    imported_at: Moment

    @classmethod
    def of(cls, item: Item) -> Self:
        """Show an item."""
        return cls(
            id=item.id,
            project_id=item.project,
            type=item.type,
            name=item.name,
            source_id=item.source,
            entry_id=item.entry,
            repo_url=item.repo_url,
            commit_sha=item.commit_sha,
            path=item.path,
            digest=item.digest,
            trust_level=item.trust_level,
            files=item.files,
            size=item.size,
            imported_by=item.imported_by,
            imported_at=item.imported_at,
        )


class DeletedItemView(View):
    """An artifact that is not in the collection any more."""

    item_id: ShownId


class DifferenceView(View):
    """A file that is not what was imported."""

    path: ShownPath
    problem: Prose


class VerifiedView(View):
    """What a look at one artifact of the collection came to."""

    item_id: ShownId
    type: ArtifactType
    name: Word
    repo_url: Address
    commit_sha: Commit
    digest: Sha256
    """What was recorded when it was imported."""
    found_digest: Sha256 | None
    """What the stored files come to; none when one of them cannot be read."""
    is_sound: bool
    differences: Annotated[tuple[DifferenceView, ...], unlimited("at most one for each file")]

    @classmethod
    def of(cls, look: Verified) -> Self:
        """Show what a look at an item came to."""
        item = look.item
        return cls(
            item_id=item.id,
            type=item.type,
            name=item.name,
            repo_url=item.repo_url,
            commit_sha=item.commit_sha,
            digest=item.digest,
            found_digest=look.found_digest,
            is_sound=look.is_sound,
            differences=tuple(DifferenceView(path=one.path, problem=one.problem) for one in look.differences),
        )


class VerificationView(View):
    """What a look at the collection came to."""

    sound_count: Count
    damaged_count: Count
    items: Annotated[tuple[VerifiedView, ...], unlimited("all that were looked at")]

    @classmethod
    def of(cls, looks: Sequence[Verified]) -> Self:
        """Show what looks at items came to."""
        sound = sum(look.is_sound for look in looks)
        return cls(
            sound_count=sound, damaged_count=len(looks) - sound, items=tuple(map(VerifiedView.of, looks))
        )
