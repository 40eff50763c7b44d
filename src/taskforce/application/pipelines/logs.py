"""The logs of steps: found in a run's artifacts by their keys."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from taskforce.application.jobs.schemas import ArtifactView
from taskforce.application.pipelines.schemas import SignedLog
from taskforce.core.artifacts import ArtifactNotFound, ArtifactStore
from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import JobStore
from taskforce.core.pipelines.errors import LogNotFound, LogNotPut
from taskforce.core.pipelines.keys import run_of_key
from taskforce.core.pipelines.ports import LogLinks

MEDIA_TYPE = "text/plain"
LARGEST = 50_000_000
"""Bytes of a log that somebody outside has put."""
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

    def upload(self, key: str) -> str:
        """Return the signed address to which a log may be put."""
        return self._links.upload(key)

    async def put(self, asked: SignedLog, content: AsyncIterator[bytes]) -> None:
        """Keep a log that whoever has its signed address puts, until it is reported. Raises Forbidden."""
        self._links.check(asked.key, expires=asked.expires, signature=asked.signature, is_upload=True)
        await self._artifacts.put(asked.key, content, media_type=MEDIA_TYPE)

    async def check_put(self, key: str) -> None:
        """Return when a log was put there that can be taken over. Raises LogNotPut."""
        size = 0
        try:
            async with self._artifacts.arrived(key) as chunks:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > LARGEST:
                        raise LogNotPut(f"What was put there is over {LARGEST} bytes.")
        except ArtifactNotFound as missing:
            raise LogNotPut("Nothing was put there.") from missing

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
