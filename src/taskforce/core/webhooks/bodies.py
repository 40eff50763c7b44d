"""An event as a message, in the format that its endpoint wants.

`cloudevents` is CloudEvents 1.0.2 in structured mode, `standard` the payload that the Standard Webhooks
specification recommends, `seed` the pipelines' own `{event_type, timestamp, data}`, whose data are the
event's details and nothing else.
"""

from enum import StrEnum

from taskforce.core.clock import rfc3339
from taskforce.core.documents import JsonObject, written
from taskforce.core.webhooks.events import OutgoingEvent


class Format(StrEnum):
    """How a message's body is built."""

    CLOUDEVENTS = "cloudevents"
    STANDARD = "standard"
    SEED = "seed"


MEDIA_TYPES = {
    Format.CLOUDEVENTS: "application/cloudevents+json",
    Format.STANDARD: "application/json",
    Format.SEED: "application/json",
}


def body_of(event: OutgoingEvent, format: Format) -> bytes:
    """Return a message's body as it is signed and sent."""
    match format:
        case Format.CLOUDEVENTS:
            body = _cloud_event(event)
        case Format.STANDARD:
            body = {"type": event.type, "timestamp": rfc3339(event.at), "data": _data(event)}
        case Format.SEED:
            body = {"event_type": event.name, "timestamp": rfc3339(event.at), "data": _details(event)}
    return written(body).encode("ascii")


def _cloud_event(event: OutgoingEvent) -> JsonObject:
    extensions: JsonObject = {"sequence": str(event.sequence)}
    extensions |= {"traceparent": event.traceparent} if event.traceparent else {}
    extensions |= {"requestid": event.request_id} if event.request_id else {}
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": f"/projects/{event.project}",
        "type": event.type,
        "subject": event.subject,
        "time": rfc3339(event.at),
        "datacontenttype": "application/json",
        **extensions,
        "data": _data(event),
    }


def _data(event: OutgoingEvent) -> JsonObject:
    data: JsonObject = {
        "project": event.project,
        "subject": event.subject,
        "number": event.sequence,
        "event_type": event.name,
        "message": event.message,
        "details": event.details,
    }
    return data if event.details is not None else data | _details(event)


def _details(event: OutgoingEvent) -> JsonObject:
    """Return the details, or where they are read."""
    if event.details is not None:
        return event.details
    return {"details_url": f"/api/v1/jobs/{event.subject}/events?after={event.sequence - 1}"}
