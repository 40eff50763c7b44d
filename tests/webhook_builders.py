"""What tests of webhooks are made of."""

from typing import Any

from taskforce.core.identity import JobId
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.webhooks.bodies import Format
from taskforce.core.webhooks.deliveries import Attempt, WebhookId
from taskforce.core.webhooks.events import OutgoingEvent, type_of
from taskforce.core.webhooks.model import Secrets, Webhook
from taskforce.core.webhooks.signing import Secret
from tests.builders import KIND, NOON, ids

KEY = bytes(range(32))


def a_webhook(**fields: Any) -> Webhook:  # noqa: ANN401 - any field of a webhook
    """An enabled webhook that wants everything."""
    defaults: dict[str, Any] = {
        "id": WebhookId(ids.new()),
        "project": DEFAULT_PROJECT,
        "url": "https://hooks.example/in",
        "event_types": ("*",),
        "format": Format.CLOUDEVENTS,
        "description": "",
        "concurrency": 2,
        "secrets": Secrets(current=Secret.of(KEY)),
        "created_by": "local",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Webhook(**{**defaults, **fields})


def an_outgoing(subject: str | None = None, sequence: int = 1, **fields: Any) -> OutgoingEvent:  # noqa: ANN401 - any field
    """An event of a job that says something."""
    job_id = JobId(subject or ids.new())
    defaults: dict[str, Any] = {
        "id": f"{job_id}/{sequence}",
        "project": DEFAULT_PROJECT,
        "type": type_of(KIND, "said"),
        "name": "said",
        "subject": job_id,
        "sequence": sequence,
        "at": NOON,
        "message": "said.",
        "details": {"n": sequence},
    }
    return OutgoingEvent(**{**defaults, **fields})


def an_attempt(status_code: int | None = 204, **fields: Any) -> Attempt:  # noqa: ANN401 - any field of an attempt
    error = None if status_code is not None else "nobody answers"
    return Attempt(**{"at": NOON, "seconds": 0.1, "status_code": status_code, "error": error, **fields})
