"""Server-sent events in the document: what a stream carries, and what missions and films tell."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from taskforce.api.stream import DRAINING, REAUTH
from taskforce.core.identity import ID_PATTERN
from taskforce.core.jobs.events import ANSWERED, APPROVAL_REQUIRED, CLOSING_WORDS, COMPLETE, ERROR, answered
from taskforce.core.missions import events
from taskforce.core.shapes import MOST, PEOPLE, UNLIMITED
from taskforce.core.tools import TOOL_NAME, Risk
from taskforce.core.videos import events as films
from taskforce.core.videos.statuses import Stage

Schema = dict[str, Any]
STREAM_EVENT = "StreamEvent"
EXAMPLE = {
    "id": "2",
    "event": "tool_call",
    "data": '{"timestamp":"2026-01-01T12:00:00.000000Z","event_type":"tool_call","message":"file_list",'
    '"details":{"turn":1,"call_id":"call-1","tool":"file_list","arguments":{}}}',
}
STREAMED = {"schema": {"$ref": f"#/components/schemas/{STREAM_EVENT}"}, "example": EXAMPLE}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events: `id` is the number, `event` the type, `data` an event's JSON in one line.",
        "content": {"text/event-stream": STREAMED},
    }
}

TEXT: Schema = {"type": "string", UNLIMITED: PEOPLE}
WORD: Schema = {"type": "string", UNLIMITED: "as the profile, the program or the model says it"}
TEXTS: Schema = {"type": "array", "items": TEXT, UNLIMITED: "as many as are told"}
ID: Schema = {"type": "string", "format": "uuid", "pattern": ID_PATTERN, "maxLength": 36}
TOOL: Schema = {"type": "string", "pattern": TOOL_NAME}
SIZE: Schema = {"type": "integer", "minimum": 0, "maximum": MOST}
AMOUNT: Schema = {"type": "number", UNLIMITED: "as the provider of the model counts"}
FLAG: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/JsonValue"}}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
CALL: dict[str, Schema] = {"call_id": WORD, "tool": TOOL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an event of a type tells in its details: always, and sometimes."""

    maker: Callable[..., object]
    always: Mapping[str, Schema]
    sometimes: Mapping[str, Schema]

    @classmethod
    def by(cls, maker: Callable[..., object], /, **always: Schema) -> "Told":
        """Return what the events of this maker tell."""
        return cls(maker=maker, always=always, sometimes={})

    def or_also(self, **sometimes: Schema) -> "Told":
        """Return it with what is told only at times."""
        return Told(maker=self.maker, always=self.always, sometimes=sometimes)

    def schema(self, event_type: str) -> Schema:
        """Return the schema of an event of this type; an event may tell more than it says."""
        said = (inspect.getdoc(self.maker) or "").splitlines()[0].removeprefix("Return ")
        details = {"type": "object", "properties": {**self.always, **self.sometimes}}
        needed = {"required": [*self.always]} if self.always else {}
        return {
            "title": name_of(event_type),
            "description": f"{said[0].upper()}{said[1:]}",
            "type": "object",
            "properties": {
                "timestamp": {"type": "string", "format": "date-time"},
                "event_type": {"type": "string", "const": event_type},
                "message": TEXT,
                "details": {**details, **needed},
            },
            "required": ["timestamp", "event_type", "message", "details"],
        }


def _error() -> None:
    """Return what went wrong."""


def _complete() -> None:
    """Return that nothing comes after it, or in a stream that it stops at a question."""


def _draining() -> None:
    """Return that the server stops: open the stream again with Last-Event-ID."""


def _reauth() -> None:
    """Return that the credential has ended: open the stream again with another one."""


