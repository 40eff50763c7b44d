"""A process killed while its mission follows a plan: the next one goes on with the item that was due."""

from pathlib import Path

import pytest

from taskforce.core.jobs.model import JobStatus
from tests.integration.durability.twelve_steps import Part, script_in, turn, written_down
from tests.integration.processes import said, script
from tests.integration.records import job_of, lines_of

pytestmark = pytest.mark.durability

SIGNALLED = Path(__file__).with_name("signalled_driver.py")
ITEMS = [
    {"position": 1, "description": "write the second", "dependencies": [2]},
    {"position": 2, "description": "write the first"},
]
PLANNER: Part = {"tool": "planner", "arguments": {"items": ITEMS}}
PLACES = {
    "step.done:turn/2/model": 0,
    "step.done:turn/2/call/1/run": 1,
    "step.done.recorded:turn/3/model": 1,
    "step.done.recorded:turn/6/model": 2,
}
"""Where the process is killed, and how many calls were made in the world by then."""


def said_on_the_way(text: str) -> Part:
    return {**turn(text), "goes_on": True}


@pytest.mark.parametrize("place", PLACES)
def test_a_plan_is_followed_to_its_end_and_nothing_recorded_is_done_again(tmp_path: Path, place: str) -> None:
    home, ledger = tmp_path / "home", tmp_path / "ledger"
    (home / "profiles").mkdir(parents=True)
    (home / "profiles" / "plans.yaml").write_text("extends: dev\nstrategy: plan_and_execute\n")
    file = script_in(
        tmp_path,
        turn("I plan.", PLANNER),
        turn("First.", written_down(ledger, "first")),
        said_on_the_way("The first is written."),
        turn("Second.", written_down(ledger, "second")),
        said_on_the_way("The second is written."),
        turn("Both are written."),
    )
    words = ("run", "mission", "Go", "--model", f"script:{file}", "--workspace", str(tmp_path), "--json")
    with script(
        SIGNALLED, home, "SIGKILL", place, *words, "--profile", "plans", workspace_roots=tmp_path
    ) as process:
        assert process.wait().code == -9
    assert len(ledger.read_text().split() if ledger.exists() else []) == PLACES[place]
    assert said(home, "worker", "--until-idle", workspace_roots=tmp_path).code == 0
    job = job_of(home)
    assert job.status is JobStatus.SUCCEEDED
    again = ["first"] if place == "step.done:turn/2/call/1/run" else []
    assert ledger.read_text().split() == [*again, "first", "second"]
    log = lines_of(home, job.id, tmp_path)
    assert [number for number, *_ in log] == list(range(1, len(log) + 1))
    plans = [message for _, kind, message, _ in log if kind == "plan_updated"]
    assert plans == [
        f"1. [{one}] write the second\n2. [{other}] write the first"
        for one, other in (
            ("pending", "pending"),
            ("pending", "in_progress"),
            ("in_progress", "completed"),
            ("completed", "completed"),
        )
    ]
    assert [message for _, kind, message, _ in log if kind == "final_answer"] == ["Both are written."]
