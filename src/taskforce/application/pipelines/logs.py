"""The logs of steps: found in a run's artifacts by their keys."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from taskforce.application.jobs.schemas import ArtifactView
from taskforce.application.pipelines.schemas import SignedLog
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import JobStore
from taskforce.core.pipelines.errors import LogNotFound
from taskforce.core.pipelines.model import run_of_key
from taskforce.core.pipelines.ports import LogLinks

OpenLog: TypeAlias = tuple[ArtifactView, AbstractAsyncContextManager[AsyncIterator[bytes]]]


class StepLogs:
    """Opens logs."""

    def __init__(self, *, jobs: JobStore, artifacts: ArtifactStore, links: LogLinks) -> None:
        self._jobs = jobs
        self._artifacts = artifacts
        self._links = links

    def link(self, key: str) -> str:
        """Return the signed address of a log."""
        return self._links.link(key)

    async def open(self, run: JobId, key: str) -> OpenLog:
        """Show a log's record and open its bytes. Raises LogNotFound."""
        for artifact in await self._jobs.artifacts(run):
            if artifact.ref.key == key:
                return ArtifactView.of(artifact), self._artifacts.open(artifact.ref)
        raise LogNotFound(key)

    async def signed(self, asked: SignedLog) -> OpenLog:
        """Open a log for whoever has its signed address. Raises Forbidden, LogNotFound."""
        self._links.check(asked.key, expires=asked.expires, signature=asked.signature)
        run = run_of_key(asked.key)
        if run is None:
            raise LogNotFound(asked.key)
        return await self.open(run, asked.key)
