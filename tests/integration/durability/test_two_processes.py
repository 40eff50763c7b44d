"""Two processes on one home: one takes work in and watches, the others play it, each job once."""

import asyncio
import signal
import sqlite3
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from taskforce import Taskforce
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.settings import Settings
from tests.integration.durability.signalled_driver import HERE
from tests.integration.durability.twelve_steps import Part, script_in, shell, turn, written_down
from tests.integration.processes import Process, content_of, programs_in, said, script, taskforce, until
from tests.integration.records import job_of, jobs_of, lines_of

pytestmark = pytest.mark.durability

MANY = 60
SLOW = shell("if [ -e pid ]; then echo second; else echo $$ > pid; sleep 60; fi")
TWICE = shell(
    "if mkdir first 2>/dev/null; then echo first; "
    "else echo $$ > second; while [ ! -e go ]; do sleep 0.05; done; echo second; fi"
)
SIGNALLED = Path(__file__).with_name("signalled_driver.py")


def doors_only(home: Path) -> Settings:
    """Settings of a process that plays nothing itself."""
    return Settings(home=home, workers=0, workspace_roots=(home.parent,))


def submitted(home: Path, folder: Path, *turns: Part) -> Path:
    """Hand a mission in; return the folder that it works in."""
    work = folder / "work"
    work.mkdir()
    model = f"script:{script_in(folder, *turns)}"

    async def submit() -> None:
        async with Taskforce.open(doors_only(home)) as tf:
            await tf.missions.execute(mission="Go", model=model, workspace=str(work))

    asyncio.run(submit())
    return work


def over(home: Path) -> Job | None:
    job = job_of(home)
    return job if job.status.is_over else None


def results_in(home: Path) -> list[str]:
    return [
        message.strip() for _, kind, message, _ in lines_of(home, job_of(home).id) if kind == "tool_result"
    ]


def stop_where_it_is(process: Process, home: Path) -> None:
    """Stop it with the file unlocked: who stands still in the midst of a write stops all others."""
    until((home / HERE).exists, what="the place")
    with closing(sqlite3.connect(home / "taskforce.db", timeout=30, isolation_level=None)) as ours:
        ours.execute("BEGIN IMMEDIATE")
        process.send(signal.SIGSTOP)
        until(lambda: process.is_still, what="the standstill")
        (home / HERE).unlink()
        ours.execute("ROLLBACK")


def calls_in(home: Path) -> int:
    return sum(kind == "tool_call" for _, kind, *_ in lines_of(home, job_of(home).id))


def assert_the_log_is_whole(home: Path) -> None:
    lines = lines_of(home, job_of(home).id)
    assert [number for number, *_ in lines] == list(range(1, len(lines) + 1))
    assert [kind for _, kind, *_ in lines].count("complete") == 1
    assert lines[-1][1] == "complete"


async def test_a_job_of_one_process_is_played_by_another_and_watched_live(tmp_path: Path) -> None:
    home = tmp_path / "home"
    slow = {**turn("Done."), "delay": 1.0}
    model = f"script:{script_in(tmp_path, turn('First.', shell('echo 1')), slow)}"
    async with Taskforce.open(doors_only(home)) as tf:
        job = await tf.missions.execute(mission="Go", model=model)
        with taskforce(home, "worker"):
            async with asyncio.timeout(30):
                seen = [(time.monotonic(), event) async for event in tf.jobs.watch(job_id=job.id)]
        assert (await tf.jobs.get(job_id=job.id)).status is JobStatus.SUCCEEDED
    assert [event.number for _, event in seen if event.number] == list(range(1, len(seen) + 1))
    heard_result = next(at for at, event in seen if event.event_type == "tool_result")
    heard_end = seen[-1][0]
    assert heard_end - heard_result > 0.4


