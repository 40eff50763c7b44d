"""What is asked of releases, and how they are shown, by the fields of the seed."""

from collections import Counter
from typing import Annotated

from pydantic import Field, field_validator

from taskforce.application.jobs.schemas import (
    MOST_LEFT_OUT,
    MOST_OF_A_LIST,
    Id,
    Moment,
    Name,
    PageRequest,
    Request,
    View,
)
from taskforce.core.paging import Listing
from taskforce.core.pipelines.config import NAME
from taskforce.core.pipelines.delivery import AliasType, ArtifactType, Release, ReleaseTrigger
from taskforce.core.shapes import MOST, Count, ShownId, ShownPath, shape, unlimited

_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
RepositoryName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=606,
        pattern=rf"^{_PART}(/{_PART}){{0,5}}$",
        description="The repository, such as owner/name.",
    ),
]
ProductName = Annotated[str, Field(max_length=63, pattern=NAME, description="The repository's project.")]
Address = Annotated[str, Field(max_length=2_000, pattern=r"^[^\u0000-\u0020]*$")]
ReleaseName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        pattern=r"^[^\u0000-\u001f]+$",
        description="A commit (7 hex digits or more of it), a number, a tag or another alias.",
    ),
]
NewAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=128,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$",
        description="A name that reads as no number and no commit, such as stable.",
    ),
]

MOST_ARTIFACTS = 100
ShownNumber = Annotated[int, shape(minimum=1, maximum=MOST)]
ShownCommit = Annotated[str, shape(pattern="^[0-9a-f]{40}$", maxLength=40)]
ShownDigest = Annotated[str, shape(pattern="^sha256:[0-9a-f]{64}$", maxLength=71)]
ShownPart = Annotated[str, shape(maxLength=128)]
ShownPerson = Annotated[str, unlimited("as whoever asked is called")]


class ReleaseArtifact(Request):
    """Something that a release refers to."""

    name: str = Field(max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Its name.")
    type: ArtifactType
    tracking_oci_uri: Address = Field(description="Where it is kept track of; may be empty.")
    primary_published_uri: Address = Field(description="Where it was published; may be empty.")


class CreateRelease(Request):
    """A release to make."""

    pipeline_run_id: Id | None = Field(default=None, description="The run that built it.")
    repository: RepositoryName
    project: ProductName
    commit_sha: str = Field(
        max_length=40, pattern=r"^[0-9a-f]{40}$", description="The commit in full: 40 hex digits."
    )
    artifacts: tuple[ReleaseArtifact, ...] = Field(
        max_length=100, description="What was built, each name once; may be empty."
    )

    @field_validator("artifacts")
    @classmethod
    def _bear_names_of_their_own(cls, artifacts: tuple[ReleaseArtifact, ...]) -> tuple[ReleaseArtifact, ...]:
        counts = Counter(artifact.name for artifact in artifacts)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise ValueError(f"must bear names of their own: {', '.join(twice)} is there more than once")
        return artifacts


class GetRelease(Request):
    """Which release to show."""

    repo: RepositoryName
    project: ProductName
    release_id: ReleaseName


class ListReleases(PageRequest):
    """Whose releases to list."""

    repo: RepositoryName
    project: ProductName


class GiveAlias(Request):
    """Another name, and which release is to have it."""

    release_id: ReleaseName
    alias: NewAlias


class AliasRelease(GiveAlias):
    """Another name for a release."""

    repo: RepositoryName
    project: ProductName


class UnaliasRelease(Request):
    """Which name to take away."""

    repo: RepositoryName
    project: ProductName
    alias: ReleaseName


class ReleaseArtifactView(View):
    """Something that a release refers to."""

    name: ShownPart
    type: ArtifactType
    tracking_oci_uri: ShownPath
    primary_published_uri: ShownPath


class AliasView(View):
    """A name of a release."""

    alias: ShownPath
    alias_type: AliasType


class TriggerView(View):
    """What made a release."""

    trigger_type: ReleaseTrigger
    branch: ShownPath
    triggered_by: Name


class CreatedReleaseView(View):
    """A release that was made."""

    id: ShownId
    release_number: ShownNumber
    oci_uri: ShownPath
    canonical_id: ShownPath
    created_at: Moment

    @classmethod
    def of(cls, release: Release) -> "CreatedReleaseView":
        """Show a new release."""
        return cls(
            id=release.id,
            release_number=release.release_number,
            oci_uri=release.oci_uri,
            canonical_id=release.canonical_id,
            created_at=release.created_at,
        )


class ReleaseView(View):
    """A release; nothing changes it but its aliases."""

    id: ShownId
    repository: ShownPath
    project: ShownPart
    commit_sha: ShownCommit
    release_number: ShownNumber
    oci_uri: ShownPath
    oci_digest: ShownDigest
    created_at: Moment
    created_by: ShownPerson
    artifacts: Annotated[tuple[ReleaseArtifactView, ...], shape(maxItems=MOST_ARTIFACTS)]
    aliases: Annotated[tuple[AliasView, ...], unlimited("as many as were given")]
    trigger: TriggerView

    @classmethod
    def of(cls, release: Release) -> "ReleaseView":
        """Show a release."""
        trigger = release.trigger
        return cls(
            id=release.id,
            repository=release.product.repository,
            project=release.product.name,
            commit_sha=release.commit_sha,
            release_number=release.release_number,
            oci_uri=release.oci_uri,
            oci_digest=release.oci_digest,
            created_at=release.created_at,
            created_by=release.created_by,
            artifacts=tuple(
                ReleaseArtifactView(
                    name=one.name,
                    type=one.type,
                    tracking_oci_uri=one.tracking_oci_uri,
                    primary_published_uri=one.primary_published_uri,
                )
                for one in release.artifacts
            ),
            aliases=tuple(AliasView(alias=one.alias, alias_type=one.alias_type) for one in release.aliases),
            trigger=TriggerView(
                trigger_type=trigger.trigger_type, branch=trigger.branch, triggered_by=trigger.triggered_by
            ),
        )


class UnaliasedView(View):
    """A name that is taken away, where an answer must say something."""

    alias: ShownPath


class ListedReleaseView(View):
    """A release of a list."""

    id: ShownId
    commit_sha: ShownCommit
    release_number: ShownNumber
    created_at: Moment

    @classmethod
    def of(cls, release: Release) -> "ListedReleaseView":
        """Show a release by its number and commit."""
        return cls(
            id=release.id,
            commit_sha=release.commit_sha,
            release_number=release.release_number,
            created_at=release.created_at,
        )


class ReleasesView(View):
    """A part of a product's releases, newest first."""

    releases: Annotated[tuple[ListedReleaseView, ...], shape(maxItems=MOST_OF_A_LIST)]
    total: Count
    limit: Annotated[int, shape(minimum=1, maximum=MOST_OF_A_LIST)]
    offset: Annotated[int, shape(minimum=0, maximum=MOST_LEFT_OUT)]

    @classmethod
    def of(cls, found: Listing[ListedReleaseView], request: PageRequest) -> "ReleasesView":
        """Show what was found of what was asked for."""
        return cls(releases=found.items, total=found.total, limit=request.limit, offset=request.offset)
