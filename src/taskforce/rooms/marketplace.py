"""Sources, what was found in them, the collection and scans that stand alone, as the library offers them."""

from collections.abc import Mapping

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import JobView
from taskforce.application.marketplace.artifacts import SourceArtifactService
from taskforce.application.marketplace.collection import CollectionService
from taskforce.application.marketplace.import_schemas import (
    DeleteItem,
    GetItem,
    ImportArtifacts,
    ListCollection,
    VerifyCollection,
)
from taskforce.application.marketplace.scans import ScanService
from taskforce.application.marketplace.schemas import (
    CreateSource,
    DeleteSource,
    GetSource,
    GetSourceArtifact,
    ListArtifacts,
    ListAudit,
    ListSources,
    ReadSourceArtifact,
    RescanSource,
    RescanView,
    SourceSchema,
    StartScan,
    UpdateSource,
    UpdateSourceArtifact,
)
from taskforce.application.marketplace.service import SourceService
from taskforce.core.principals import Principal
from taskforce.rooms.asking import asked


class Sources:
    """The use cases of sources. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: SourceService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = asked(principal, service.list, ListSources)
        self.get = asked(principal, service.get, GetSource)
        self.update = asked(principal, service.update, UpdateSource)
        self.delete = asked(principal, service.delete, DeleteSource)
        self.audit = asked(principal, service.audit, ListAudit)

    async def create(
        self,
        *,
        repo_url: str,
        branch: str = "main",
        root_hint: str | None = None,
        manual_map: Mapping[str, str] | None = None,
        trust_level: str = "untrusted",
        visibility: str = "project",
        rescan_interval: int | str | None = None,
        idempotency_key: str | None = None,
    ) -> SourceSchema:
        """Add a repository to the sources of the project; it is scanned when that is asked for.

        Raises RepositoryRefused, FolderInvalid, RhythmInvalid, SourceExists.
        """
        request = checked(
            CreateSource,
            repo_url=repo_url,
            branch=branch,
            root_hint=root_hint,
            manual_map=manual_map,
            trust_level=trust_level,
            visibility=visibility,
            rescan_interval=rescan_interval,
        )
        return await self._service.create(self._principal, request, key=idempotency_key)

    async def rescan(
        self, *, source_id: str, force: bool = False, idempotency_key: str | None = None
    ) -> RescanView:
        """Scan a source; `jobs.watch` of its job tells how it goes, `get` how it went.

        Raises SourceNotFound, SourceForeign, ScanRunning, RescanTooSoon.
        """
        request = checked(RescanSource, source_id=source_id, force=force)
        return await self._service.rescan(self._principal, request, key=idempotency_key)


class SourceArtifacts:
    """The use cases of what was found. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: SourceArtifactService, principal: Principal) -> None:
        self.list = asked(principal, service.list, ListArtifacts)
        self.get = asked(principal, service.get, GetSourceArtifact)
        self.update = asked(principal, service.update, UpdateSourceArtifact)
        self.files = asked(principal, service.files, GetSourceArtifact)
        self.read = asked(principal, service.read, ReadSourceArtifact)


class Collections:
    """The use cases of the collection. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: CollectionService, principal: Principal) -> None:
        self.take = asked(principal, service.take, ImportArtifacts)
        self.list = asked(principal, service.list, ListCollection)
        self.get = asked(principal, service.get, GetItem)
        self.delete = asked(principal, service.delete, DeleteItem)
        self.verify = asked(principal, service.verify, VerifyCollection)


class Scans:
    """The use case of scans that stand alone. It takes the fields of its request as keyword arguments."""

    def __init__(self, service: ScanService, principal: Principal) -> None:
        self._service = service
        self._principal = principal

    async def create(
        self,
        *,
        url: str,
        branch: str = "main",
        root_hint: str | None = None,
        manual_map: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> JobView:
        """Look once at what a repository holds; `jobs.get` has what was found when it has succeeded.

        Raises RepositoryRefused, FolderInvalid.
        """
        request = checked(StartScan, url=url, branch=branch, root_hint=root_hint, manual_map=manual_map)
        return await self._service.create(self._principal, request, key=idempotency_key)
