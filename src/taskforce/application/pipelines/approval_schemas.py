"""What is asked of approvals, and how they are shown, by the fields of the seed."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from taskforce.application.jobs.schemas import Id, Moment, Request, View, without_nul
from taskforce.core.pipelines.delivery import Approval, ApprovalStatus, Environment
from taskforce.core.shapes import Prose, ShownId, unlimited

ShownPerson = Annotated[str, unlimited("as whoever asked is called")]

AnyReleaseName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=1_000,
        pattern=r"^[^\u0000-\u001f]+$",
        description="The release's id, or repository/project and one of its names.",
    ),
]


class CreateApproval(Request):
    """A release to approve for an environment."""

    release_id: Id
    environment: Environment
    justification: Annotated[str, AfterValidator(without_nul)] = Field(
        min_length=1, max_length=4_000, pattern=r"\S", description="Why it may go there, in words."
    )
    expires_at: AwareDatetime | None = Field(
        default=None, description="Until when it counts, within a year; a week if left out."
    )


class GetApproval(Request):
    """The approval of which release for which environment to show."""

    release_id: AnyReleaseName
    environment: Environment


class RevokeApproval(Request):
    """Which approval to revoke."""

    approval_id: Id


class CreatedApprovalView(View):
    """An approval as it begins."""

    approval_id: ShownId
    approver: ShownPerson
    approved_at: Moment
    expires_at: Moment
    status: ApprovalStatus
    is_replayed: bool = Field(default=False, exclude=True)
    """The same request, under the same key, has made it before."""

    @classmethod
    def of(cls, approval: Approval, *, is_replayed: bool = False) -> "CreatedApprovalView":
        """Show an approval as it began, whatever became of it."""
        return cls(
            approval_id=approval.id,
            approver=approval.approver,
            approved_at=approval.approved_at,
            expires_at=approval.expires_at,
            status=ApprovalStatus.ACTIVE,
            is_replayed=is_replayed,
        )


class RevokedView(View):
    """An approval that is revoked, where an answer must say something."""

    approval_id: ShownId


class ApprovalView(View):
    """An approval as it stands."""

    approval_id: ShownId
    approver: ShownPerson
    approved_at: Moment
    expires_at: Moment
    status: ApprovalStatus
    justification: Prose

    @classmethod
    def of(cls, approval: Approval, now: datetime) -> "ApprovalView":
        """Show an approval as it stands at a moment."""
        return cls(
            approval_id=approval.id,
            approver=approval.approver,
            approved_at=approval.approved_at,
            expires_at=approval.expires_at,
            status=approval.status(now),
            justification=approval.justification,
        )
