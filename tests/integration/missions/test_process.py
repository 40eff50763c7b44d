import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import asdict
from pathlib import Path

import pytest
import uvloop

from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.process import Command, Ended, run
from taskforce.infrastructure.processes import launcher
from taskforce.infrastructure.processes.output import Output
from taskforce.infrastructure.processes.process import ProcessLimits


async def sh(
    line: str, workspace: Path, *, seconds: float = 20, limits: ProcessLimits | None = None
) -> Ended:
    return await run(
        Command(
            argv=("/bin/sh", "-c", line),
            workspace=workspace,
            seconds=seconds,
            limits=limits or ProcessLimits(),
        )
    )


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def pids(workspace: Path) -> list[int]:
    try:
        return [int(pid) for pid in (workspace / "pids").read_text().split()]
    except FileNotFoundError:
        return []


async def are_gone(left: list[int]) -> bool:
    """Tell whether they end soon: what is killed is not gone at once."""
    for _ in range(400):
        if not any(map(alive, left)):
            return True
        await asyncio.sleep(0.01)
    return False


async def until_there_are(count: int, workspace: Path) -> list[int]:
    for _ in range(500):
        if len(pids(workspace)) == count:
            break
        await asyncio.sleep(0.01)
    assert len(pids(workspace)) == count
    return pids(workspace)


LAUNCHER = str(Path(launcher.__file__))
RUNS = "setsid sleep 300 & echo $! >> pids; sleep 0.5; touch done"
RUNAWAYS = (
    "sleep 300 & echo $! >> pids; setsid sleep 300 & echo $! >> pids; "
    "(setsid sh -c 'trap \"\" TERM; echo $$ >> pids; sleep 300; sleep 300' &); "
)


async def test_output_and_exit_code_are_told(tmp_path: Path) -> None:
    ended = await sh("echo out; echo err >&2; exit 3", tmp_path)
    assert (ended.stdout.text(), ended.stderr.text(), ended.verdict.exit_code) == ("out\n", "err\n", 3)


async def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    ended = await run(Command(argv=("no-such-program",), workspace=tmp_path, seconds=5))
    assert ended.verdict.exit_code == 127
    assert "cannot be started" in ended.stderr.text()


async def test_a_program_ended_by_a_signal_is_told(tmp_path: Path) -> None:
    assert (await sh("kill -SEGV $$", tmp_path)).verdict.signal == signal.SIGSEGV


async def test_a_gigabyte_of_output_is_counted_and_its_ends_are_kept(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ended = await sh("echo begin; head -c 1000000000 /dev/zero; echo end", tmp_path)
    assert ended.stdout.total == 1_000_000_010
    assert ended.stdout.truncated
    assert ended.stdout.text().startswith("begin\n")
    assert ended.stdout.text().endswith("end\n")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


async def test_a_program_that_sleeps_for_ever_is_stopped(tmp_path: Path) -> None:
    begun = time.monotonic()
    ended = await sh("echo before; sleep 300", tmp_path, seconds=0.5)
    assert ended.timed_out
    assert ended.stdout.text() == "before\n"
    assert time.monotonic() - begun < 2


async def test_a_program_that_will_not_end_is_killed(tmp_path: Path) -> None:
    begun = time.monotonic()
    ended = await sh("trap '' TERM; while :; do sleep 0.1; done", tmp_path, seconds=0.3)
    assert ended.timed_out
    assert ended.verdict.signal == signal.SIGKILL
    assert time.monotonic() - begun < 4


async def test_what_a_program_leaves_running_ends_with_it(tmp_path: Path) -> None:
    ended = await sh(f"{RUNAWAYS} while [ $(wc -l < pids) -lt 3 ]; do :; done; echo done", tmp_path)
    assert ended.stdout.text() == "done\n"
    assert not any(map(alive, pids(tmp_path)))


async def test_cancelling_kills_all_that_was_forked(tmp_path: Path) -> None:
    running = asyncio.ensure_future(sh(f"{RUNAWAYS} wait", tmp_path))
    left = await until_there_are(3, tmp_path)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not any(map(alive, left))


async def test_a_program_that_kills_its_launcher_ends_all_the_same(tmp_path: Path) -> None:
    ended = await sh("sleep 300 & echo $! >> pids; kill -9 $PPID; sleep 300", tmp_path)
    assert ended.verdict.reason == "stopped"
    assert await are_gone(await until_there_are(1, tmp_path))


async def test_cancelling_at_once_leaves_nothing(tmp_path: Path) -> None:
    for delay in (0, 0.001, 0.01, 0.03):
        running = asyncio.ensure_future(sh("echo $$ >> pids; sleep 300", tmp_path))
        await asyncio.sleep(delay)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert not any(map(alive, pids(tmp_path)))


async def test_all_dies_when_taskforce_is_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path\n"
        "from taskforce.infrastructure.missions.process import Command, run\n"
        "argv = ('/bin/sh', '-c', sys.argv[2])\n"
        "asyncio.run(run(Command(argv=argv, workspace=Path(sys.argv[1]), seconds=60)))\n"
    )
    ours = subprocess.Popen([sys.executable, "-c", script, str(tmp_path), f"{RUNAWAYS} wait"])  # noqa: ASYNC220
    try:
        left = await until_there_are(3, tmp_path)
    finally:
        ours.kill()
        ours.wait()
    assert await are_gone(left)