EVENTS: Mapping[str, Told] = {
    events.STARTED: Told.by(events.started).or_also(
        session_id=ID,
        job_id=ID,
        profile=WORD,
        model=WORD,
        model_from=WORD,
        workspace=WORD,
        not_held=TEXTS,
        project_id=ID,
        scene_count=SIZE,
        models=OBJECT,
        round=SIZE,
    ),
    events.PLAN_UPDATED: Told.by(
        events.plan_updated, items={"type": "array", "maxItems": 200, "items": OBJECT}
    ),
    events.THOUGHT: Told.by(events.thought, turn=SIZE),
    events.TOOL_CALL: Told.by(events.tool_call, turn=SIZE, **CALL, arguments=OBJECT),
    events.TOOL_RESULT: Told.by(events.tool_result, turn=SIZE, **CALL, failed=FLAG, facts=OBJECT),
    events.ASK_USER: Told.by(
        events.ask_user, wait_id=ID, choices={"type": "array", "maxItems": 20, "items": TEXT}
    ),
    APPROVAL_REQUIRED: Told.by(events.approval_required, wait_id=ID, choices=TEXTS).or_also(
        **CALL,
        arguments=OBJECT,
        risk={"type": "string", "enum": [*Risk]},
        step=WORD,
        reason=WORD,
    ),
    events.MODEL_CHANGED: Told.by(events.model_changed, before=WORD, model=WORD),
    events.TOKEN_USAGE: Told.by(
        events.token_usage,
        turn=SIZE,
        input_tokens=AMOUNT,
        output_tokens=AMOUNT,
        cached_tokens=AMOUNT,
        cost=AMOUNT,
    ).or_also(answered_by=WORD, agent=FLAG, summary=FLAG),
    events.ARTIFACT: Told.by(
        events.artifact,
        id=ID,
        key=WORD,
        kind=WORD,
        media_type=WORD,
        size=SIZE,
        sha256=SHA256,
    ).or_also(replaces=ID),
    events.FILES_LEFT_OUT: Told.by(
        events.files_left_out, paths={"type": "array", "maxItems": events.MOST_LISTED, "items": TEXT}
    ),
    events.FINAL_ANSWER: Told.by(events.final_answer),
    ANSWERED: Told.by(answered, wait_id=ID, by=WORD, at={"type": "string", "format": "date-time"}).or_also(
        decision=WORD,
        answer=TEXT,
        arguments=OBJECT,
        reason=WORD,
        step=WORD,
    ),
    ERROR: Told.by(_error, code=WORD),
    COMPLETE: Told.by(
        _complete, status={"type": "string", "enum": [*sorted({*CLOSING_WORDS.values(), "paused"})]}
    ),
    films.STAGE_STARTED: Told.by(films.stage_started, stage={"type": "string", "enum": [*Stage]}),
    films.STORYBOARD_WRITTEN: Told.by(films.storyboard_written, scenes=SIZE),
    films.STORYBOARD_REFUSED: Told.by(films.storyboard_refused, answer=SIZE),
    films.PICTURE_MADE: Told.by(films.picture_made, scene_index=SIZE, position=WORD),
    films.CONTENT_FILTERED: Told.by(films.content_filtered, scene_index=SIZE, what=WORD),
    films.CLIP_ORDERED: Told.by(films.clip_ordered, scene_index=SIZE, order=SIZE),
    films.CLIP_MADE: Told.by(films.clip_made, scene_index=SIZE, seconds=AMOUNT),
    films.CLIP_FAILED: Told.by(films.clip_failed, scene_index=SIZE, code=WORD),
    films.FILM_MADE: Told.by(films.film_made, seconds=AMOUNT, size=SIZE, sha256=SHA256),
    DRAINING: Told.by(_draining),
    REAUTH: Told.by(_reauth),
}
"""Events by type. Programs of plugins may tell others: an EventView is all that is known of those."""


def event_schemas() -> dict[str, Schema]:
    """Return the components that describe events, by name."""
    kinds = {name_of(event_type): told.schema(event_type) for event_type, told in EVENTS.items()}
    known = [{"$ref": f"#/components/schemas/{name}"} for name in kinds]
    data = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"anyOf": [*known, {"$ref": "#/components/schemas/EventView"}]},
        UNLIMITED: "one line, as long as what is told",
    }
    stream = {
        "title": STREAM_EVENT,
        "description": "An event as the stream carries it; live output has no id.",
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^[1-9][0-9]{0,15}$", "description": "The event's number."},
            "event": {**WORD, "description": "Its type."},
            "data": data,
            "retry": {
                "type": "string",
                "pattern": "^[0-9]{1,6}$",
                "description": "Milliseconds to wait before the stream is opened again.",
            },
        },
        "required": ["event", "data"],
    }
    return {**kinds, STREAM_EVENT: stream}


def name_of(event_type: str) -> str:
    """Return the component that describes the events of a type."""
    return "".join(word.capitalize() for word in event_type.split("_")) + "Event"
