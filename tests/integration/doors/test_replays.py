"""Recording and replaying, at the command line and in a program."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from taskforce import Taskforce
from taskforce.core.errors import Invalid
from taskforce.settings import Settings
from tests.integration.doors.cli_process import Cli, call, say
from tests.integration.records import comparable
from tests.services.model_peer import KEY, ModelPeer
from tests.services.wire_formats import MODEL
from tests.services.wire_turns import Call, Turn

SECRET = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "notes.txt").write_text(f"The key is {SECRET}.\n", encoding="utf-8")
    return Cli(folder=folder)


def told(cli: Cli, model: str, *words: str, **environment: str) -> list[Any]:
    """Run a mission and return its events without what differs every time, and the model's name."""
    ended = cli("run", "mission", "look", "--model", model, "--json", "--stream", *words, **environment)
    assert ended.code == 0, ended.err
    events = [json.loads(line) for line in ended.out.splitlines()]
    events = [event for event in events if "id" in event]
    events[0]["details"].pop("model")
    found: list[Any] = comparable(events, cli.folder)
    return found


def test_a_recorded_mission_of_a_real_model_replays_to_the_same_events_offline(
    cli: Cli, tmp_path: Path
) -> None:
    turns = [
        Turn(
            text="I look.",
            calls=(
                Call(tool="list_files", arguments={}),
                Call(tool="file_read", arguments={"path": "notes.txt"}),
            ),
        ),
        Turn(calls=(Call(tool="file_write", arguments={"path": "out.md", "content": "größer"}),)),
        Turn(text="Done."),
    ]
    cassette = tmp_path / "mission.jsonl"
    with ModelPeer(turns) as peer:
        access = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{peer.url}/v1"}
        live = told(cli, f"openai:{MODEL}", "--record", str(cassette), **access)
    (cli.folder / "out.md").unlink()
    assert told(cli, f"replay:{cassette}") == live
    text = cassette.read_text(encoding="utf-8")
    assert (len(text.splitlines()), SECRET in text, KEY in text) == (3, False, False)


def test_a_request_that_was_not_recorded_fails_and_shows_the_nearest_recording(
    cli: Cli, tmp_path: Path
) -> None:
    cassette = tmp_path / "mission.jsonl"
    told(cli, cli.script(call("file_read", path="notes.txt"), say("Done.")), "--record", str(cassette))
    (cli.folder / "notes.txt").write_text("Something else.\n", encoding="utf-8")
    ended = cli("run", "mission", "look", "--model", f"replay:{cassette}", "--json")
    assert ended.code == 1
    assert ended.json["error"]["code"] == "script_broken"
    assert '+   "content": "Something else.' in ended.json["message"]
    assert '-   "content": "The key is [redacted].' in ended.json["message"]


@pytest.mark.parametrize("place", ["nowhere/c.jsonl", "notes.txt", "."])
def test_a_place_that_holds_no_cassette_is_refused_before_anything_runs(cli: Cli, place: str) -> None:
    ended = cli("run", "mission", "look", "--model", cli.script(say("Done.")), "--record", place, "--json")
    assert (ended.code, ended.error["error"]["code"]) == (2, "invalid_request")
    assert cli("sessions", "list", "--json").json == []
    assert SECRET in (cli.folder / "notes.txt").read_text(encoding="utf-8")


def test_recording_does_not_go_with_the_background(cli: Cli) -> None:
    ended = cli("run", "mission", "look", "--record", "c.jsonl", "--background")
    assert ended.code == 2


def test_a_past_mission_is_the_same_today(cli: Cli) -> None:
    told(cli, cli.script(call("list_files"), say("Done.")))
    session = cli("sessions", "list", "--json").json[0]["session_id"]
    (cli.folder / "notes.txt").unlink()  # what was found then is on record
    ended = cli("sessions", "replay", session)
    assert (ended.code, ended.out) == (0, "The same, 2 turns.\n")


def test_a_divergence_is_exit_code_1_with_json_too(cli: Cli) -> None:
    told(cli, cli.script(call("list_files"), say("Done.")))
    session = cli("sessions", "list", "--json").json[0]["session_id"]
    change_a_word(cli.folder / ".taskforce" / "taskforce.db")
    ended = cli("sessions", "replay", session, "--json")
    assert (ended.code, ended.json["same"]) == (1, False)
    assert ended.json["divergence"]["part"] == "event"
    shown = cli("sessions", "replay", session)
    assert shown.code == 1
    assert shown.out.startswith("Turn 1: ")
    assert "+++ today" in shown.out


def change_a_word(database: Path) -> None:
    """Change the log, as if another version of the program had told it."""
    with closing(sqlite3.connect(database)) as connection, connection:
        changed = connection.execute("UPDATE job_events SET message = 'changed' WHERE type = 'tool_call'")
        assert changed.rowcount == 1


async def test_a_program_records_and_replays(tmp_path: Path) -> None:
    (tmp_path / "script.yaml").write_text("turns: [{text: Done.}]", encoding="utf-8")
    cassette = tmp_path / "mission.jsonl"
    async with Taskforce.open(Settings(home=tmp_path / "home", workspace_roots=(tmp_path,))) as tf:
        with pytest.raises(Invalid):
            await tf.execute_mission("Do it", model=f"script:{tmp_path}/script.yaml", record=tmp_path)
        mission = await tf.execute_mission("Do it", model=f"script:{tmp_path}/script.yaml", record=cassette)
        again = await tf.execute_mission("Do it", model=f"replay:{cassette}")
        replayed = await tf.sessions.replay(session_id=mission.session_id)
    assert (again.status, again.message) == (mission.status, mission.message)
    assert (replayed.same, replayed.turns, replayed.divergence) == (True, 1, None)
