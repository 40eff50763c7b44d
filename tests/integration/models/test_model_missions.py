"""Whole missions over every wire: the same events and answer; what fails is told, who is away is replaced."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from taskforce import Taskforce
from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.missions.schemas import MissionView
from taskforce.core.missions.errors import ModelNotReady
from taskforce.settings import Settings
from tests.integration.models.wires import PATHS, WIRES
from tests.services.model_peer import KEY, ModelPeer
from tests.services.wire_formats import MODEL
from tests.services.wire_turns import Call, Fault, Turn

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ADDRESSES = {
    "openai": ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "openai-responses": ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    "google": ("GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
    "openai-compatible": ("OPENAI_COMPATIBLE_API_KEY", "OPENAI_COMPATIBLE_BASE_URL"),
}
TURNS = (
    Turn(
        text="I write two files. 👋",
        calls=(
            Call(tool="file_write", arguments={"path": "a.txt", "content": "Grüezi\n"}),
            Call(tool="list_files", arguments={}),
        ),
    ),
    Turn(calls=(Call(tool="file_read", arguments={"path": 7}), Call(tool="no_such_tool", arguments={}))),
    Turn(
        calls=(
            Call(tool="file_read", arguments={"path": "a.txt"}),
            Call(tool="list_files", arguments={}),
        )
    ),
    Turn(text="The file says Grüezi."),
)


@contextmanager
def reached(peer: ModelPeer, family: str) -> Iterator[str]:
    """Let the environment say that the family's provider is the peer; yield the model's name."""
    variable, address = ADDRESSES[family]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(variable, KEY)
        environment.setenv(address, f"{peer.url}{PATHS.get(family, '')}")
        yield f"{family}:{MODEL}"


async def run(folder: Path, model: str | None, **options: Any) -> tuple[MissionView, list[EventView]]:  # noqa: ANN401
    """Run a mission in a home of its own."""
    (folder / "work").mkdir(parents=True, exist_ok=True)
    settings = Settings(home=folder / "home", workspace_roots=(folder,), model_probe=False)
    async with Taskforce.open(settings) as tf:
        view = await tf.execute_mission("Go", model=model, workspace=str(folder / "work"), **options)
        return view, [event async for event in tf.jobs.watch(job_id=view.job_id)]


def told(events: list[EventView]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return what differs neither by time nor by place."""
    varying = {"model", "job_id", "session_id", "workspace", "id", "key"}
    return [
        (
            event.event_type,
            UUID.sub("ID", event.message),
            {name: value for name, value in event.details.items() if name not in varying},
        )
        for event in events
    ]


async def test_the_same_mission_is_told_the_same_over_every_wire(tmp_path: Path) -> None:
    logs = {}
    for family in WIRES:
        with ModelPeer(TURNS) as peer, reached(peer, family) as model:
            view, events = await run(tmp_path / family, model)
        assert (view.status.value, view.message, len(peer.requests)) == (
            "completed",
            "The file says Grüezi.",
            len(TURNS),
        )
        logs[family] = told(events)

    assert all(log == logs["openai"] for log in logs.values())
    assert ("tool_result", "Grüezi\n") in [(kind, message) for kind, message, _ in logs["openai"]]


async def test_usage_and_who_answered_are_in_the_log(tmp_path: Path) -> None:
    with ModelPeer([Turn(text="Yes.")]) as peer, reached(peer, "openai") as model:
        view, events = await run(tmp_path, model)

    (usage,) = [event.details for event in events if event.event_type == "token_usage"]
    assert usage == {
        "turn": 1,
        "input_tokens": 100,
        "output_tokens": 20,
        "cached_tokens": 40,
        "cost": 0.0,
        "answered_by": MODEL,
    }
    assert view.usage.cached_tokens == 40


@pytest.mark.parametrize("family", WIRES)
async def test_broken_arguments_go_back_to_the_model_and_the_mission_goes_on(
    tmp_path: Path, family: str
) -> None:
    turns = (
        Turn(calls=(Call(tool="file_read", raw='{"path": "a.t'),)),
        Turn(text="I mistyped."),
    )
    with ModelPeer(turns) as peer, reached(peer, family) as model:
        view, events = await run(tmp_path, model)

    (result,) = [event for event in events if event.event_type == "tool_result"]
    assert (view.status.value, view.message) == ("completed", "I mistyped.")
    assert result.details["failed"] is True
    assert "It takes: path" in result.message


