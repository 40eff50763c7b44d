"""Which queue it is: of a broker, between all that share a database, or within the process."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import SecretStr

from taskforce.core.jobs.ports import JobQueue
from taskforce.infrastructure.database.notices import Notices
from taskforce.infrastructure.nats.links import NatsLinks, require_the_client
from taskforce.infrastructure.queues.in_process import InProcessQueue
from taskforce.infrastructure.queues.postgres import PostgresQueue
from taskforce.settings import SettingsInvalid


def queue_over(
    url: SecretStr | None,
    notices: Notices | None,
    links: NatsLinks,
    *,
    of_runs: Mapping[str, str],
    lease: timedelta,
    foreground: bool,
) -> JobQueue:
    """Return the queue at an address; without one it reaches other processes where there are notices.

    One of the foreground takes no hints that a broker has for others.

    Raises SettingsInvalid when the extra is missing that the address needs.
    """
    if url is not None and url.get_secret_value().startswith("redis"):
        return _of_celery(url, links, lease=lease, foreground=foreground)
    if url is not None:
        require_the_client("queue_url")
        from taskforce.infrastructure.nats.link import NatsLink  # noqa: PLC0415
        from taskforce.infrastructure.nats.subjects import HintSubjects  # noqa: PLC0415
        from taskforce.infrastructure.queues.nats import NatsQueue  # noqa: PLC0415

        link = NatsLink(url.get_secret_value())
        links.add(link.close)
        return NatsQueue(link, HintSubjects(of_runs), ack_wait=lease, pulls=not foreground)
    return InProcessQueue() if notices is None else PostgresQueue(notices)


def _of_celery(url: SecretStr, links: NatsLinks, *, lease: timedelta, foreground: bool) -> JobQueue:
    try:
        from taskforce.infrastructure.queues.celery import CeleryQueue  # noqa: PLC0415 - the extra celery
        from taskforce.infrastructure.queues.celery_app import celery_over  # noqa: PLC0415 - the same
    except ImportError as missing:
        raise SettingsInvalid(
            "queue_url begins with redis, and Celery is not installed. Run: pip install 'taskforce[celery]'"
        ) from missing
    queue = CeleryQueue(celery_over(url.get_secret_value(), lease=lease), takes=not foreground)
    links.add(queue.close)
    return queue
