"""Celery's own worker at work for Taskforce: each of its processes has a container of its own."""

import os
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any

from celery import Celery, Task, signals
from celery.exceptions import Reject, WorkerShutdown
from structlog.contextvars import bound_contextvars

from taskforce.application.factory import Container, close_container, open_container
from taskforce.core.errors import Unavailable
from taskforce.core.jobs.ports import Hint
from taskforce.infrastructure.queues.celery_app import TASK, celery_over, kind_of
from taskforce.settings import Settings, SettingsInvalid

ORIGIN = ("request_id", "traceparent")
PLACES = 256
"""Jobs at once, as far as Taskforce is concerned: how many there are is for Celery's pool to say."""


def celery_app(settings: Settings) -> Celery:
    """Return the Celery app whose worker plays jobs. Raises SettingsInvalid when the queue is another."""
    if settings.queue_url is None or not settings.queue_url.get_secret_value().startswith("redis"):
        raise SettingsInvalid("Celery plays jobs when queue_url is redis://… Set TASKFORCE_QUEUE_URL.")
    kinds = frozenset(open_container(settings).programs())
    app = celery_over(settings.queue_url.get_secret_value(), lease=settings.lease_duration, kinds=kinds)
    here = ProcessOfCelery(settings)

    @app.task(name=TASK, bind=True)  # type: ignore[untyped-decorator] # Celery tells no types
    def play(self: Task, job_id: str | None = None) -> None:
        """Play a job that is due: as a rule the one that is named, for the store says which comes first."""
        origin = {name: text for name in ORIGIN if (text := self.request.get(name))}
        with bound_contextvars(celery_task_id=self.request.id, **origin):
            kind = kind_of(self.request.delivery_info["routing_key"])
            if not here.play(kind, is_of_a_job=job_id is not None):
                raise Reject(f"what job {job_id} led to was cut off", requeue=True)

    _connect(here)
    return app


class ProcessOfCelery:
    """A process of Celery's worker, and its container, which is opened once the process is the last fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.model_copy(update={"workers": PLACES})
        self._lock = Lock()
        self._container: Container | None = None
        self._parent = os.getpid()
        self._alive: tuple[int, int] | None = None
        """A pipe whose writing end only the first process has: as long as it is open, work goes on."""

    def begin(self, **_: object) -> None:
        """Be the first process, before it forks."""
        self._parent = os.getpid()
        self._alive = os.pipe()

    def open(self, **_: object) -> None:
        """Open the container, and play what tasks ask for; in a fork until its parent is asked to stop."""
        with self._lock:
            if self._container is not None:
                return
            self._container = open_container(self._settings, prompted=True)
            self._container.worker().start()
        if self._alive is not None and os.getpid() != self._parent:
            reading, writing = self._alive
            os.close(writing)
            Thread(target=self._drain_after, args=[reading], name="taskforce-parent", daemon=True).start()

    def play(self, kind: str | None, *, is_of_a_job: bool) -> bool:
        """Play a due job, of a kind if one is given; tell whether the hint led to its end."""
        if self._container is None:
            self.open()
        prompt = _Prompt(is_of_a_job=is_of_a_job)
        try:
            self._opened().worker().prompt(prompt, kinds=[kind] if kind else [])
        except Unavailable:
            return False
        return prompt.is_done.result()

    def drain(self, **_: object) -> None:
        """Give back what runs here, and in the forks; called in the handler of a signal."""
        if self._alive is not None and os.getpid() == self._parent:
            writing = self._alive[1]
            self._alive = None
            os.close(writing)
        if self._container is not None:
            Thread(target=self._container.worker().drain, daemon=True).start()

    def close(self, **_: object) -> None:
        """Close the container, when all tasks have ended."""
        with self._lock:
            container, self._container = self._container, None
        if container is not None:
            close_container(container)

    def _drain_after(self, reading: int) -> None:
        os.read(reading, 1)
        os.close(reading)
        self._opened().worker().drain()

    def _opened(self) -> Container:
        container = self._container
        if container is None:
            raise Unavailable("This process of Celery's worker is closed.")
        return container


class _Prompt(Hint):
    """What a task waits for: whether it can be acknowledged, or is somebody else's."""

    def __init__(self, *, is_of_a_job: bool) -> None:
        self.is_of_a_job = is_of_a_job
        self.is_done: Future[bool] = Future()

    def keep(self) -> None:
        return  # Celery keeps the message until the task has ended

    def settle(self) -> None:
        self.is_done.set_result(True)

    def pass_on(self) -> None:
        self.is_done.set_result(False)


def _connect(here: ProcessOfCelery) -> None:
    """Let Celery's worker say when its processes begin and end."""

    def ready(sender: Any, **_: object) -> None:  # noqa: ANN401 - Celery tells no types
        if sender.pool.is_green:
            raise WorkerShutdown(
                "Taskforce plays with --pool=prefork, threads or solo: it has a loop of its own."
            )
        if not sender.pool.signal_safe:  # threads: this process plays
            here.open()

    handlers: dict[Any, Callable[..., None]] = {
        signals.worker_init: here.begin,
        signals.worker_process_init: here.open,
        signals.worker_ready: ready,
        signals.worker_shutting_down: here.drain,
        signals.worker_process_shutdown: here.close,
        signals.worker_shutdown: here.close,
    }
    for signal, handler in handlers.items():
        signal.connect(handler, weak=False)
