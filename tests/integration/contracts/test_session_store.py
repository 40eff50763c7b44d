"""The session store keeps sessions, and remembers what was said in them."""

import pytest

from taskforce.core.identity import JobId, SessionId
from taskforce.core.jobs.model import Job, JobStatus, Outcome
from taskforce.core.jobs.ports import Commit
from taskforce.core.missions.errors import SessionNotFound
from taskforce.core.missions.model import Exchange, Session, SessionStatus
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import OTHER_PROJECT, a_job, a_lease, a_session, a_wait, failure, ids, success
from tests.integration.contracts.stores import Stores


async def mission(stores: Stores, session: Session, text: str, outcome: Outcome, **fields: object) -> Job:
    """A mission of a session that has come to its end."""
    given = a_job(subject=f"session/{session.id}", input={"mission": text}, **fields)
    job = await stores.jobs.submit(given, lease=a_lease())
    return await stores.jobs.end(job, Commit(), outcome)


async def listed(
    stores: Stores, page: Page | None = None, profile: str | None = None, status: SessionStatus | None = None
) -> tuple[list[SessionId], int]:
    listing = await stores.sessions.list(
        page or Page(), project=DEFAULT_PROJECT, profile=profile, status=status
    )
    return [session.id for session in listing.items], listing.total


async def test_a_session_comes_back_as_it_was_added(stores: Stores) -> None:
    session = a_session()
    await stores.sessions.add(session)
    assert await stores.sessions.get(session.id, project=session.project) == session


async def test_a_session_of_another_project_is_not_found(stores: Stores) -> None:
    session = a_session(project=OTHER_PROJECT)
    await stores.sessions.add(session)
    with pytest.raises(SessionNotFound):
        await stores.sessions.get(session.id, project=DEFAULT_PROJECT)
    with pytest.raises(SessionNotFound):
        await stores.sessions.get(SessionId(ids.new()), project=DEFAULT_PROJECT)


async def test_sessions_are_listed_newest_first_in_pages(stores: Stores, clock: SetClock) -> None:
    sessions = [a_session(created_at=clock.pass_(seconds=1)) for _ in range(4)]
    for session in [*sessions, a_session(project=OTHER_PROJECT)]:
        await stores.sessions.add(session)
    newest = [session.id for session in reversed(sessions)]
    assert await listed(stores) == (newest, 4)
    assert await listed(stores, Page(limit=2, offset=1)) == (newest[1:3], 4)


async def test_sessions_are_listed_by_profile(stores: Stores) -> None:
    await stores.sessions.add(a_session(profile="dev"))
    ops = a_session(profile="ops")
    await stores.sessions.add(ops)
    assert await listed(stores, profile="ops") == ([ops.id], 1)
    assert await listed(stores, profile="none") == ([], 0)


async def test_sessions_are_listed_by_how_their_newest_mission_stands(
    stores: Stores, clock: SetClock
) -> None:
    pending, busy, paused, completed, failed, cancelled = sessions = [a_session() for _ in range(6)]
    for session in sessions:
        await stores.sessions.add(session)
    for session in (busy, failed):
        await mission(stores, session, "before", success())
    clock.pass_(seconds=1)
    await stores.jobs.submit(a_job(subject=f"session/{busy.id}", created_at=clock.now()))
    job = await stores.jobs.submit(a_job(subject=f"session/{paused.id}"), lease=a_lease())
    await stores.jobs.park(job, Commit(waits=(a_wait(job),)))
    await mission(stores, completed, "well", success())
    await mission(stores, failed, "badly", failure(), created_at=clock.now())
    await mission(stores, cancelled, "stopped", Outcome(status=JobStatus.CANCELLED))
    assert await listed(stores, status=SessionStatus.PENDING) == ([pending.id], 1)
    assert await listed(stores, status=SessionStatus.IN_PROGRESS) == ([busy.id], 1)
    assert await listed(stores, status=SessionStatus.PAUSED) == ([paused.id], 1)
    assert await listed(stores, status=SessionStatus.COMPLETED) == ([completed.id], 1)
    found, total = await listed(stores, status=SessionStatus.FAILED)
    assert (set(found), total) == ({failed.id, cancelled.id}, 2)


async def test_exchanges_are_the_last_missions_oldest_first(stores: Stores, clock: SetClock) -> None:
    session, other = a_session(), a_session()
    jobs = [
        await mission(
            stores, session, f"ask {n}", success(message=f"say {n}"), created_at=clock.pass_(seconds=1)
        )
        for n in range(4)
    ]
    await mission(stores, other, "elsewhere", success(message="no"))
    now = JobId(ids.new())
    found = await stores.sessions.exchanges(session.id, before=now, limit=3)
    assert found == tuple(
        Exchange(job_id=jobs[n].id, mission=f"ask {n}", answer=f"say {n}") for n in (1, 2, 3)
    )
    found = await stores.sessions.exchanges(session.id, before=jobs[2].id, limit=3)
    assert [exchange.mission for exchange in found] == ["ask 0", "ask 1"]


async def test_a_mission_that_is_not_over_is_no_exchange(stores: Stores) -> None:
    session = a_session()
    await stores.jobs.submit(a_job(subject=f"session/{session.id}"))
    assert await stores.sessions.exchanges(session.id, before=JobId(ids.new()), limit=3) == ()


async def test_of_a_mission_that_was_resumed_only_the_last_job_counts(stores: Stores) -> None:
    session = a_session()
    first = await mission(stores, session, "ask", failure())
    second = await mission(stores, session, "ask", success(message="say"), continues=first.id)
    found = await stores.sessions.exchanges(session.id, before=JobId(ids.new()), limit=3)
    assert found == (Exchange(job_id=second.id, mission="ask", answer="say"),)


async def test_the_answer_of_a_failed_mission_is_why_it_failed(stores: Stores) -> None:
    session = a_session()
    await mission(stores, session, "ask", failure(message="No model."))
    found = await stores.sessions.exchanges(session.id, before=JobId(ids.new()), limit=3)
    assert [exchange.answer for exchange in found] == ["No model."]
