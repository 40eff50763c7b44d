"""References that are written from settings, core and the shipped adapters."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from docs_markdown import code, default_of, first_line, table

from taskforce.application.missions.program import MissionProgram
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.identity import ArtifactId, JobId, ProjectId, SessionId, WaitId
from taskforce.core.jobs import budget
from taskforce.core.jobs.events import CLOSING_WORDS, Event, answered, closing_events
from taskforce.core.jobs.model import Failure, Job, JobStatus, Outcome
from taskforce.core.jobs.signals import ANSWER, Signal
from taskforce.core.missions import events
from taskforce.core.missions.controls import AskUser
from taskforce.core.missions.model import ModelReply, StopReason, ToolCall
from taskforce.core.missions.plan import TodoItem, TodoList
from taskforce.core.missions.profile import Profile
from taskforce.core.missions.task import MissionTask
from taskforce.core.tools import Risk, ToolResult
from taskforce.core.webhooks.bodies import MEDIA_TYPES, Format, body_of
from taskforce.core.webhooks.events import DISABLED, PING, THICKEST, OutgoingEvent, type_of
from taskforce.infrastructure.missions.toolbox import BuiltinTools
from taskforce.settings import PREFIX, Settings

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def settings() -> str:
    """Return the page of the settings."""
    return f"""# Settings

{settings_table()}

A flag goes before an environment variable, then come the file of `--config-file`, `./taskforce.toml`, the
user's `$XDG_CONFIG_HOME/taskforce/config.toml` (or `~/.config/taskforce/config.toml`), and the default. In a
file the names are written without `{PREFIX}` and in small letters. In the environment, lists are written with
commas, and an empty variable counts as none. An unknown name or a value that is not right is an error, exit
code 2.

`taskforce doctor` prints each setting with its value and where it came from.
"""


def settings_table() -> str:
    """Return the settings as a table."""
    schema = Settings.model_json_schema(mode="serialization")["properties"]
    rows = [
        (
            code(f"{PREFIX}{name.upper()}"),
            default_of(field.get("default")),
            _range(name, field),
            field["description"],
        )
        for name, field in schema.items()
    ]
    return table(("variable", "default", "values", "what it is"), rows)


def _range(name: str, field: JsonObject) -> str:
    if "enum" in field:
        return ", ".join(code(value) for value in field["enum"])  # type: ignore[union-attr]
    if field.get("type") == "boolean":
        return "`true`, `false`"
    if "minimum" in field:
        return f"{field['minimum']} to {field['maximum']}"
    return (
        "a list"
        if field.get("type") == "array"
        else "a folder"
        if field.get("format") == "path"
        else "an address"
        if name.endswith(("_url", "_endpoint", "_issuer"))
        else "a name"
    )


def event_page() -> str:
    """Return the page of the events."""
    rows = [
        (code(event.type), _told(maker), ", ".join(map(code, event.details))) for maker, event in _samples()
    ]
    words = ", ".join(f"{status} is `{word}`" for status, word in CLOSING_WORDS.items())
    return f"""# Events

A job's log is a row of numbered events, from 1, without gaps. Through every door an event has the same four
fields: `timestamp` (RFC 3339, UTC), `event_type`, `message` (for people) and `details` (for programs). The
number is the SSE field `id`, the field `id` of `--json --stream`, and what `--after`, `?after=` and
`Last-Event-ID` name.

{table(("event_type", "what it tells", "details"), rows)}

`{events.TOKEN}` and `{events.TOOL_OUTPUT}` are live output: a piece of text that the model or a tool is
writing. They have no number and are never stored; who was not there does not see them again.

`draining` is of a stream, not of a log: the server stops, and the stream is to be opened again with
`Last-Event-ID`.

A log ends with `complete`. Its `details.status` says how the job ended: {words}.
Before it stands `final_answer`, or `error` with `details.code` ([the codes](errors.md)). A stream that stops
at a question ends with a `complete` of status `paused` that has no number: the log itself goes on after the
answer.

## Events that leave

A [webhook](../how-to/receive-webhooks.md) is told the durable events of its project. The type of a message
is `taskforce.<kind of job>.<event_type>.v1`, such as `{type_of("mission", "complete")}`; its id is the
job's id, a slash and the event's number, the same in every attempt and for every webhook. Two types are the
webhooks' own: `{PING}` is sent by `taskforce webhooks ping`,
`{DISABLED}` tells the other webhooks of the project that one was disabled, with
`webhook_id` and `reason` (`gone`, `failing`) in its details.

Details of more than {THICKEST:,} bytes do not leave: they are `null`, and `details_url` names where they are
read.

{_bodies()}
"""


def _bodies() -> str:
    event = OutgoingEvent(
        id="JOB/7",
        project=ProjectId("default"),
        type=type_of("mission", "complete"),
        name="complete",
        subject="JOB",
        sequence=7,
        at=MOMENT,
        details={"status": "completed"},
    )
    shown = []
    for format in Format:
        body = json.dumps(json.loads(body_of(event, format)), indent=2)
        shown.append(f"Format `{format.value}`, {code(MEDIA_TYPES[format])}:\n\n```json\n{body}\n```")
    return "\n\n".join(shown)


def _told(maker: Callable[..., object]) -> str:
    return first_line(maker).removeprefix("Return ").removesuffix(".")


def _samples() -> Iterator[tuple[Callable[..., object], Event]]:
    call = ToolCall(id="", tool="", arguments={})
    ref = ArtifactRef(id=ArtifactId(""), key="", kind="", media_type="", size=0, sha256="")
    plan = TodoList(items=(TodoItem(position=1, description="-"),))
    failure = Outcome(status=JobStatus.FAILED, failure=Failure(code="", message=""))
    said: JsonObject = {"decision": "", "answer": "", "arguments": {}}
    error, complete = (keyed.event for keyed in closing_events(failure))
    yield events.started, _opening()
    yield events.plan_updated, events.plan_updated(plan)
    yield events.thought, events.thought(1, "")
    yield events.tool_call, events.tool_call(1, call)
    yield events.tool_result, events.tool_result(1, call, ToolResult(content=""))
    yield events.ask_user, events.ask_user(WaitId(""), AskUser(question="-"))
    yield events.approval_required, events.approval_required(WaitId(""), call, Risk.READ)
    yield answered, answered(WaitId(""), Signal(name=ANSWER, payload=said, by="-", at=MOMENT))
    yield events.model_changed, events.model_changed("", "")
    yield events.token_usage, events.token_usage(1, ModelReply(stop=StopReason.ANSWER, model="-"))
    yield events.artifact, events.artifact(ref, replaces=ArtifactId("-"))
    yield events.files_left_out, events.files_left_out([])
    yield events.final_answer, events.final_answer("")
    yield _error, error
    yield _complete, complete


def _opening() -> Event:
    task = MissionTask(
        session_id=SessionId(""),
        mission="",
        model="",
        profile=Profile(name=""),
        workspace="",
        limits=budget.Limits(),
    )
    job = Job(
        id=JobId(""),
        kind="",
        project=ProjectId(""),
        input=task.model_dump(mode="json"),
        created_by="",
        created_at=MOMENT,
        updated_at=MOMENT,
        due_at=None,
        root=JobId(""),
    )
    nothing: Any = None
    program = MissionProgram(
        models=nothing,
        chooser=nothing,
        profiles=nothing,
        tools=BuiltinTools(),
        servers=nothing,
        skills=nothing,
        strategies=nothing,
        sessions=nothing,
        workspaces=nothing,
    )
    return program.opening(job)


def _error() -> None:
    """Return what went wrong."""


def _complete() -> None:
    """Return that nothing comes after it."""
