"""Readiness over the wire: quick whatever the store does, and 503 with when to ask again when it is not."""

import sqlite3
import time
from pathlib import Path

import pytest

from tests.integration.doors.api_client import api
from tests.integration.doors.cli_process import Cli, call, say
from tests.integration.processes import until

READY = "/health/ready"


def test_a_store_that_somebody_holds_is_not_ready_and_does_not_hold_up_the_answer(
    tmp_path: Path,
) -> None:
    with api(tmp_path) as client:
        assert client.get(READY).status_code == 200
        other = sqlite3.connect(tmp_path / "taskforce.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(1.1)  # what was seen a second ago is not told again
        begun = time.monotonic()
        answer = client.get(READY)
        took = time.monotonic() - begun
        other.close()
        failed = [one["name"] for one in answer.json()["error"]["details"]["checks"] if one["status"] != "ok"]
    assert (answer.status_code, failed) == (503, ["store"])
    assert took < 5


def test_a_full_disk_is_no_place_for_new_work(tmp_path: Path) -> None:
    with api(tmp_path, disk_free_mb=10**9) as client:
        client.get("/api/v1/jobs")  # opens the store, which may take longer than a check has
        answer = client.get(READY)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    checks = {one["name"]: one["status"] for one in answer.json()["error"]["details"]["checks"]}
    assert checks == {
        "store": "ok",
        "migrations": "ok",
        "queue": "ok",
        "artifacts": "ok",
        "disk": "failed",
    }


@pytest.mark.durability
@pytest.mark.parametrize(("drain", "step"), [("20", "done"), ("0.2", "cut")])
def test_a_worker_that_is_told_to_stop_finishes_its_step_or_gives_it_back(
    tmp_path: Path, drain: str, step: str
) -> None:
    cli = Cli(folder=tmp_path)
    work = "echo x >> begun; sleep 2; echo x >> ended" if step == "done" else "echo x >> begun; sleep 60"
    again = cli.script(call("shell", command=f"test -e ended || {{ {work}; }}"), say("Done."))
    assert cli("run", "mission", "work", "--background", "--model", again).code == 0
    (tmp_path / "taskforce.toml").write_text(f"drain = {drain}\n")
    worker = cli.start("worker")
    until((tmp_path / "begun").exists, what="the step")
    begun = time.monotonic()
    worker.terminate()
    _, err = worker.communicate(timeout=30)
    assert (worker.returncode, time.monotonic() - begun < 10) == (0, True), err
    assert "Stopping" in err
    (job,) = cli("jobs", "list", "--json").json["items"]
    assert job["status"] == "queued"
    assert (tmp_path / "ended").exists() == (step == "done")
    (tmp_path / "ended").touch()
    assert cli("worker", "--until-idle").code == 0
    assert cli("jobs", "show", job["id"], "--json").json["status"] == "succeeded"
    steps = (tmp_path / "begun").read_text().splitlines()
    assert len(steps) == 1  # what was finished is recorded, and not done again
