"""What a mission asks of the stores: each call is a hand-over to another thread, and each write a commit."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers

from taskforce.application.executor import AgentExecutor
from taskforce.application.factory import Container, close_container, open_container
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.missions.changes import CreateSession, JoinSession
from taskforce.core.missions.model import SessionStatus
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.missions.memory import MemorySessions, MemorySessionStore
from taskforce.infrastructure.system.clock import SystemClock
from taskforce.settings import Settings

DUTIES = {"due", "is_due", "owners", "abandon", "glance", "heartbeat"}
"""What a worker asks from time to time, whether missions run or not."""
ONE_TOOL = "turns: [{calls: [{tool: list_files}]}, {text: Nothing there.}]"
ANSWER_ONLY = "turns: [{text: Done.}]"
QUESTION = "turns: [{calls: [{tool: ask_user, arguments: {question: 'Which?'}}]}, {text: Done.}]"


class Counted:
    """A store, and how often each of its methods was called."""

    def __init__(self, store: object, calls: Counter[str]) -> None:
        self._store = store
        self._calls = calls

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has under the name
        if name not in DUTIES:
            self._calls[name] += 1
        return getattr(self._store, name)


@pytest.fixture
def calls() -> Counter[str]:
    return Counter()


@pytest.fixture
def container(tmp_path: Path, calls: Counter[str]) -> Iterator[Container]:
    container = open_container(Settings(home=tmp_path / "home", log_level="error"))
    sessions, requests = MemorySessions(), MemoryRequestLog()
    appliers: dict[type, Callable[[Any], None]] = {
        CreateSession: sessions.create,
        JoinSession: sessions.join,
        RememberRequest: requests.remember,
    }
    store = MemoryJobStore(SystemClock(), appliers)
    session_store = MemorySessionStore(sessions, store, requests)
    container.requests.override(providers.Object(requests))
    container.store.override(providers.Object(Counted(store, calls)))
    container.session_store.override(providers.Object(Counted(session_store, calls)))
    yield container
    close_container(container)


async def played(container: Container, folder: Path, script: str, calls: Counter[str]) -> SessionStatus:
    """Run two missions of a session, and count the calls of the second."""
    file = folder / "script.yaml"
    file.write_text(script)
    executor = AgentExecutor(container)
    first = await executor.execute_mission("Begin", model=f"script:{_answering(folder)}")
    calls.clear()
    second = await executor.execute_mission("Go on", session_id=first.session_id, model=f"script:{file}")
    return second.status


def _answering(folder: Path) -> Path:
    file = folder / "answer.yaml"
    file.write_text(ANSWER_ONLY)
    return file


async def test_a_turn_with_one_tool_call_asks_the_stores_seven_times(
    container: Container, calls: Counter[str], tmp_path: Path
) -> None:
    assert await played(container, tmp_path, ONE_TOOL, calls) is SessionStatus.COMPLETED
    # A session, its history, the job, two model calls and one tool call, the end.
    assert calls == {"recall": 1, "exchanges": 1, "submit": 1, "commit": 3, "end": 1}


async def test_an_answer_asks_the_stores_five_times(
    container: Container, calls: Counter[str], tmp_path: Path
) -> None:
    assert await played(container, tmp_path, ANSWER_ONLY, calls) is SessionStatus.COMPLETED
    assert calls == {"recall": 1, "exchanges": 1, "submit": 1, "commit": 1, "end": 1}


async def test_a_question_is_read_from_the_log_when_the_mission_waits(
    container: Container, calls: Counter[str], tmp_path: Path
) -> None:
    assert await played(container, tmp_path, QUESTION, calls) is SessionStatus.PAUSED
    writes = {name: calls[name] for name in ("submit", "commit", "park", "end")}
    assert writes == {"submit": 1, "commit": 1, "park": 1, "end": 0}
    assert calls.total() <= 11
