"""A mission whose tools are turned against it: every call is answered, and the mission goes on to its end."""

import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.doors.cli_process import Cli, call, lines, say
from tests.integration.missions.houses import must_have_bubblewrap
from tests.integration.missions.intranet import a_page_within

ATTACKS = (
    call("shell", command="head -c 1000000000 /dev/zero"),
    call("shell", command="trap '' TERM; sleep 300", timeout=1),
    call("shell", command="i=0; while [ $i -lt 400 ]; do sleep 99 & i=$((i+1)); done; wait", timeout=5),
    call("shell", command="rm -rf $HOME/* ; ln -s /etc/passwd passwd"),
    call("file_read", path="passwd"),
    call("file_read", path="../../etc/passwd"),
    call("python", code="bytearray(10**11)"),
    call("shell", command="kill -9 $PPID; sleep 1", timeout=5),
    call("no_such_tool", command="id"),
)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0.1)
        yield server


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    folder = tmp_path / "work"
    folder.mkdir()
    return Cli(folder=folder)


def path_of(walls: str) -> str:
    """Return the PATH of a Taskforce that has bubblewrap, or of one that has not."""
    if walls == "walled":
        must_have_bubblewrap()
        return f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return str(Path(sys.executable).parent)


@pytest.mark.parametrize("walls", ["walled", "bare"])
def test_a_mission_goes_on_whatever_its_programs_try(cli: Cli, walls: str) -> None:
    script = cli.script(*ATTACKS, call("shell", command="echo well > after"), say("Still here."))
    done = cli("run", "mission", "try", "--json", "--stream", "--model", script, PATH=path_of(walls))
    events = lines(done.out)
    failed = [event["details"]["failed"] for event in events if event["event_type"] == "tool_result"]
    assert done.code == 0, done.err
    assert len(failed) == len(ATTACKS) + 1
    assert all(failed[place] for place in (1, 4, 5, 6, 8))
    assert not failed[-1]
    assert (cli.folder / "after").read_text() == "well\n"
    assert bool(events[0]["details"]["not_held"]) is (walls == "bare")


def test_the_store_of_the_mission_itself_is_out_of_reach(cli: Cli) -> None:
    must_have_bubblewrap()
    line = (
        "cat .taskforce/taskforce.db; ls -A .taskforce; rm -rf .taskforce; echo x > .taskforce/taskforce.db"
    )
    script = cli.script(call("shell", command=line), say("Tried."))
    done = cli("run", "mission", "try", "--model", script)
    assert (done.code, done.out) == (0, "Tried.\n")
    assert "SQLite format" not in done.err
    assert len(cli("sessions", "list", "--json").json) == 1


def test_what_is_not_held_is_told_where_a_mission_begins_and_by_the_doctor(cli: Cli) -> None:
    bare = path_of("bare")
    done = cli("run", "mission", "try", "--model", cli.script(say("Done.")), PATH=bare)
    assert "not held  no network; read only outside the workspace" in done.err
    checks = {check["name"]: check for check in cli("doctor", "--json", PATH=bare).json["checks"]}
    assert checks["sandbox"]["status"] == "warning"
    assert "bubblewrap is not installed" in checks["sandbox"]["detail"]
    held = {check["name"]: check for check in cli("doctor", "--json", PATH=path_of("walled")).json["checks"]}
    assert held["sandbox"]["status"] == "ok"
    assert "not held" not in cli("run", "mission", "try", "--model", cli.script(say("Done."))).err


def test_a_profile_may_open_the_network_and_may_require_the_walls(cli: Cli, listening: socket.socket) -> None:
    profiles = cli.folder / ".taskforce" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "open.yaml").write_text("extends: dev\nsandbox: {network: true}\n")
    (profiles / "strict.yaml").write_text("extends: dev\nsandbox: {required: true}\n")
    (profiles / "wrong.yaml").write_text("extends: dev\nsandbox:\n  walls: thick\n")
    port = listening.getsockname()[1]
    knock = call(
        "python", code=f"import socket; socket.create_connection(('127.0.0.1', {port}), 2); print('in')"
    )
    script = cli.script(knock, say("Tried."))
    walled = path_of("walled")
    assert "  in" in cli("run", "mission", "try", "--model", script, "--profile", "open", PATH=walled).err
    assert "  in" not in cli("run", "mission", "try", "--model", script, "--profile", "dev", PATH=walled).err
    refused = cli("run", "mission", "try", "--model", script, "--profile", "strict", PATH=path_of("bare"))
    assert "there is none: bubblewrap is not installed" in refused.err
    assert refused.out == "Tried.\n"
    wrong = cli("run", "mission", "try", "--model", script, "--profile", "wrong")
    assert (wrong.code, "unknown key sandbox.walls" in wrong.err) == (2, True)


def test_a_fetch_asks_first_and_reaches_nothing_private(cli: Cli, listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    fetches = [
        call("http_fetch", url=f"http://{host}:{port}/") for host in ("127.0.0.1", "2130706433", "localhost")
    ]
    script = cli.script(*fetches, say("Refused."))
    done = cli("run", "mission", "fetch", "--model", script, "--json")
    for _ in fetches:
        assert (done.code, done.json["status"]) == (3, "paused")
        session = cli("sessions", "show", done.json["session_id"], "--json").json
        wait = session["waiting"]["wait_id"]
        done = cli("sessions", "respond", session["session_id"], wait, "--decision", "approve", "--json")
    assert (done.code, done.json["message"]) == (0, "Refused.")
    with pytest.raises(TimeoutError):
        listening.accept()


def test_private_networks_are_reached_when_the_operator_says_so(cli: Cli) -> None:
    profiles = cli.folder / ".taskforce" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "free.yaml").write_text("extends: dev\napproval: {network: auto}\n")
    networks = "10.0.0.0/8,127.0.0.0/8"
    with a_page_within() as address:
        script = cli.script(call("http_fetch", url=address), say("Tried."))
        words = ("run", "mission", "fetch", "--model", script, "--profile", "free")
        assert "not on the public internet" in cli(*words).err
        done = cli(*words, "--json", "--stream", TASKFORCE_PRIVATE_NETWORKS=networks)
    assert "from within" in done.out
    wrong = cli(*words, TASKFORCE_PRIVATE_NETWORKS="127.0.0.1/8")
    assert (wrong.code, "TASKFORCE_PRIVATE_NETWORKS" in wrong.err) == (2, True)
