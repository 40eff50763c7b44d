"""A job that nobody plays is shown as such, and who watches it is told what to do."""

import re
import signal
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from tests.integration.doors.cli_process import Cli, call, say
from tests.integration.processes import taskforce

PATIENCE = 30.0


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    folder = tmp_path / "work"
    folder.mkdir()
    return Cli(folder=folder)


@pytest.fixture
def lost(cli: Cli) -> str:
    """A job whose worker was killed in the middle of it."""
    command = "test -e begun || { echo begun > begun; sleep 30; }"
    process = cli.start(
        "run", "mission", "sleep", "--model", cli.script(call("shell", command=command), say("Done."))
    )
    soon((cli.folder / "begun").exists)
    process.kill()
    process.communicate()
    return str(cli("jobs", "list", "--json").json["items"][0]["id"])


def soon(found: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def told(process: Popen[str], words: str) -> str:
    """Return the first line on stderr that holds these words."""
    assert process.stderr is not None
    return next(line for line in process.stderr if words in line)


def test_a_job_of_a_killed_worker_is_listed_and_shown_as_lost(cli: Cli, lost: str) -> None:
    listed, shown = cli("jobs", "list"), cli("jobs", "show", lost)

    assert re.search(rf"{lost}\tmission\trunning\t.*\tlost its worker, waits for another", listed.out)
    assert re.search(r"^worker\s+lost its worker, waits for another$", shown.out, re.MULTILINE)


def test_the_words_of_the_api_stay_for_a_lost_job(cli: Cli, lost: str) -> None:
    job = cli("jobs", "show", lost, "--json").json

    assert job["status"] == "running"
    assert "is_unattended" not in job


def test_who_watches_a_lost_job_is_told_how_it_goes_on(cli: Cli, lost: str) -> None:
    watching = cli.start("jobs", "watch", lost)

    assert told(watching, "No worker") == "No worker holds this job. Play it: taskforce worker --until-idle\n"
    assert cli("worker", "--until-idle").code == 0
    assert watching.wait(PATIENCE) == 0
    watching.communicate()
    assert "lost its worker" not in cli("jobs", "list").out


def test_a_job_that_is_played_is_not_called_lost(cli: Cli) -> None:
    model = cli.script(call("shell", command="echo begun > begun; sleep 30"), say("Slept."))
    playing = cli.start("run", "mission", "sleep", "--model", model)
    soon((cli.folder / "begun").exists)

    listed = cli("jobs", "list").out
    playing.send_signal(signal.SIGTERM)
    playing.communicate()

    assert "running" in listed
    assert "lost its worker" not in listed


def test_serve_tells_the_port_that_the_system_chose(tmp_path: Path) -> None:
    with taskforce(tmp_path, "serve", "--port", "0") as server:
        soon(lambda: "Serving" in server.err)
        port = re.findall(r"Serving http://127\.0\.0\.1:(\d+) ", server.err)[0]

        assert int(port) > 0
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            assert answer.status == 200


def test_serve_says_so_where_somebody_else_listens(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        served = cli("serve", "--port", str(port))

    assert (served.code, served.out) == (2, "")
    assert served.err == (
        f"taskforce: The API cannot listen on 127.0.0.1, port {port}: Address already in use. Name another.\n"
    )
