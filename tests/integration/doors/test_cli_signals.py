"""Ctrl-C and SIGTERM: a mission is cancelled, given back or left, and never lost."""

import contextlib
import json
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.integration.doors.cli_process import Cli, call, say
from tests.integration.processes import until


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    folder = tmp_path / "work"
    folder.mkdir()
    return Cli(folder=folder)


@pytest.fixture
def slow(cli: Cli) -> str:
    return cli.script(call("shell", command="echo begun > begun; sleep 30"), say("Slept."))


def begun(cli: Cli) -> None:
    until((cli.folder / "begun").exists, what="the first word of the mission")


def status(cli: Cli) -> str:
    return str(cli("jobs", "list", "--json").json["items"][0]["status"])


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


def test_ctrl_c_cancels_cleanly_and_tells_how_to_resume(cli: Cli, slow: str) -> None:
    process = cli.start("run", "mission", "sleep", "--model", slow)
    begun(cli)
    process.send_signal(signal.SIGINT)
    code, out, err = ended(process)
    session = cli("sessions", "list", "--json").json[0]["session_id"]
    assert (code, out, status(cli)) == (130, "", "cancelled")
    assert "Cancelling. Ctrl-C again ends at once." in err
    assert f"taskforce sessions resume {session}" in err
    assert "Traceback" not in err


def test_ctrl_c_with_json_still_prints_what_it_came_to(cli: Cli, slow: str) -> None:
    process = cli.start("run", "mission", "sleep", "--json", "--model", slow)
    begun(cli)
    process.send_signal(signal.SIGINT)
    code, out, _ = ended(process)
    mission = json.loads(out)
    assert (code, mission["status"], mission["error"]["code"]) == (130, "failed", "cancelled")


def test_the_second_ctrl_c_ends_at_once(cli: Cli) -> None:
    stubborn = cli.script(call("shell", command="trap '' TERM INT; echo begun > begun; sleep 30"), say("x"))
    process = cli.start("run", "mission", "sleep", "--model", stubborn)
    begun(cli)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    at = time.monotonic()
    process.send_signal(signal.SIGINT)
    code, _, err = ended(process)
    assert code in {130, -signal.SIGINT}, (
        "a shell says 130 of both: the second is of an interpreter that was leaving"
    )
    assert time.monotonic() - at < 5
    assert "Traceback" not in err


def test_sigterm_gives_the_job_back_and_a_worker_goes_on_with_it(cli: Cli) -> None:
    model = cli.script(
        call("shell", command="test -e begun || { echo begun > begun; sleep 30; }"), say("Done.")
    )
    process = cli.start("run", "mission", "sleep", "--model", model)
    begun(cli)
    process.send_signal(signal.SIGTERM)
    code, out, err = ended(process)
    assert (code, out, status(cli)) == (143, "", "queued")
    assert "taskforce worker --until-idle" in err
    worked = cli("worker", "--until-idle")
    assert (worked.code, status(cli)) == (0, "succeeded")


def test_a_killed_command_leaves_a_job_that_the_next_one_tells_of(cli: Cli) -> None:
    model = cli.script(
        call("shell", command="test -e begun || { echo begun > begun; sleep 30; }"), say("Done.")
    )
    process = cli.start("run", "mission", "sleep", "--model", model)
    begun(cli)
    process.kill()
    ended(process)
    next_one = cli("run", "mission", "list the files")
    assert "1 interrupted job waits: taskforce worker --until-idle" in next_one.err
    assert cli("worker", "--until-idle").code == 0
    assert {job["status"] for job in cli("jobs", "list", "--json").json["items"]} == {"succeeded"}


def test_a_worker_drains_on_sigterm(cli: Cli, slow: str) -> None:
    cli("run", "mission", "sleep", "--background", "--model", slow)
    worker = cli.start("worker")
    begun(cli)
    worker.send_signal(signal.SIGTERM)
    code, out, err = ended(worker)
    assert (code, status(cli)) == (0, "queued")
    assert "playing" in out
    assert "given back" in err


def test_who_stops_watching_does_not_stop_the_job(cli: Cli, slow: str) -> None:
    playing = cli.start("run", "mission", "sleep", "--model", slow)
    begun(cli)
    job = cli("jobs", "list", "--json").json["items"][0]["id"]
    watching = cli.start("jobs", "watch", job)
    assert watching.stdout is not None
    assert watching.stdout.readline().startswith("model")
    watching.send_signal(signal.SIGINT)
    code, _, err = ended(watching)
    assert (code, status(cli)) == (130, "running")
    assert f"The job goes on. Watch it again: taskforce jobs watch {job}" in err
    assert cli("jobs", "cancel", job).code == 0
    assert ended(playing)[0] == 1


def test_who_watches_a_job_that_pauses_is_told_how_to_answer(cli: Cli) -> None:
    model = cli.script(call("ask_user", question="Which?"), say("Thanks."))
    paused = cli("run", "mission", "ask", "--json", "--model", model).json
    watching = cli.start("jobs", "watch", paused["job_id"])
    assert watching.stderr is not None
    line = watching.stderr.readline()
    answer = f"sessions respond {paused['session_id']} {paused['waiting']['wait_id']} --answer"
    assert line.startswith(f"Answer it: taskforce {answer}")
    assert cli(*answer.split(), "red").out == "Thanks.\n"
    code, out, _ = ended(watching)
    assert (code, out.splitlines()[-2]) == (0, "Thanks.")


def test_serve_ends_quietly_on_sigterm(cli: Cli) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = cli.start("serve", "--port", str(port))
    assert serving.stderr is not None
    assert f"http://127.0.0.1:{port}" in serving.stderr.readline()
    for _ in range(200):
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer,
        ):
            assert json.load(answer)["status"] == "healthy"
            break
        time.sleep(0.05)
    serving.send_signal(signal.SIGTERM)
    code, out, err = ended(serving)
    assert (code, out, err) == (0, "", "")
