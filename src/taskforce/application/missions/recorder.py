"""Recording missions: what their models were asked and said, written to a cassette for `replay:FILE`."""

from collections.abc import AsyncIterator
from pathlib import Path

from taskforce.application.missions.replaying import MissionReplays
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobFilter, JobStore
from taskforce.core.missions.errors import NotRecorded
from taskforce.core.missions.recording import Cassettes
from taskforce.core.missions.task import KIND
from taskforce.core.paging import Page
from taskforce.core.principals import Principal

EVERY_CHILD = Page(limit=10_000)


class Recorder:
    """Makes cassettes of missions from what their jobs have recorded: whoever played them, however often."""

    def __init__(self, *, store: JobStore, replays: MissionReplays, cassettes: Cassettes) -> None:
        self._store = store
        self._replays = replays
        self._cassettes = cassettes

    def check(self, file: Path) -> None:
        """Return when a cassette can be written there. Raises Invalid."""
        self._cassettes.check(file)

    async def record(self, principal: Principal, job_id: JobId, file: Path) -> int:
        """Write the cassette of a mission, as far as it has come; return how many replies it holds.

        The missions of the agents that it called are on it too. Raises NotRecorded, and Invalid when the file
        cannot be written.
        """
        job = await self._store.get(job_id, project=principal.project)
        replayed = [await self._replays.of(one) async for one in self._family(job)]
        recordings = [recording for one in replayed for recording in one.recordings]
        await self._cassettes.write(file, recordings)
        for one in replayed:
            if one.divergence is not None:
                raise NotRecorded(str(file), one.divergence.sentence)
        return len(recordings)

    async def _family(self, job: Job) -> AsyncIterator[Job]:
        """Yield a job and those that it started, also by the jobs that it continues."""
        yield job
        earlier: Job | None = job
        while earlier is not None:
            wanted = JobFilter(project=job.project, kind=KIND, parent=earlier.id)
            for child in (await self._store.list(wanted, EVERY_CHILD)).items:
                async for one in self._family(child):
                    yield one
            before = earlier.continues
            earlier = None if before is None else await self._store.get(before, project=job.project)
