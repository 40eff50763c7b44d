"""How hints become messages, on a thread of their own: whoever hints does not wait for the broker."""

from collections.abc import Mapping
from threading import Lock
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from celery import Celery
from kombu import Connection, Producer
from structlog.contextvars import get_contextvars

from taskforce.core.errors import Unavailable
from taskforce.core.identity import JobId
from taskforce.infrastructure.queues.celery_app import OF_A_JOB, TASK, queue_of
from taskforce.infrastructure.queues.celery_lane import AWAY, BRIEF, Lane

MOST = 10_000
"""So many hints wait to be told, and so many messages for whoever takes them; what is more, is lost."""
ORIGIN = ("request_id", "traceparent")

_Origin: TypeAlias = dict[str, str]


class Telling(Lane):
    """What the broker does not take is dropped: whoever sweeps the store hints at it again.

    A hint at a kind is told only where no message of that kind waits, so that sweeps pile up none.
    """

    def __init__(self, app: Celery) -> None:
        super().__init__(app, name="taskforce-hints")
        self._waiting: dict[tuple[str, JobId | None], _Origin] = {}
        self._guard = Lock()

    def tell(self, kind: str, job_id: JobId | None) -> None:
        """Tell of a job, or of any of its kind, soon; from any thread."""
        bound = get_contextvars()
        origin = {name: str(bound[name]) for name in ORIGIN if bound.get(name)}
        with self._guard:
            if len(self._waiting) < MOST:
                self._waiting.setdefault((kind, job_id), origin)
        self.ring()

    def check(self) -> None:
        """Return when the broker answers; raise Unavailable with the reason when not. It blocks."""
        try:
            with self.app.connection_for_write(transport_options=dict(BRIEF)) as connection:
                connection.default_channel.queue_declare(queue=queue_of("check"))
        except AWAY as error:
            address = urlsplit(self.app.conf.broker_url)
            where = f"{address.hostname}:{address.port or 6379}"
            raise Unavailable(f"The broker {where} carries no hints: {error}") from error

    def carry(self, connection: Connection) -> None:
        """Tell what waits whenever something does."""
        with connection.channel() as channel:
            producer = Producer(channel)
            while not self.is_ending:
                self.rung.wait()
                self.rung.clear()
                self._tell_all(channel, producer)
            self._tell_all(channel, producer)

    def interrupted(self) -> None:
        """Drop what waits."""
        with self._guard:
            self._waiting.clear()

    def _tell_all(self, channel: Any, producer: Producer) -> None:  # noqa: ANN401 - kombu tells no types
        sizes: dict[str, int] = {}
        with self._guard:
            waiting, self._waiting = self._waiting, {}
        for (kind, job_id), origin in sorted(waiting.items(), key=_jobs_first):
            queue = queue_of(kind)
            if queue not in sizes:
                sizes[queue] = channel.queue_declare(queue=queue).message_count
            if sizes[queue] < (1 if job_id is None else MOST):
                self._send(producer, queue, job_id, origin)
                sizes[queue] += 1

    def _send(self, producer: Producer, queue: str, job_id: JobId | None, origin: Mapping[str, str]) -> None:
        self.app.send_task(
            TASK,
            args=[] if job_id is None else [job_id],
            queue=queue,
            producer=producer,
            headers={**origin, **({} if job_id is None else {OF_A_JOB: job_id})},
            ignore_result=True,
        )


def _jobs_first(waiting: tuple[tuple[str, JobId | None], _Origin]) -> bool:
    return waiting[0][1] is None
