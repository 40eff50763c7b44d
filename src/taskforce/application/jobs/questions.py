"""Questions: what a job waits for a person to say, or one of those that it has started."""

from dataclasses import dataclass

from taskforce.application.jobs.log_page import PAGE
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import RecordedEvent
from taskforce.core.jobs.model import JobStatus
from taskforce.core.jobs.ports import JobStore
from taskforce.core.jobs.signals import Wait, WaitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An open question, and the job that asks it."""

    job_id: JobId
    wait: Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a job's family asks."""

    questions: tuple[Question, ...] = ()
    """Those of the job itself first."""
    is_paused: bool = False
    """The job itself asks, or one below it does and none below it goes on."""


class Questions:
    """Finds the questions of families."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    async def of(self, job_id: JobId) -> Asked:
        """Return what a waiting job and those below it ask."""
        waits = await self._store.waits(job_id)
        own = _asked_by(job_id, waits)
        if all(wait.kind is not WaitKind.CHILD for wait in waits):
            return Asked(questions=own, is_paused=bool(own))
        below = await self._store.below(job_id)
        others = [
            question
            for job in below
            if job.status is JobStatus.WAITING
            for question in _asked_by(job.id, await self._store.waits(job.id))
        ]
        none_goes_on = all(job.status is JobStatus.WAITING for job in below)
        return Asked(questions=(*own, *others), is_paused=bool(own) or (bool(others) and none_goes_on))

    async def event(self, question: Question) -> RecordedEvent | None:
        """Return the event that asks it, from the log of the job that does."""
        after = 0
        while page := await self._store.events(question.job_id, after=after, limit=PAGE):
            for recorded in page:
                if recorded.event.details.get("wait_id") == question.wait.id:
                    return recorded
            after = page[-1].number
        return None


def _asked_by(job_id: JobId, waits: tuple[Wait, ...]) -> tuple[Question, ...]:
    return tuple(Question(job_id=job_id, wait=wait) for wait in waits if wait.kind is WaitKind.SIGNAL)
