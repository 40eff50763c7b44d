"""The programs of steps: what they see, what is kept of what they say, and that nothing of them stays."""

import asyncio
import resource
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from taskforce.core.pipelines.masking import Mask
from taskforce.core.pipelines.ports import OpenTree, StepCommand, StepEnded
from taskforce.infrastructure.pipelines.step_log import StepLog
from taskforce.infrastructure.pipelines.steps import ProcessStepRunner
from tests.integration.processes import is_alive

SECRET = "correct horse battery"


@pytest.fixture
def tree(tmp_path: Path) -> OpenTree:
    (tmp_path / "tree" / "app").mkdir(parents=True)
    (tmp_path / "scratch").mkdir()
    return OpenTree(tree=tmp_path / "tree", scratch=tmp_path / "scratch", commit_sha="a" * 40)


def a_command(tree: OpenTree, text: str, *, seconds: float = 30, **secrets: str) -> StepCommand:
    return StepCommand(
        argv=("sh", "-eu", "-c", text),
        tree=tree,
        folder="app",
        log=tree.scratch / "logs" / "build" / "app" / "compile.log",
        env={"COLOUR": "blue"},
        secrets=secrets,
        timeout=timedelta(seconds=seconds),
    )


async def ran(command: StepCommand) -> tuple[StepEnded, str, str]:
    """Run it; return how it ended, its log, and what was shown live."""
    shown: list[str] = []
    ended = await ProcessStepRunner().run(command, on_output=shown.append)
    return ended, "" if ended.is_silent else command.log.read_text(), "".join(shown)


async def numbers(tree: OpenTree, count: int) -> list[int]:
    """Wait until the program has written so many process ids; return them."""
    for _ in range(1_000):
        if (tree.tree / "app" / "pids").exists():
            found = [int(pid) for pid in (tree.tree / "app" / "pids").read_text().split()]
            if len(found) == count:
                return found
        await asyncio.sleep(0.01)
    raise AssertionError("the program did not begin")


async def test_its_output_goes_to_the_log_and_to_watchers_in_order(tree: OpenTree) -> None:
    ended, log, shown = await ran(a_command(tree, "echo one; echo two >&2; echo three; exit 3"))
    assert ended == StepEnded(exit_code=3, error="It ended with exit code 3.")
    assert log == shown == "one\ntwo\nthree\n"


async def test_its_environment_is_clean_but_for_what_is_declared(
    tree: OpenTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "not its business")
    _, log, _ = await ran(a_command(tree, "env | cut -d= -f1 | sort; pwd", TOKEN=SECRET))
    *names, folder = log.split()
    assert folder == str(tree.tree / "app")
    assert set(names) - {"PWD", "OLDPWD", "SHLVL", "_"} == {
        *("CI", "COLOUR", "HOME", "LANG", "PATH", "PYTHONDONTWRITEBYTECODE", "TERM", "TMPDIR", "TOKEN")
    }


async def test_a_step_that_fails_in_the_middle_of_a_text_stops_there(tree: OpenTree) -> None:
    ended, log, _ = await ran(a_command(tree, "echo before\nfalse\necho after"))
    assert (ended.exit_code, log) == (1, "before\n")


async def test_a_program_that_is_not_there_is_told(tree: OpenTree) -> None:
    ended, log, _ = await ran(replace(a_command(tree, ""), argv=("no-such-program",)))
    assert ended.exit_code == 127
    assert "no-such-program cannot be started" in log


async def test_tries_of_a_step_share_its_log(tree: OpenTree) -> None:
    await ran(a_command(tree, "echo first"))
    _, log, shown = await ran(a_command(tree, "echo second"))
    assert (log, shown) == ("first\nsecond\n", "second\n")


async def test_a_secret_is_masked_however_it_is_printed(tree: OpenTree) -> None:
    halves = "printf 'correct horse'; sleep 0.3; printf ' battery|'"
    whole = 'echo "$TOKEN"; printf %s "$TOKEN" | base64'
    _, log, shown = await ran(a_command(tree, f"{halves}; {whole}", TOKEN=SECRET))
    assert log == shown
    assert log.startswith("***|***\n")
    assert "horse" not in log
    assert "Y29ycmVjdCBob3JzZ" not in log