def test_a_launcher_that_nobody_listens_to_sees_its_program_to_the_end(tmp_path: Path) -> None:
    unread, facts = os.pipe()
    os.close(unread)
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    limits = {"cpu_seconds": 20, **asdict(ProcessLimits())}
    order = {"parent": os.getpid(), "facts": facts, "folder": folder, "becomes_user": True}
    try:
        ended = subprocess.run(
            [
                sys.executable,
                "-I",
                "-S",
                LAUNCHER,
                launcher.spelled({**order, **limits}),
                "/bin/sh",
                "-c",
                RUNS,
            ],
            pass_fds=(facts, folder),
            timeout=20,
            check=False,
        )
    finally:
        os.close(facts)
        os.close(folder)
    assert ended.returncode == 0
    assert (tmp_path / "done").exists()
    assert not any(map(alive, pids(tmp_path)))


async def test_a_program_that_forks_without_end_is_stopped(tmp_path: Path) -> None:
    line = "i=0; while [ $i -lt 400 ]; do sleep 300 & echo $! >> pids; i=$((i+1)); done; wait"
    ended = await sh(line, tmp_path, limits=ProcessLimits(processes=30))
    assert ended.verdict.reason == "processes" or "fork" in ended.stderr.text().lower()
    assert not any(map(alive, pids(tmp_path)))


@pytest.mark.parametrize(
    ("line", "limits"),
    [
        ("head -c 2000000 /dev/zero > large", ProcessLimits(file_size=1_000_000)),
        (f"{sys.executable} -I -c 'bytearray(10**9)'", ProcessLimits(memory=500_000_000)),
        (
            f"{sys.executable} -I -c 'kept = [open(\"/dev/null\") for _ in range(100)]'",
            ProcessLimits(open_files=50),
        ),
    ],
    ids=["file size", "memory", "open files"],
)
async def test_a_limit_holds(tmp_path: Path, line: str, limits: ProcessLimits) -> None:
    ended = await sh(line, tmp_path, limits=limits)
    assert ended.verdict.exit_code != 0


async def test_nothing_of_our_environment_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    ended = await sh("env; ls /proc/self/fd", tmp_path)
    assert "secret" not in ended.stdout.text()
    assert f"HOME={tmp_path}\n" in ended.stdout.text()
    assert ended.stdout.text().endswith("\n0\n1\n2\n3\n")  # 3 is ls reading the folder


async def test_input_larger_than_a_pipe_is_fed(tmp_path: Path) -> None:
    async def much() -> AsyncGenerator[bytes, None]:
        for _ in range(50):
            yield bytes(1_000_000)

    ended = await run(Command(argv=("wc", "-c"), workspace=tmp_path, seconds=20, stdin=much()))
    assert ended.stdout.text().strip() == "50000000"
    unread = await run(Command(argv=("true",), workspace=tmp_path, seconds=20, stdin=much()))
    assert unread.verdict.exit_code == 0


async def test_it_works_in_the_loop_of_another_thread(tmp_path: Path) -> None:
    ended = await asyncio.to_thread(lambda: asyncio.run(sh("echo there", tmp_path)))
    assert ended.stdout.text() == "there\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_root_becomes_the_owner_of_the_workspace(tmp_path: Path) -> None:
    os.chown(tmp_path, 65_534, 65_534)
    ended = await sh("id -u; id -G; echo x > made", tmp_path)
    assert ended.stdout.text() == "65534\n65534\n"
    assert (tmp_path / "made").stat().st_uid == 65_534


async def test_a_program_may_delete_its_folder_and_the_next_finds_an_empty_one(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "file").touch()
    assert (await sh('rm -rf "$HOME"', workspace)).verdict.exit_code == 0
    assert (await sh("ls -A | wc -l", workspace)).stdout.text().strip() == "0"


async def test_a_command_with_nul_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="NUL"):
        await sh("echo \0", tmp_path)


def test_output_keeps_as_much_as_it_should_however_it_comes() -> None:
    whole = bytes(range(65, 91)) * 10
    for size in (1, 3, 7, 50, 260):
        output = Output(20)
        for start in range(0, len(whole), size):
            output.take(whole[start : start + size])
        assert output.text() == f"{whole[:20].decode()}\n[… 220 bytes left out …]\n{whole[-20:].decode()}"
    exact = Output(20)
    exact.take(whole[:40])
    assert exact.text() == whole[:40].decode()


def test_programs_run_on_the_loop_of_a_server_as_on_any_other(tmp_path: Path) -> None:
    """`serve` plays on uvloop, whose transports are asyncio's by what they do and not by their classes."""

    async def told() -> AsyncGenerator[bytes, None]:
        yield b"from outside\n"

    async def play() -> tuple[Ended, Ended, Ended]:
        fed = Command(argv=("/bin/cat",), workspace=tmp_path, seconds=20, stdin=told())
        late = await sh("sleep 60 & echo $! > pids; sleep 60", tmp_path, seconds=0.5)
        return await sh("echo out; echo err >&2; exit 3", tmp_path), await run(fed), late

    plain, fed, late = uvloop.run(play())
    assert (plain.stdout.text(), plain.stderr.text(), plain.verdict.exit_code) == ("out\n", "err\n", 3)
    assert fed.stdout.text() == "from outside\n"
    assert late.timed_out
    assert not any(map(alive, pids(tmp_path)))