@pytest.mark.parametrize(
    ("turn", "code"),
    [
        (Turn(text="Half", end="length"), "answer_cut"),
        (Turn(text="No.", end="refusal"), "content_refused"),
        (Turn(text="Yes.", faults=(Fault.WRONG_KEY,)), "model_rejected"),
        (Turn(text="Yes.", faults=(Fault.UNKNOWN_MODEL,)), "model_rejected"),
        (Turn(text="Yes.", faults=(Fault.BROKEN,) * 3), "model_unavailable"),
        (Turn(text="Yes.", faults=(Fault.QUOTA_SPENT,)), "model_unavailable"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_is_no_answer_is_never_told_as_one(tmp_path: Path, turn: Turn, code: str) -> None:
    with ModelPeer([turn]) as peer, reached(peer, "openai") as model:
        view, _ = await run(tmp_path, model)

    assert view.error is not None
    assert (view.status.value, view.error.code, len(peer.requests)) == (
        "failed",
        code,
        max(len(turn.faults), 1),
    )
    assert KEY not in view.error.message


async def test_a_busy_model_is_asked_again_when_it_said_and_its_answer_counts(tmp_path: Path) -> None:
    faults = (Fault.BUSY_SECONDS, Fault.OVERLOADED)
    with ModelPeer([Turn(text="At last.", faults=faults)]) as peer, reached(peer, "anthropic") as model:
        view, _ = await run(tmp_path, model)

    first, second, _ = (request.at for request in peer.requests)
    assert (view.message, len(peer.requests)) == ("At last.", 3)
    assert second - first >= 2


async def test_another_model_stands_in_for_the_rest_of_the_mission(tmp_path: Path) -> None:
    away = Turn(text="Never.", faults=(Fault.BROKEN,) * 9)
    profile = (
        f"extends: dev\nmodel: openai:{MODEL}\nfallbacks: [anthropic:{MODEL}]\n"
        "model_settings: {max_tokens: 100}\n"
    )
    (tmp_path / "home" / "profiles").mkdir(parents=True)
    (tmp_path / "home" / "profiles" / "steady.yaml").write_text(profile)
    with (
        ModelPeer([away, away]) as first,
        ModelPeer(TURNS[-2:]) as second,
        reached(first, "openai") as model,
        reached(second, "anthropic") as other,
    ):
        view, events = await run(tmp_path, None, profile="steady")

    assert (view.status.value, view.message) == ("completed", "The file says Grüezi.")
    assert (len(first.requests), len(second.requests)) == (3, 2)
    assert [event.details for event in events if event.event_type == "model_changed"] == [
        {"before": model, "model": other}
    ]
    assert events[0].details["model_from"] == "profile"


async def test_who_names_a_model_gets_that_one_alone(tmp_path: Path) -> None:
    (tmp_path / "home" / "profiles").mkdir(parents=True)
    (tmp_path / "home" / "profiles" / "steady.yaml").write_text(
        f"extends: dev\nfallbacks: [openai:{MODEL}]\n"
    )
    with ModelPeer([Turn(text="No.")]) as spare, reached(spare, "openai"):
        away = ModelPeer([Turn(text="Never.", faults=(Fault.BROKEN,) * 3)])
        with away as peer, reached(peer, "anthropic") as model:
            view, events = await run(tmp_path, model, profile="steady")

    assert view.error is not None
    assert (view.error.code, len(spare.requests)) == ("model_unavailable", 0)
    assert events[0].details["model_from"] == "request"


async def test_a_mission_for_a_model_without_a_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelNotReady, match="Set ANTHROPIC_API_KEY"):
        await run(tmp_path, f"anthropic:{MODEL}")


async def test_no_key_is_left_anywhere_in_the_home(tmp_path: Path) -> None:
    turns = (Turn(calls=(Call(tool="list_files"),)), Turn(text="Yes.", faults=(Fault.BAD_REQUEST,)))
    with ModelPeer(turns) as peer, reached(peer, "openai") as model:
        view, _ = await run(tmp_path, model)

    assert view.status.value == "failed"
    files = [file for file in (tmp_path / "home").rglob("*") if file.is_file()]
    assert files
    assert [file for file in files if KEY.encode() in file.read_bytes()] == []


async def test_text_is_shown_as_it_comes(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    settings = Settings(home=tmp_path / "home", workspace_roots=(tmp_path,), model_probe=False)
    with ModelPeer([Turn(text="A longer answer, bit by bit.")]) as peer, reached(peer, "openai") as model:
        async with Taskforce.open(settings) as tf:
            stream = tf.execute_mission_streaming("Go", model=model, workspace=str(tmp_path / "work"))
            events = [event async for event in stream]

    pieces = [event.message for event in events if event.event_type == "token"]
    assert "A longer answer, bit by bit." in "".join(pieces)
    assert len(pieces) > 1
