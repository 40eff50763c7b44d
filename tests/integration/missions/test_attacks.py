"""What a program may try: bounded or refused, with walls and without, and the next call works."""

import asyncio
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue

from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.sandbox import Bubblewrap
from tests.integration.missions.houses import House, a_house, a_walled_house


@pytest.fixture(params=["walled", "bare"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    return (
        a_walled_house(tmp_path)
        if request.param == "walled"
        else a_house(tmp_path, Bubblewrap((tmp_path / "home",), program=None))
    )


def running(mark: str) -> bool:
    """Tell whether a process with this word in its command line is there."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in words:
            return True
    return False


async def test_a_gigabyte_of_output_is_counted_and_cut(house: House) -> None:
    done = await house.sh("head -c 1000000000 /dev/zero")
    assert (done.details["bytes"], done.details["truncated"]) == (1_000_000_000, True)
    assert len(done.content) < 200_000
    assert await house.goes_on()


async def test_sleeping_for_ever_is_stopped(house: House) -> None:
    begun = time.monotonic()
    done = await house.sh("echo before; sleep 300", timeout=1)
    assert (done.failed, done.details["timed_out"]) == (True, True)
    assert done.content.startswith("before\n")
    assert time.monotonic() - begun < 10
    assert await house.goes_on()


async def test_refusing_to_end_is_no_use(house: House) -> None:
    begun = time.monotonic()
    done = await house.sh("trap '' TERM INT HUP; while :; do sleep 0.1; done", timeout=1)
    assert done.details["timed_out"]
    assert time.monotonic() - begun < 15
    assert await house.goes_on()


async def test_what_is_left_running_ends_too(house: House) -> None:
    mark = f"4{time.monotonic_ns() % 10**7}"
    await house.sh(f"(setsid sleep {mark} &); nohup sleep {mark} > /dev/null 2>&1 & sleep 0.2; echo done")
    assert not running(mark)


async def test_forking_without_end_is_stopped(house: House) -> None:
    mark = f"5{time.monotonic_ns() % 10**7}"
    done = await house.sh(f"i=0; while [ $i -lt 400 ]; do sleep {mark} & i=$((i+1)); done; wait", timeout=30)
    assert done.failed
    assert "too many processes" in done.content or "fork" in done.content.lower()
    assert not running(mark)
    assert await house.goes_on()


async def test_a_family_that_doubles_is_stopped(house: House) -> None:
    mark = f"6{time.monotonic_ns() % 10**7}"
    code = f"import os\nfor _ in range(7): os.fork()\nos.execvp('sleep', ['sleep', '{mark}'])"
    done = await house.python(code)
    assert done.failed
    assert not running(mark)
    assert await house.goes_on()


async def test_killing_who_watches_ends_nothing_but_itself(house: House) -> None:
    mark = f"7{time.monotonic_ns() % 10**7}"
    await house.sh(f"sleep {mark} & kill -9 $PPID; sleep 1", timeout=5)
    for _ in range(100):
        if not running(mark):
            break
        await asyncio.sleep(0.05)
    assert not running(mark)
    assert await house.goes_on()


async def test_a_folder_that_deletes_itself_is_there_again_and_empty(house: House) -> None:
    await house.sh('rm -rf "$HOME"')
    assert (await house.sh("ls -A | wc -l")).content.strip() == "0"
    assert (await house.call("file_write", path="a", content="x")).failed is False


@pytest.mark.parametrize(
    "code",
    [
        "open('large', 'wb').write(bytes(2_000_000))",
        "bytearray(10**9)",
        "kept = [open('/dev/null') for _ in range(200)]",
    ],
    ids=["file size", "memory", "open files"],
)
async def test_a_limit_holds(house: House, code: str) -> None:
    assert (await house.python(code)).failed
    assert await house.goes_on()


async def test_no_secret_is_in_the_environment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    told = await house.sh("env; cat /proc/self/environ; cat /proc/$PPID/environ; export -p")
    assert "sk-secret" not in told.content


async def test_file_tools_follow_no_link_that_a_program_laid(house: House) -> None:
    await house.sh(f"ln -s /etc/passwd a; ln -s {house.home} b")
    for path in ("a", "b/taskforce.db", "../other/secret"):
        with pytest.raises(ToolFailed, match="out of the workspace"):
            await house.call("file_read", path=path)


async def test_file_tools_find_nothing_of_the_state_within_a_workspace(house: House) -> None:
    around = replace(house, workspace=house.home.parent)
    calls: dict[str, dict[str, JsonValue]] = {
        "file_read": {},
        "file_write": {"content": "x"},
        "file_append": {"content": "x"},
        "file_edit": {"old": "secret", "new": "x"},
        "list_files": {},
        "grep": {"pattern": "secret"},
    }
    for tool, arguments in calls.items():
        with pytest.raises(ToolFailed, match="keeps its state"):
            await around.call(tool, None, path="home/workspaces/other/secret", **arguments)
    assert (await around.call("list_files")).content == "(0 files, 0 folders)"
    assert (await around.call("grep", pattern="secret")).details["matches"] == 0


async def test_git_keeps_a_repository(house: House) -> None:
    for args in (["init"], ["add", "secret"], ["commit", "-m", "x"]):
        assert not (await house.call("git", args=list(args))).failed
    assert (await house.call("git", args=["log", "--format=%s"])).content == "x"


async def test_input_and_output_pass(house: House) -> None:
    done = await house.python("import sys; print('ä'); print('b', file=sys.stderr); sys.exit(3)")
    assert done.content == "ä\n[stderr]\nb\n[exit code 3]"
    assert done.details["exit_code"] == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_root_becomes_the_owner_of_the_workspace(house: House) -> None:
    os.chown(house.workspace, 65_534, 65_534)
    assert (
        await house.sh("id -u; id -G; echo x > made; cat /proc/self/status | grep CapEff")
    ).content.split() == [*("65534", "65534", "CapEff:", "0" * 16)]
    assert (house.workspace / "made").stat().st_uid == 65_534
    assert await house.goes_on()
