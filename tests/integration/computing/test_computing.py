"""Work in processes of our own: what comes back, what it costs when it breaks, and that nothing stays."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from taskforce.infrastructure.processes.computing import Computing, ComputingBroke, ComputingLost
from tests.integration.computing import works
from tests.integration.processes import content_of, is_alive, script, until

ROOT = Path(__file__).resolve().parents[3]
ASKER = Path(__file__).with_name("asker.py")
T = TypeVar("T")


@pytest.fixture
def computing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Computing]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the children import this folder's works
    computing = Computing(processes=2)
    yield computing
    computing.close()


async def all_of(computing: Computing, work: Callable[[], Iterator[T]]) -> list[T]:
    async with computing.run(work) as answers:
        return [answer async for answer in answers]


async def test_what_work_yields_comes_back_in_order(computing: Computing) -> None:
    async with computing.run(works.count, 1000) as answers:
        assert [answer async for answer in answers] == list(range(1000))


async def test_answers_may_be_larger_than_a_pipe_takes(computing: Computing) -> None:
    async with computing.run(works.big, size=3_000_000) as answers:
        assert [len(answer) async for answer in answers] == [3_000_000, 3_000_000]


async def test_one_process_does_one_work_after_the_other(computing: Computing) -> None:
    assert await all_of(computing, works.who) == await all_of(computing, works.who)


async def test_as_many_work_side_by_side_as_there_are_places(computing: Computing) -> None:
    async with computing.run(works.count, 1), computing.run(works.count, 1):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(all_of(computing, works.who), timeout=0.2)
    assert await all_of(computing, works.who)


async def test_what_work_prints_is_no_answer(computing: Computing) -> None:
    assert await all_of(computing, works.chatty) == ["answer"]


async def test_work_that_raises_says_where_and_the_process_goes_on(computing: Computing) -> None:
    before = await all_of(computing, works.who)
    with pytest.raises(ComputingBroke, match="the gears are stuck"):
        await all_of(computing, works.broken)
    assert await all_of(computing, works.who) == before


async def test_work_that_cannot_be_imported_is_told(
    computing: Computing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH")
    with pytest.raises(ComputingBroke, match="No module named 'tests'"):
        await all_of(computing, works.who)


async def test_a_process_that_dies_is_told_and_replaced(computing: Computing) -> None:
    with pytest.raises(ComputingLost, match="-9"):
        await all_of(computing, works.dies)
    assert await all_of(computing, works.who)


async def test_a_process_that_died_without_work_is_replaced(computing: Computing) -> None:
    (before,) = await all_of(computing, works.who)
    os.kill(before, signal.SIGKILL)
    until(lambda: is_over(before))
    (after,) = await all_of(computing, works.who)
    assert after != before


async def test_who_leaves_ends_the_work(computing: Computing, tmp_path: Path) -> None:
    started = tmp_path / "started"

    async def wait(answers: AsyncIterator[int]) -> None:
        async for _ in answers:
            pass

    async with computing.run(works.busy, started) as answers:
        waiting = asyncio.create_task(wait(answers))
        pid = await asyncio.to_thread(until, partial(pid_in, started))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert not is_alive(pid)


async def test_closing_ends_processes_without_work(computing: Computing) -> None:
    (pid,) = await all_of(computing, works.who)
    computing.close()
    assert not is_alive(pid)


def test_work_ends_with_whoever_asked_for_it(tmp_path: Path) -> None:
    started = tmp_path / "started"
    with script(ASKER, tmp_path / "home", str(started)) as asker:
        pid = until(partial(pid_in, started))
        asker.kill()
        until(lambda: not is_alive(pid))


def is_over(pid: int) -> bool:
    """Tell whether all threads of a process are gone: before that nobody is told that it has ended."""
    return not is_alive(pid) and len(list(Path(f"/proc/{pid}/task").glob("*"))) <= 1


def pid_in(file: Path) -> int | None:
    """Return the process that wrote its id, once it has."""
    content = content_of(file)
    return int(content) if content else None
