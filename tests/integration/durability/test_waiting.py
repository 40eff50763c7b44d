"""With one worker's place: what waits for a child or a person holds neither place, lease nor process."""

import signal
from collections import Counter
from pathlib import Path

import pytest

from taskforce.core.jobs.model import Job, JobStatus
from tests.integration.durability.twelve_steps import Part, script_in, turn
from tests.integration.processes import said, script, taskforce, until
from tests.integration.records import jobs_of, lines_of, log_of

pytestmark = pytest.mark.durability

NESTED = Path(__file__).with_name("nested_driver.py")
DEPTH = 3
FAMILY = Counter(f"{word}/{depth}" for word in ("before", "after") for depth in range(DEPTH + 1))
ASK = {"tool": "ask_user", "arguments": {"question": "Which colour?", "choices": ["red", "green"]}}
ONE = {"workers": 1}


def assert_the_family_ended_well(home: Path) -> None:
    jobs = jobs_of(home)
    assert [job.status for job in jobs] == [JobStatus.SUCCEEDED] * (DEPTH + 1)
    for job in jobs:
        assert [line[:2] for line in lines_of(home, job.id)] == [(1, "started"), (2, "complete")]


def test_three_nested_children_finish_with_one_place(tmp_path: Path) -> None:
    with script(NESTED, tmp_path, str(tmp_path), str(DEPTH)) as process:
        assert process.wait().json == {"done": 2 * (DEPTH + 1)}
    assert Counter((tmp_path / "ledger").read_text().split()) == FAMILY
    assert_the_family_ended_well(tmp_path)


@pytest.mark.parametrize(
    ("place", "again"),
    [
        ("step.start:before/0", []),
        ("step.done:before/1", ["before/1"]),
        ("step.done.recorded:after/0", []),
        ("step.start:after/2", []),
        ("job.parked", []),
        ("job.ended", []),
    ],
)
def test_three_nested_children_finish_with_one_place_across_a_crash(
    tmp_path: Path, place: str, again: list[str]
) -> None:
    with script(NESTED, tmp_path, str(tmp_path), str(DEPTH), place) as process:
        assert process.wait().code == -signal.SIGKILL
    with script(NESTED, tmp_path, str(tmp_path), str(DEPTH)) as process:
        assert process.wait().json == {"done": 2 * (DEPTH + 1)}
    assert Counter((tmp_path / "ledger").read_text().split()) == FAMILY + Counter(again)
    assert_the_family_ended_well(tmp_path)


def only_job(home: Path, status: JobStatus) -> Job | None:
    jobs = [job for job in jobs_of(home) if job.status is status]
    return jobs[0] if jobs else None


def hand_in(home: Path, folder: Path, *turns: Part) -> str:
    """Hand a mission in, played by nobody yet; return its job's id."""
    folder.mkdir()
    model = f"script:{script_in(folder, *turns)}"
    words = ("run", "mission", folder.name, "--model", model, "--background", "--json")
    return str(said(home, *words, workspace_roots=Path.cwd()).json["id"])


def test_a_mission_that_asks_ends_its_command_and_holds_nothing(tmp_path: Path) -> None:
    model = f"script:{script_in(tmp_path, turn('I ask.', ASK), turn('Done.'))}"
    home = tmp_path / "home"
    asked = said(home, "run", "mission", "Paint", "--model", model, "--json", **ONE)
    assert asked.code == 3
    assert asked.json["status"] == "paused"
    assert asked.json["waiting"]["message"] == "Which colour?"
    job = only_job(home, JobStatus.WAITING)
    assert job is not None
    assert (job.lease, job.due_at, job.losses) == (None, None, 0)


def test_a_mission_that_asks_leaves_the_only_place_to_others_and_goes_on_after_a_crash_when_answered(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    asking = hand_in(home, tmp_path / "asking", turn("I ask.", ASK), turn("Painted."))
    with taskforce(home, "worker", **ONE) as worker:
        paused = until(lambda: only_job(home, JobStatus.WAITING), what="the question")
        other = hand_in(home, tmp_path / "other", turn("The other is done."))
        done = until(lambda: only_job(home, JobStatus.SUCCEEDED), what="the other mission")
        worker.kill()
    assert (paused.id, paused.lease, done.id) == (asking, None, other)
    session_id = str(paused.input["session_id"])
    with taskforce(home, "worker", **ONE):
        wait_id = said(home, "sessions", "show", session_id, "--json").json["waiting"]["wait_id"]
        words = ("sessions", "respond", session_id, wait_id, "--answer", "green")
        assert said(home, *words, "--background", "--json").code == 0
        until(lambda: all(job.status is JobStatus.SUCCEEDED for job in jobs_of(home)), what="the end")
    lines = lines_of(home, paused.id)
    assert [kind for _, kind, *_ in lines] == [
        *("started", "token_usage", "thought", "tool_call", "ask_user", "answered"),
        *("tool_result", "token_usage", "final_answer", "complete"),
    ]
    assert [number for number, *_ in lines] == list(range(1, len(lines) + 1))
    assert (
        next(event for event in log_of(home, paused.id) if event.event.type == "tool_result").event.message
        == "green"
    )


def test_an_answer_is_taken_once_and_a_second_one_is_refused_across_processes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    model = f"script:{script_in(tmp_path, turn('I ask.', ASK), turn('Done.'))}"
    paused = said(home, "run", "mission", "Paint", "--model", model, "--json").json
    words = ("sessions", "respond", paused["session_id"], paused["waiting"]["wait_id"], "--json", "--answer")
    first = said(home, *words, "red")
    second = said(home, *words, "green")
    assert (first.code, first.json["status"]) == (0, "completed")
    assert second.code == 5
