"""The forker: one for many programs, started again when it dies or hangs; its launchers outlive it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from taskforce.infrastructure.processes.forker import packed
from taskforce.infrastructure.processes.launching import Forkers, Launcher
from tests.integration.processes import is_alive


@pytest.fixture
def forkers() -> Iterator[Forkers]:
    made = Forkers(patience=60)
    yield made
    made.close()


@asynccontextmanager
async def a_launcher(forkers: Forkers) -> AsyncIterator[Launcher]:
    launcher = await forkers.launcher()
    try:
        yield launcher
    finally:
        launcher.close()
        await launcher.exited.wait()


async def forker_of(forkers: Forkers) -> int:
    """Return the process id of the forker: the parent of a launcher."""
    async with a_launcher(forkers) as launcher:
        return parent_of(int(launcher.facts[0]))


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def start(launcher: Launcher, folder: Path, line: str) -> None:
    """Give a launcher its order."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        order = packed("grace=0.2", ("sh", "-c", line), {"PATH": "/usr/bin:/bin"})
        await launcher.order(order, (opened, nothing, nothing))
    finally:
        os.close(opened)
        os.close(nothing)


def has_a_line(file: Path) -> bool:
    return file.exists() and file.read_text().endswith("\n")


async def until_it_is_there(file: Path) -> None:
    for _ in range(3_000):
        if has_a_line(file):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{file.name} did not come")


async def is_gone(pid: int) -> None:
    for _ in range(3_000):
        if not is_alive(pid):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{pid} lives on")


async def test_one_forker_serves_many_programs(forkers: Forkers) -> None:
    assert len({await forker_of(forkers) for _ in range(5)}) == 1


async def test_a_forker_that_died_is_followed_by_another(forkers: Forkers) -> None:
    first = await forker_of(forkers)
    os.kill(first, signal.SIGKILL)
    assert await forker_of(forkers) != first


async def test_a_forker_that_hangs_holds_no_start_up() -> None:
    forkers = Forkers(patience=2)
    try:
        first = await forker_of(forkers)
        os.kill(first, signal.SIGSTOP)
        assert await forker_of(forkers) != first
        assert not is_alive(first)
    finally:
        forkers.close()


async def test_where_nothing_can_be_forked_it_is_said() -> None:
    forkers = Forkers(patience=0)
    try:
        with pytest.raises(OSError, match="no launcher came up"):
            await forkers.launcher()
    finally:
        forkers.close()


async def test_a_program_outlives_its_forker(forkers: Forkers, tmp_path: Path) -> None:
    forker = await forker_of(forkers)
    async with a_launcher(forkers) as launcher:
        await start(launcher, tmp_path, "echo begun > begun; while [ ! -e go ]; do sleep 0.05; done; exit 3")
        await until_it_is_there(tmp_path / "begun")
        os.kill(forker, signal.SIGKILL)
        (tmp_path / "go").touch()
        await launcher.exited.wait()
        assert launcher.facts[2] == b'{"exit_code": 3, "signal": null, "reason": ""}'


async def test_a_launcher_whose_line_is_closed_ends_what_it_started(forkers: Forkers, tmp_path: Path) -> None:
    async with a_launcher(forkers) as launcher:
        await start(launcher, tmp_path, "trap '' TERM; echo $$ > pid; sleep 300; sleep 300")
        await until_it_is_there(tmp_path / "pid")
        pid = int((tmp_path / "pid").read_text())
        launcher.close()
        await is_gone(pid)


async def test_a_launcher_without_an_order_ends_with_its_line(forkers: Forkers) -> None:
    launcher = await forkers.launcher()
    pid = int(launcher.facts[0])
    launcher.close()
    await is_gone(pid)


async def test_a_killed_launcher_takes_its_program_along(forkers: Forkers, tmp_path: Path) -> None:
    async with a_launcher(forkers) as launcher:
        await start(launcher, tmp_path, "echo $$ > pid; sleep 300")
        await until_it_is_there(tmp_path / "pid")
        os.kill(int(launcher.facts[0]), signal.SIGKILL)
        await launcher.exited.wait()
        launcher.kill()
        assert launcher.facts[2] == b""
        await is_gone(int((tmp_path / "pid").read_text()))


async def test_the_forker_ends_with_the_process_that_started_it() -> None:
    script = (
        "import asyncio, os, pathlib\n"
        "from taskforce.infrastructure.processes.launching import FORKERS\n"
        "async def main():\n"
        "    pid = int((await FORKERS.launcher()).facts[0])\n"
        "    print(pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[1], flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    killed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    await is_gone(int(killed.stdout))


@pytest.mark.parametrize(
    ("argv", "environment"),
    [(("echo", "\0"), {}), (("echo",), {"A": "\0"}), (("echo",), {"A=B": "c"}), (("echo",), {"": "c"})],
)
def test_words_that_no_program_can_have_are_refused(
    argv: tuple[str, ...], environment: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="may not"):
        packed("", argv, environment)
