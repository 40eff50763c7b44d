"""References that are written from settings, core and the shipped adapters."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from docs_markdown import code, first_line, table, words_of_fields

from taskforce.application.missions.program import MissionProgram
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.identity import ArtifactId, JobId, ProjectId, SessionId, WaitId
from taskforce.core.jobs import budget
from taskforce.core.jobs.events import CLOSING_WORDS, Event, answered, closing_events
from taskforce.core.jobs.model import Failure, Job, JobStatus, Outcome
from taskforce.core.jobs.signals import ANSWER, Signal
from taskforce.core.missions import events
from taskforce.core.missions.controls import CONTROLS, AskUser
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.model import ModelReply, StopReason, ToolCall
from taskforce.core.missions.plan import TodoItem, TodoList
from taskforce.core.missions.profile import Approval, ModelSettings, Profile
from taskforce.core.missions.task import MissionTask
from taskforce.core.tools import Risk, Sandbox, ToolResult
from taskforce.infrastructure.missions.toolbox import BuiltinTools
from taskforce.infrastructure.missions.yaml_profiles import SHIPPED
from taskforce.settings import PREFIX, Settings

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
CORPUS = Path(__file__).parents[1] / "tests" / "missions"


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
        (code(f"{PREFIX}{name.upper()}"), _default(field.get("default")), _range(field), field["description"])
        for name, field in schema.items()
    ]
    return table(("variable", "default", "values", "what it is"), rows)


def _default(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(code(part) for part in value)
    if value is None or isinstance(value, bool):
        return code({None: "", True: "true", False: "false"}[value])
    return code(f"{value:g}" if isinstance(value, float) else value)


def _range(field: JsonObject) -> str:
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

`{events.TOKEN}` is live output: a piece of text that the model is writing. It has no number and is never
stored; who was not there does not see it again.

A log ends with `complete`. Its `details.status` says how the job ended: {words}.
Before it stands `final_answer`, or `error` with `details.code` ([the codes](errors.md)). A stream that stops
at a question ends with a `complete` of status `paused` that has no number: the log itself goes on after the
answer.
"""


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
        sessions=nothing,
        workspaces=nothing,
    )
    return program.opening(job)


def _error() -> None:
    """Return what went wrong."""


def _complete() -> None:
    """Return that nothing comes after it."""


def profiles() -> str:
    """Return the page of profiles and tools."""
    shipped = [yaml.safe_load(file.read_text(encoding="utf-8")) | {"name": file.stem} for file in _shipped()]
    specs = sorted(
        [*CONTROLS.values(), *(tool.spec for tool in BuiltinTools().tools().values())],
        key=lambda spec: spec.name,
    )
    fields = {name: text for name, text in words_of_fields(Profile).items() if name != "name"}
    spoken = {
        "description": "one line, for lists",
        "model": "a model's name; left out: the one of missions that name none",
        "roles": "models for `planning`, `acting` or `summarising`; left out: the mission's",
        "model_settings": "how models are asked",
        "system_prompt": "what the model is told first",
        "tools": "the names of the tools it may use, in the order they are offered",
        "approval": "what is done about calls of each risk: `auto`, `ask` or `deny`",
        "sandbox": "what the walls around programs let through",
        "limits": "the most a mission may take",
    }
    keys = [("`extends`", "the profile to start from")]
    keys += [(code(name), spoken.get(name) or text) for name, text in fields.items()]
    approval = ", ".join(f"`{name}: {field.default}`" for name, field in Approval.model_fields.items())
    sandbox = ", ".join(
        f"`{name}: {_written(field.default)}`" for name, field in Sandbox.model_fields.items()
    )
    walls = [(code(name), text) for name, text in words_of_fields(Sandbox).items()]
    limits = [(code(name), text) for name, text in words_of_fields(budget.Limits).items()]
    asked = [
        (code(name), _default(ModelSettings().model_dump()[name] or None), text)
        for name, text in words_of_fields(ModelSettings).items()
    ]
    servers = [
        (code(name), _default(McpServer.model_fields[name].default or None), text)
        for name, text in words_of_fields(McpServer).items()
    ]
    offered = [(code(one["name"]), one["description"], _pairs(one["approval"])) for one in shipped]
    tools = [(code(spec.name), spec.risk.value, spec.effect.value, spec.description) for spec in specs]
    return f"""# Profiles and tools

A profile is a file `NAME.yaml`: in the package, or in `profiles/` of the home; the later one wins.
`extends: OTHER` takes over what the file itself does not say. An unknown key is an error that names file and
line. A mission keeps the profile as it was when the mission was accepted.

{table(("key", "what it is"), keys)}

`approval` has a key for each risk; left out: {approval}.

`sandbox`, left out, is {sandbox}. [What it holds](../explanation/sandbox.md).

{table(("sandbox", "what it says"), walls)}

`limits`, left out, are 50 steps and nothing else.

{table(("limit", "what it limits"), limits)}

How models are asked ([more about models](../how-to/use-a-real-model.md)):

{table(("model_settings", "default", "what it is"), asked)}

A server under `mcp_servers` has a `command` or a `url` ([how to use one](../how-to/use-an-mcp-server.md)):

{table(("mcp_servers", "default", "what it is"), servers)}

## Shipped profiles

{table(("profile", "what it is for", "approval"), offered)}

## Tools

{table(("tool", "risk", "effect", "what it does"), tools)}

A tool that is `pure` or `idempotent` is started again when its process died under it. One that is `once` is
not: the mission pauses and asks a person what became of it.

[Tools of your own](../how-to/give-an-agent-a-tool.md) are listed by their names, as these are.
"""


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "[]"


def _pairs(said: JsonObject) -> str:
    return ", ".join(f"{name}: {what}" for name, what in said.items())


def _shipped() -> list[Path]:
    return sorted(SHIPPED.glob("*.yaml"))


def corpus_table() -> str:
    """Return how many missions of the corpus there are, and how they must end."""
    cases = [
        (file.stem, case["expect"]["status"])
        for file in sorted(CORPUS.glob("*.yaml"))
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]
    names = list(dict.fromkeys(name for name, _ in cases))
    rows = [
        (f"`{name}.yaml`", cases.count((name, "completed")), cases.count((name, "needs_model")))
        for name in names
    ]
    whole = [sum(status == wanted for _, status in cases) for wanted in ("completed", "needs_model")]
    return table(("tests/missions", "done", "needs_model"), [*rows, (f"together {len(cases)}", *whole)])
