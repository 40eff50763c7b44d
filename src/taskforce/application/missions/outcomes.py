"""What missions came to: by the job's result where it says it, else by the log."""

from collections.abc import AsyncIterator

from taskforce.application.jobs.questions import Asked, Questions
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import RecordedEvent
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import JobStore
from taskforce.core.missions.model import MissionOutcome
from taskforce.core.missions.outcome import MissionLog, outcome_of

PAGE = 256


class MissionOutcomes:
    """Reads what missions came to, and their logs."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._questions = Questions(store)

    async def of(self, job: Job) -> MissionOutcome:
        """Return what a mission has come to so far."""
        return outcome_of(job) or await self._logged(job)

    async def log(self, job_id: JobId) -> AsyncIterator[RecordedEvent]:
        """Yield the events of a mission's log."""
        page: tuple[RecordedEvent, ...] = ()
        while page := await self._store.events(job_id, after=page[-1].number if page else 0, limit=PAGE):
            for recorded in page:
                yield recorded

    async def _logged(self, job: Job) -> MissionOutcome:
        log = MissionLog([recorded.event async for recorded in self.log(job.id)])
        asked = await self._questions.of(job.id) if job.status is JobStatus.WAITING else Asked()
        if asked.is_paused and (other := asked.questions[0]).job_id != job.id:
            question = await self._questions.event(other)
            return log.outcome(asked=None if question is None else question.event)
        return log.outcome(paused=asked.is_paused)