async def test_a_cancel_from_one_process_ends_the_tool_that_runs_in_another_within_two_seconds(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    work = await asyncio.to_thread(submitted, home, tmp_path, turn("Slow.", SLOW), turn("Done."))
    with taskforce(home, "worker", workspace_roots=tmp_path):
        await asyncio.to_thread(until, lambda: content_of(work / "pid"), what="the tool")
        assert programs_in(work)
        async with Taskforce.open(doors_only(home)) as tf:
            cancelled = time.monotonic()
            await tf.jobs.cancel(job_id=job_of(home).id)
            await asyncio.to_thread(until, lambda: not programs_in(work), what="the tool's end")
            took = time.monotonic() - cancelled
        ended = await asyncio.to_thread(until, lambda: over(home), seconds=5, what="the end")
    assert took < 2
    assert ended.status is JobStatus.CANCELLED
    assert_the_log_is_whole(home)


async def test_two_workers_that_fight_for_sixty_jobs_play_each_of_them_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with Taskforce.open(doors_only(home)) as tf:
        for number in range(MANY):
            folder = tmp_path / str(number)
            folder.mkdir()
            file = script_in(folder, turn("Note.", written_down(Path("ledger"), str(number))), turn("Done."))
            await tf.missions.execute(mission="Note", model=f"script:{file}")
    words = ("worker", "--until-idle")
    with taskforce(home, *words) as one, taskforce(home, *words) as other:
        ended = (one.wait(), other.wait())
    assert [each.code for each in ended] == [0, 0]
    noted = [word for ledger in home.glob("workspaces/*/ledger") for word in ledger.read_text().split()]
    assert Counter(noted) == Counter(map(str, range(MANY)))
    jobs = jobs_of(home)
    assert [job.status for job in jobs] == [JobStatus.SUCCEEDED] * MANY
    assert [job.losses for job in jobs] == [0] * MANY
    played = [each.out.count("playing") for each in ended]
    assert all(played), f"one of them played nothing: {played}"


def test_a_worker_that_is_asked_to_end_gives_its_job_back_without_a_loss_and_another_goes_on(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    work = submitted(home, tmp_path, turn("First.", shell("echo 1")), turn("Slow.", SLOW), turn("Done."))
    with taskforce(home, "worker", workspace_roots=tmp_path) as worker:
        until(lambda: content_of(work / "pid"), what="the tool")
        assert programs_in(work)
        worker.send(signal.SIGTERM)
        assert worker.wait(seconds=6).code == 0
    assert not programs_in(work)
    left = job_of(home)
    assert (left.status, left.lease, left.losses) == (JobStatus.QUEUED, None, 0)
    with taskforce(home, "worker", "--until-idle", workspace_roots=tmp_path) as another:
        assert another.wait().code == 0
    ended = job_of(home)
    assert (ended.status, ended.losses) == (JobStatus.SUCCEEDED, 0)
    assert results_in(home) == ["1", "second"]
    assert_the_log_is_whole(home)


@pytest.mark.parametrize("wakes", ["while the second plays", "after the end"])
def test_a_worker_that_stood_still_beyond_its_lease_writes_nothing_more(tmp_path: Path, wakes: str) -> None:
    home = tmp_path / "home"
    work = submitted(home, tmp_path, turn("First.", shell("echo 1")), turn("Slow.", TWICE), turn("Done."))
    settings = {"lease": 1, "workspace_roots": tmp_path}
    before_its_commit = ("SIGSTOP", "step.done:turn/2/call/1/run", "worker")
    with script(SIGNALLED, home, *before_its_commit, **settings) as zombie:
        stop_where_it_is(zombie, home)
        with taskforce(home, "worker", **settings):
            until(lambda: calls_in(home) == 2 and content_of(work / "second"), what="the second's tool")
            if wakes == "after the end":
                (work / "go").touch()
                until(lambda: over(home), what="the end")
            before = lines_of(home, job_of(home).id)
            zombie.send(signal.SIGCONT)
            until(lambda: '"lost"' in zombie.err or "lease_lost" in zombie.err, what="the first's word")
            assert lines_of(home, job_of(home).id) == before
            (work / "go").touch()
            ended = until(lambda: over(home), what="the end")
            zombie.send(signal.SIGTERM)
            assert zombie.wait(seconds=6).code == 0
    assert ended.status is JobStatus.SUCCEEDED
    assert results_in(home) == ["1", "second"]
    assert_the_log_is_whole(home)


def test_a_step_that_takes_longer_than_the_lease_is_not_taken_from_a_worker_that_lives(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    slow = shell("echo $$ >> starts; sleep 2.5; echo slept")
    work = submitted(home, tmp_path, turn("Slow.", slow), turn("Done."))
    settings = {"lease": 0.5, "workspace_roots": tmp_path}
    with taskforce(home, "worker", **settings), taskforce(home, "worker", **settings):
        ended = until(lambda: over(home), what="the end")
    assert (ended.status, ended.losses, results_in(home)) == (JobStatus.SUCCEEDED, 0, ["slept"])
    assert len((work / "starts").read_text().split()) == 1


def test_processes_that_open_a_new_home_at_the_same_moment_all_find_it_whole(tmp_path: Path) -> None:
    with ExitStack() as stack:
        words = ("jobs", "list", "--json")
        processes = [stack.enter_context(taskforce(tmp_path / "home", *words)) for _ in range(6)]
        ended = [process.wait() for process in processes]
    assert [(each.code, each.json["total"]) for each in ended] == [(0, 0)] * len(ended), ended


def test_of_two_answers_at_the_same_moment_one_is_taken_and_the_other_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ask = {"tool": "ask_user", "arguments": {"question": "Which?"}}
    model = f"script:{script_in(tmp_path, turn('I ask.', ask), turn('Done.'))}"
    paused = said(home, "run", "mission", "Ask", "--model", model, "--json").json
    words = (
        "sessions",
        "respond",
        paused["session_id"],
        paused["waiting"]["wait_id"],
        "--background",
        "--answer",
    )
    with taskforce(home, *words, "one") as one, taskforce(home, *words, "other") as other:
        codes = one.wait().code, other.wait().code
    assert sorted(codes) == [0, 5]
    assert said(home, "worker", "--until-idle").code == 0
    assert results_in(home) == ["one" if codes[0] == 0 else "other"]
