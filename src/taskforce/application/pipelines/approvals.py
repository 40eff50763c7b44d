"""The use cases of approvals."""

import re
from datetime import timedelta

from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.pipelines.approval_schemas import (
    ApprovalView,
    CreateApproval,
    CreatedApprovalView,
    GetApproval,
    RevokeApproval,
)
from taskforce.core.clock import Clock
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import ID_PATTERN, IdSource, JobId
from taskforce.core.pipelines.delivery import Approval, Product, Release
from taskforce.core.pipelines.errors import ReleaseNotFound
from taskforce.core.pipelines.identity import ApprovalId
from taskforce.core.pipelines.ports import ApprovalStore, ReleaseStore
from taskforce.core.principals import Principal

COUNTS_FOR = timedelta(days=7)
LONGEST = timedelta(days=366)


class ApprovalService:
    """Lets somebody say that a release may go to an environment, and take it back."""

    def __init__(
        self, *, approvals: ApprovalStore, releases: ReleaseStore, once: Once, clock: Clock, ids: IdSource
    ) -> None:
        self._approvals = approvals
        self._releases = releases
        self._once = once
        self._clock = clock
        self._ids = ids

    async def create(
        self, principal: Principal, request: CreateApproval, *, key: str | None = None
    ) -> CreatedApprovalView:
        """Approve a release for an environment."""

        async def make(note: Note) -> CreatedApprovalView:
            release = await self._releases.get(JobId(request.release_id), project=principal.project)
            approval = self._approval(principal, request, release)
            await self._approvals.add(approval, changes=note(approval.id))
            return CreatedApprovalView.of(approval)

        async def again(made: str) -> CreatedApprovalView:
            approval = await self._approvals.get(ApprovalId(made), project=principal.project)
            return CreatedApprovalView.of(approval, is_replayed=True)

        keyed = Keyed.of("approvals.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)

    async def get(self, principal: Principal, request: GetApproval) -> ApprovalView:
        """Show the newest approval of a release for an environment."""
        release = await self._release(principal, request.release_id)
        found = await self._approvals.newest(release.id, request.environment, project=principal.project)
        return ApprovalView.of(found, self._clock.now())

    async def revoke(self, principal: Principal, request: RevokeApproval) -> None:
        """Revoke an approval; one that is revoked stays so."""
        await self._approvals.revoke(
            ApprovalId(request.approval_id),
            project=principal.project,
            by=principal.name,
            at=self._clock.now(),
        )

    def _approval(self, principal: Principal, request: CreateApproval, release: Release) -> Approval:
        now = self._clock.now()
        expires = request.expires_at or now + COUNTS_FOR
        if not now < expires <= now + LONGEST:
            detail = "must be later than now, and within a year"
            raise Invalid(
                f"expires_at {detail}.",
                errors=[FieldError(pointer="/expires_at", code="out_of_range", detail=detail)],
            )
        return Approval(
            id=ApprovalId(self._ids.new()),
            project=principal.project,
            release=release.id,
            environment=request.environment,
            approver=principal.name,
            justification=request.justification,
            approved_at=now,
            expires_at=expires,
        )

    async def _release(self, principal: Principal, name: str) -> Release:
        """Return a release by its id, or by repository/project/NAME."""
        if re.fullmatch(ID_PATTERN, name):
            return await self._releases.get(JobId(name), project=principal.project)
        product, _, last = name.rpartition("/")
        repository, _, project = product.rpartition("/")
        if not repository:
            raise ReleaseNotFound(name)
        named = Product(project=principal.project, repository=repository, name=project)
        return await self._releases.find(named, last)
