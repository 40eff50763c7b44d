"""Whoever plays a mission, and however it ends: who waits for it is told what it came to."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from taskforce.application.executor import AgentExecutor
from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.missions.schemas import (
    CancelSession,
    ExecuteMission,
    MissionView,
    RespondSession,
)
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.missions.model import SessionStatus
from taskforce.core.missions.outcome import MissionLog, outcome_of
from taskforce.core.principals import local_principal
from taskforce.settings import Settings

SOON = 10.0
ME = local_principal()
SLOW = "turns: [{delay: 60, text: Done.}]"
SHORT = "turns: [{delay: 0.3, text: Done.}]"
ASKS = "turns: [{calls: [{tool: ask_user, arguments: {question: 'Which?'}}]}, {text: Done.}]"
WRITES = """
turns:
  - {calls: [{tool: file_write, arguments: {path: a.txt, content: A}}], usage: {input_tokens: 5, cost: 0.1}}
  - {text: Written., usage: {output_tokens: 7, cost: 0.2}}
"""
BROKEN = "turns: [{calls: [{tool: list_files}], usage: {input_tokens: 5}}]"
Open = Callable[[int], Container]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open containers on one home, as processes do; each plays so many jobs at once."""
    with ExitStack() as stack:

        def open_one(workers: int) -> Container:
            settings = Settings(home=tmp_path / "home", workers=workers, log_level="error")
            container = open_container(settings)
            stack.callback(close_container, container)
            return container

        yield open_one


def asked(folder: Path, script: str) -> ExecuteMission:
    file = folder / "script.yaml"
    file.write_text(script)
    return ExecuteMission(mission="Go", model=f"script:{file}")


async def ran(container: Container, request: ExecuteMission) -> MissionView:
    return await asyncio.wait_for(AgentExecutor(container).execute(ME, request), SOON)


async def test_a_mission_that_another_process_plays_is_waited_for(opened: Open, tmp_path: Path) -> None:
    doors, worker = opened(0), opened(1)
    worker.desk().open()
    view = await ran(doors, asked(tmp_path, SHORT))
    assert (view.status, view.message) == (SessionStatus.COMPLETED, "Done.")


async def test_missions_that_wait_for_a_place_are_waited_for(opened: Open, tmp_path: Path) -> None:
    container = opened(1)
    request = asked(tmp_path, SHORT)
    views = await asyncio.gather(*(ran(container, request) for _ in range(3)))
    assert [view.message for view in views] == ["Done."] * 3


async def test_a_mission_that_ended_before_is_not_waited_for(opened: Open, tmp_path: Path) -> None:
    container = opened(1)
    executor = AgentExecutor(container)
    job = await executor.start(ME, asked(tmp_path, SHORT))
    first = await asyncio.wait_for(executor.result(ME, job), SOON)
    assert await asyncio.wait_for(executor.result(ME, job), SOON) == first


async def test_a_cancel_ends_the_wait(opened: Open, tmp_path: Path) -> None:
    container = opened(1)
    executor = AgentExecutor(container)
    job = await executor.start(ME, asked(tmp_path, SLOW))
    waiting = asyncio.create_task(executor.result(ME, job))
    await asyncio.sleep(0)
    await container.sessions().cancel(ME, CancelSession(session_id=job.session_id))
    view = await asyncio.wait_for(waiting, SOON)
    assert view.status is SessionStatus.FAILED
    assert view.error is not None
    assert view.error.code == "cancelled"


async def test_a_question_ends_the_wait_and_the_answer_can_be_waited_for(
    opened: Open, tmp_path: Path
) -> None:
    container = opened(1)
    asks = await ran(container, asked(tmp_path, ASKS))
    assert asks.status is SessionStatus.PAUSED
    assert asks.waiting is not None
    answer = RespondSession(session_id=asks.session_id, wait_id=asks.waiting.wait_id, answer="This.")
    job = await container.sessions().respond(ME, answer)
    view = await asyncio.wait_for(AgentExecutor(container).result(ME, job), SOON)
    assert (view.status, view.message) == (SessionStatus.COMPLETED, "Done.")


@pytest.mark.parametrize("script", [WRITES, BROKEN], ids=["well", "badly"])
async def test_what_the_result_tells_is_what_the_log_tells(opened: Open, tmp_path: Path, script: str) -> None:
    container = opened(1)
    view = await ran(container, asked(tmp_path, script))
    job = await container.store().get(JobId(view.job_id), project=ME.project)
    log = MissionLog([recorded.event async for recorded in container.mission_outcomes().log(job.id)])
    assert outcome_of(job) == log.outcome()


async def test_another_projects_mission_is_not_found(opened: Open, tmp_path: Path) -> None:
    container = opened(0)
    job = await AgentExecutor(container).start(ME, asked(tmp_path, SHORT))
    with pytest.raises(JobNotFound):
        await container.settling().of(JobId(job.id), project=ProjectId("other"))
