"""What comes of the plays of this process, for those who wait for it here."""

from concurrent.futures import Future
from threading import Lock

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job

KEPT = 256
"""Jobs that have ended and may yet be asked for: whoever handed one in learns of it a moment later."""


class Ends:
    """The ends of the plays that go on, and of the last that ended. Usable from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._going: dict[JobId, Future[Job | None]] = {}
        self._ended: dict[JobId, Future[Job | None]] = {}

    def of(self, job_id: JobId) -> "Future[Job | None] | None":
        """Return what comes of a job's play, if it goes on here or has ended here of late."""
        with self._lock:
            return self._going.get(job_id) or self._ended.get(job_id)

    def expect(self, job_id: JobId) -> "Future[Job | None]":
        """Return the end of a play that begins; it is told exactly once."""
        end: Future[Job | None] = Future()
        with self._lock:
            self._going[job_id] = end
        return end

    def tell(self, job_id: JobId, end: "Future[Job | None]", ended: Job | None) -> None:
        """Tell the end of a play: the job if it is over, None if it goes on later or elsewhere."""
        with self._lock:
            if self._going.get(job_id) is end:  # else it was lost, and is played here again already
                del self._going[job_id]
            if ended is not None:
                self._ended[job_id] = end
            if len(self._ended) > KEPT:
                del self._ended[next(iter(self._ended))]
        end.set_result(ended)


def may_let_others_go_on(ended: Job | None) -> bool:
    """Tell whether a play's end may make another job due, or this one again."""
    return ended is None or ended.parent is not None or ended.concurrency is not None
