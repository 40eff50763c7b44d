"""The use cases of sources."""

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Once
from taskforce.application.marketplace.schemas import (
    AuditView,
    CreateSource,
    DeleteSource,
    GetSource,
    ListAudit,
    ListSources,
    RescanSource,
    RescanView,
    SourceSchema,
    UpdateSource,
)
from taskforce.core.clock import Clock
from taskforce.core.identity import IdSource
from taskforce.core.jobs.ports import JobStore
from taskforce.core.marketplace.ports import AuditLog, RepositoryReader, SourceStore
from taskforce.core.paging import Listing
from taskforce.core.principals import Principal


class SourceService:
    """Adds sources, shows them, has them scanned."""

    def __init__(
        self,
        *,
        sources: SourceStore,
        audit: AuditLog,
        repositories: RepositoryReader,
        desk: JobDesk,
        jobs: JobStore,
        clock: Clock,
        ids: IdSource,
        once: Once,
    ) -> None:
        self._sources = sources
        self._audit = audit
        self._repositories = repositories
        self._desk = desk
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._once = once

    async def create(
        self, principal: Principal, request: CreateSource, *, key: str | None = None
    ) -> SourceSchema:
        """Add a repository to the sources of the project; it is scanned when that is asked for."""
        raise NotImplementedError

    async def list(self, principal: Principal, request: ListSources) -> Listing[SourceSchema]:
        """List sources, newest first."""
        raise NotImplementedError

    async def get(self, principal: Principal, request: GetSource) -> SourceSchema:
        """Show how a source stands, and what was found there."""
        raise NotImplementedError

    async def update(self, principal: Principal, request: UpdateSource) -> SourceSchema:
        """Change how a source is scanned, how far it is trusted, and who sees it."""
        raise NotImplementedError

    async def delete(self, principal: Principal, request: DeleteSource) -> None:
        """Delete a source with its catalogue; what was imported stays."""
        raise NotImplementedError

    async def rescan(
        self, principal: Principal, request: RescanSource, *, key: str | None = None
    ) -> RescanView:
        """Scan a source, at most once in five minutes."""
        raise NotImplementedError

    async def audit(self, principal: Principal, request: ListAudit) -> Listing[AuditView]:
        """List who did what in the marketplace, newest first."""
        raise NotImplementedError
