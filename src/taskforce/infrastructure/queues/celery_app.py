"""Celery as this house uses it: a queue of Redis for each kind of job, and one task, which is a hint."""

from collections.abc import Iterable
from datetime import timedelta

from celery import Celery
from kombu import Queue

TASK = "taskforce.play"
ANY = "taskforce"
"""The queue of hints that name no kind."""
OF_A_JOB = "taskforce_job_id"
"""The header that names the job of a hint which was given for one."""
_TRANSPORT = "taskforce.infrastructure.queues.celery_transport:Transport"
_VISIBLE = timedelta(hours=1)
_ANSWER = 5.0


def queue_of(kind: str) -> str:
    """Return the name of the queue for hints at a kind."""
    return f"{ANY}.{kind}"


def kind_of(queue: str) -> str | None:
    """Return the kind that a queue is for; None: any."""
    return queue.removeprefix(f"{ANY}.") if queue.startswith(f"{ANY}.") else None


def celery_over(url: str, *, lease: timedelta, kinds: Iterable[str] = ()) -> Celery:
    """Return a Celery app on a broker; its worker takes hints at these kinds unless it is told which.

    Results, retries and time limits of Celery's are off: the store has the results, tries steps again and
    knows by leases who lives. What a message does not decide need not be quick: it becomes visible again an
    hour after the longest time that a silent worker keeps its jobs.
    """
    app = Celery(ANY, set_as_current=False)
    app.conf.update(
        broker_url=url,
        broker_transport=_TRANSPORT,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": int((_VISIBLE + lease).total_seconds()),
            "priority_steps": [0],  # which job comes first is the store's to say
            "socket_connect_timeout": _ANSWER,
            "socket_timeout": _ANSWER,
        },
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=True,
        task_ignore_result=True,
        task_publish_retry=False,
        task_queues=[Queue(name) for name in (ANY, *map(queue_of, sorted(kinds)))],
        task_default_queue=ANY,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_enable_prefetch_count_reduction=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_proc_alive_timeout=60.0,
        worker_redirect_stdouts=False,
        enable_utc=True,
    )
    return app
