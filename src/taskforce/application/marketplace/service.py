"""The use cases of sources."""

from contextlib import suppress
from dataclasses import replace

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.marketplace.intake import ScanIntake
from taskforce.application.marketplace.schemas import (
    NEVER,
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
from taskforce.core.identity import IdSource, JobId
from taskforce.core.jobs.errors import JobIsOver, JobNotFound
from taskforce.core.marketplace.access import check_mends, check_sees, seen_by
from taskforce.core.marketplace.manual_map import spelled
from taskforce.core.marketplace.model import AuditRow, Source, SourceId
from taskforce.core.marketplace.paths import folder_of
from taskforce.core.marketplace.ports import AuditLog, RepositoryReader, SourceStore
from taskforce.core.marketplace.rhythm import Rhythm, rhythm_of
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal, Role

SUCCESS = "success"


class SourceService:
    """Adds sources, shows them, has them scanned."""

    def __init__(
        self,
        *,
        sources: SourceStore,
        audit: AuditLog,
        repositories: RepositoryReader,
        desk: JobDesk,
        clock: Clock,
        ids: IdSource,
        once: Once,
    ) -> None:
        self._sources = sources
        self._audit = audit
        self._repositories = repositories
        self._desk = desk
        self._intake = ScanIntake(desk)
        self._clock = clock
        self._ids = ids
        self._once = once

    async def create(
        self, principal: Principal, request: CreateSource, *, key: str | None = None
    ) -> SourceSchema:
        """Add a repository to the sources of the project; it is scanned when that is asked for."""
        self._repositories.check(request.repo_url, request.branch)
        source = self._new(principal, request)

        async def make(note: Note) -> SourceSchema:
            row = self._row(principal, source, "create")
            await self._sources.add(source, audit=row, changes=note(source.id))
            return SourceSchema.of(source)

        async def again(made: str) -> SourceSchema:
            return SourceSchema.of(await self._seen(principal, made), is_replayed=True)

        keyed = Keyed.of("sources.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)

    async def list(self, principal: Principal, request: ListSources) -> Listing[SourceSchema]:
        """List sources, newest first."""
        wanted = seen_by(principal, search=request.search, all_projects=request.all_projects)
        found = await self._sources.list(wanted, Page(limit=request.limit, offset=request.offset))
        return Listing(items=tuple(map(SourceSchema.of, found.items)), total=found.total)

    async def get(self, principal: Principal, request: GetSource) -> SourceSchema:
        """Show how a source stands, and what was found there."""
        return SourceSchema.of(await self._seen(principal, request.source_id))

    async def update(self, principal: Principal, request: UpdateSource) -> SourceSchema:
        """Change how a source is scanned, how far it is trusted, and who sees it."""
        source = await self._own(principal, request.source_id)
        changes = _changes(request)
        if request.branch is not None:
            self._repositories.check(source.repo_url, request.branch)
        now = self._clock.now()
        changed = await self._sources.change(
            source.id,
            lambda found: found.mended(at=now, **changes),
            audit=replace(self._row(principal, source, "update"), details=", ".join(sorted(changes))),
        )
        return SourceSchema.of(changed)

    async def delete(self, principal: Principal, request: DeleteSource) -> None:
        """Delete a source with its catalogue; what was imported stays."""
        source = await self._own(principal, request.source_id)
        await self._sources.remove(source.id, audit=self._row(principal, source, "delete"))
        if source.scan is not None:
            with suppress(JobIsOver, JobNotFound):  # it has ended, and may be pruned since
                await self._desk.cancel(source.scan, replace(principal, project=source.project))

    async def rescan(
        self, principal: Principal, request: RescanSource, *, key: str | None = None
    ) -> RescanView:
        """Scan a source, at most once in five minutes."""
        source = await self._own(principal, request.source_id)
        is_free = request.force and Role.ADMIN in principal.roles

        async def make(note: Note) -> RescanView:
            job = self._intake.new(principal, source, is_forced=request.force)
            taken = await self._intake.take(job, source, is_free=is_free, changes=note(job.id))
            return RescanView.of(taken, source.id)

        async def again(made: str) -> RescanView:
            self._desk.open()
            return RescanView.of(JobId(made), source.id, is_replayed=True)

        keyed = Keyed.of("sources.rescan", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)

    async def audit(self, principal: Principal, request: ListAudit) -> Listing[AuditView]:
        """List who did what in the marketplace, newest first."""
        page = Page(limit=request.limit, offset=request.offset)
        source = None if request.source_id is None else SourceId(request.source_id)
        found = await self._audit.list(principal.project, page, source=source)
        return Listing(items=tuple(map(AuditView.of, found.items)), total=found.total)

    async def _seen(self, principal: Principal, source_id: str) -> Source:
        source = await self._sources.get(SourceId(source_id))
        check_sees(principal, source)
        return source

    async def _own(self, principal: Principal, source_id: str) -> Source:
        source = await self._sources.get(SourceId(source_id))
        check_mends(principal, source)
        return source

    def _new(self, principal: Principal, request: CreateSource) -> Source:
        now = self._clock.now()
        rhythm = _rhythm(request.rescan_interval)
        return Source(
            id=SourceId(self._ids.new()),
            project=principal.project,
            repo_url=request.repo_url,
            branch=request.branch,
            root_hint=folder_of(request.root_hint or "", where="root_hint"),
            manual_map=spelled(request.manual_map or {}),
            trust_level=request.trust_level,
            visibility=request.visibility,
            rhythm=rhythm,
            created_by=principal.name,
            created_at=now,
            updated_at=now,
            next_scan_at=rhythm.after(now) if rhythm else None,
        )

    def _row(self, principal: Principal, source: Source, action: str) -> AuditRow:
        return AuditRow(
            project=source.project,
            at=self._clock.now(),
            by=principal.name,
            action=action,
            source=source.id,
            subject=source.id,
            outcome=SUCCESS,
        )


def _rhythm(said: str | int | None) -> Rhythm | None:
    return None if said in {None, NEVER} else rhythm_of(said)


def _changes(request: UpdateSource) -> dict[str, object]:
    """Return the fields to change; an interval of null is none, and any other null changes nothing."""
    changes: dict[str, object] = {
        name: value
        for name in ("branch", "trust_level", "visibility")
        if (value := getattr(request, name)) is not None
    }
    if request.root_hint is not None:
        changes["root_hint"] = folder_of(request.root_hint, where="root_hint")
    if request.manual_map is not None:
        changes["manual_map"] = spelled(request.manual_map)
    if "rescan_interval" in request.model_fields_set:
        changes["rhythm"] = _rhythm(request.rescan_interval)
    return changes