async def test_a_secret_is_masked_in_the_error_too(tree: OpenTree) -> None:
    command = replace(a_command(tree, "", TOKEN=SECRET), argv=(f"/{SECRET}\0",))
    ended = await ProcessStepRunner().run(command, on_output=lambda _: None)
    assert ended.exit_code is None
    assert SECRET not in ended.error
    assert "***" in ended.error


async def test_200_megabytes_of_output_are_kept_and_do_not_grow_the_process(tree: OpenTree) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    shown = 0

    def count(text: str) -> None:
        nonlocal shown
        shown += len(text)

    command = a_command(tree, "head -c 200000000 /dev/zero; echo end", seconds=100, TOKEN=SECRET)
    ended = await ProcessStepRunner().run(command, on_output=count)
    assert ended == StepEnded(exit_code=0, error="")
    assert command.log.stat().st_size == shown == 200_000_004
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    command.log.unlink()


async def test_a_log_that_would_fill_the_disk_is_cut_and_says_so(tmp_path: Path) -> None:
    log = StepLog(tmp_path / "log", mask=Mask({}), on_output=lambda _: None, most=10)
    for _ in range(3):
        log.take(1, b"12345678")
    log.close()
    assert (tmp_path / "log").read_text() == "1234567812\n[the log is cut here]\n"
    assert "cut" in log.problem


async def test_a_step_is_stopped_when_its_time_is_over(tree: OpenTree) -> None:
    begun = time.monotonic()
    ended, log, _ = await ran(a_command(tree, "echo begun; sleep 300", seconds=0.5))
    assert (ended.exit_code, log) == (None, "begun\n")
    assert ended.error == "It took longer than the 1s that it may, and was stopped."
    assert time.monotonic() - begun < 5


async def test_a_step_ended_by_a_signal_says_which(tree: OpenTree) -> None:
    ended, _, _ = await ran(a_command(tree, "echo begun; kill -SEGV $$"))
    assert ended == StepEnded(exit_code=None, error="It was ended by SIGSEGV.")


async def test_a_step_that_prints_nothing_says_so_and_makes_no_file(tree: OpenTree) -> None:
    command = a_command(tree, "true")
    ended = await ProcessStepRunner().run(command, on_output=lambda _: None)
    assert ended == StepEnded(exit_code=0, error="", is_silent=True)
    assert not command.log.exists()


async def test_a_step_is_not_silent_whose_earlier_try_printed(tree: OpenTree) -> None:
    await ran(a_command(tree, "echo first"))
    ended, log, _ = await ran(a_command(tree, "true"))
    assert (ended.is_silent, log) == (False, "first\n")


async def test_a_cancelled_step_that_listens_may_tidy_up(tree: OpenTree) -> None:
    command = a_command(tree, "trap 'echo tidied; exit 0' TERM; echo $$ > pids; while :; do sleep 0.05; done")
    running = asyncio.ensure_future(ProcessStepRunner().run(command, on_output=lambda _: None))
    await numbers(tree, 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert command.log.read_text().endswith("tidied\n")


async def test_a_step_that_ignores_sigterm_and_forks_is_gone_11_seconds_after_a_cancel(
    tree: OpenTree,
) -> None:
    ignoring = "trap '' TERM; echo $$ >> pids; while :; do sleep 0.1; done"
    daemon = f'(setsid sh -c \'(sh -c "$0" &)\' "{ignoring.replace("$", chr(92) + "$")}" &)'
    command = a_command(tree, f"{daemon}\n{ignoring}")
    running = asyncio.ensure_future(ProcessStepRunner().run(command, on_output=lambda _: None))
    pids = await numbers(tree, 2)
    begun = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert 9 < time.monotonic() - begun < 11
    assert not any(map(is_alive, pids))


async def test_what_a_step_leaves_running_ends_with_it(tree: OpenTree) -> None:
    ended, _, _ = await ran(a_command(tree, "(setsid sh -c 'echo $$ >> pids; sleep 300' &); sleep 0.3"))
    assert ended.exit_code == 0
    assert not any(map(is_alive, await numbers(tree, 1)))


@pytest.mark.parametrize("folder", ["..", "../scratch", "/etc", "link", "nowhere"])
async def test_a_folder_outside_of_the_tree_is_refused(tree: OpenTree, folder: str) -> None:
    (tree.tree / "link").symlink_to("/etc")
    command = replace(a_command(tree, "echo here"), folder=folder)
    ended, log, _ = await ran(command)
    assert ended.exit_code is None
    assert f"could not be started in {folder}" in ended.error
    assert log == ""
