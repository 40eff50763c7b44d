"""Which queue it is: within the process, or between all that share a database."""

from taskforce.core.jobs.ports import JobQueue
from taskforce.infrastructure.database.notices import Notices
from taskforce.infrastructure.queues.in_process import InProcessQueue
from taskforce.infrastructure.queues.postgres import PostgresQueue


def queue_over(notices: Notices | None) -> JobQueue:
    """Return the queue; it reaches other processes where there are notices."""
    return InProcessQueue() if notices is None else PostgresQueue(notices)
