"""The session store keeps sessions, and remembers what was said in them."""

import pytest

from taskforce.core.artifacts import ArtifactNotFound
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, SessionId
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.model import Job, JobStatus, Outcome
from taskforce.core.jobs.ports import Commit
from taskforce.core.missions.changes import JoinSession
from taskforce.core.missions.errors import SessionBusy, SessionNotFound
from taskforce.core.missions.model import Condemned, Exchange, Session, SessionStatus
from taskforce.core.missions.opening import OpeningLine
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import (
    CLAIMS,
    LEASE,
    NOON,
    OTHER_PROJECT,
    a_child,
    a_job,
    a_lease,
    a_session,
    a_step,
    a_timer,
    a_wait,
    a_wait_for_child,
    an_artifact,
    an_event,
    failure,
    ids,
    success,
)
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


def a_line(job_id: JobId, number: int, text: str) -> OpeningLine:
    details: JsonObject = {"event_type": "started"}
    return OpeningLine(job_id=job_id, number=number, at=NOON, role="user", text=text, details=details)


async def test_a_session_keeps_what_was_said_before_it(stores: Stores) -> None:
    first = a_session()
    fork = a_session(forked_from=first.id)
    said = (a_line(JobId(ids.new()), 1, "größer"), a_line(JobId(ids.new()), 2, "雪"))
    await stores.sessions.add(first)
    await stores.sessions.add(fork, opening=said)
    assert await stores.sessions.get(fork.id, project=fork.project) == fork
    assert await stores.sessions.opening(fork.id) == said
    assert await stores.sessions.opening(first.id) == ()


async def test_a_condemned_session_is_gone_and_can_be_condemned_again(stores: Stores) -> None:
    session, other = a_session(), a_session()
    for one in (session, other):
        await stores.sessions.add(one)
    job = await mission(stores, session, "ask", success())
    for _ in range(2):
        condemned = await stores.sessions.condemn(session.id, project=session.project, at=NOON)
        assert condemned == Condemned(session=session, jobs=(job.id,))
    with pytest.raises(SessionNotFound):
        await stores.sessions.get(session.id, project=session.project)
    assert await stores.sessions.opening(session.id) == ()
    assert await listed(stores) == ([other.id], 1)
    with pytest.raises(JobNotFound):
        await stores.jobs.get(job.id, project=None)
    assert [one.id for one in await stores.pruning.remains(limit=10)] == [job.id]


async def test_a_session_of_another_project_is_not_condemned(stores: Stores) -> None:
    session = a_session()
    await stores.sessions.add(session)
    for session_id, project in ((session.id, OTHER_PROJECT), (SessionId(ids.new()), session.project)):
        with pytest.raises(SessionNotFound):
            await stores.sessions.condemn(session_id, project=project, at=NOON)
    assert await stores.sessions.get(session.id, project=session.project) == session


async def test_a_session_is_not_condemned_while_anything_of_it_goes_on(stores: Stores) -> None:
    session = a_session()
    await stores.sessions.add(session)
    job = await stores.jobs.submit(a_job(subject=f"session/{session.id}"), lease=a_lease())
    child = a_child(job)
    await stores.jobs.commit(job, Commit(children=(child,)), lease=LEASE)
    leased = await stores.jobs.claim(CLAIMS, a_lease())
    assert leased is not None
    for last, over in ((job, False), (leased, True)):
        with pytest.raises(SessionBusy) as busy:
            await stores.sessions.condemn(session.id, project=session.project, at=NOON)
        assert busy.value.details["job_id"] == last.id
        assert await stores.sessions.get(session.id, project=session.project) == session
        await stores.jobs.end(last, Commit(), success())
        assert over == (await stores.jobs.below(job.id) == ())
    condemned = await stores.sessions.condemn(session.id, project=session.project, at=NOON)
    assert set(condemned.jobs) == {job.id, child.id}


async def test_with_a_session_go_its_jobs_and_all_that_is_recorded_of_them(
    stores: Stores, clock: SetClock
) -> None:
    session, other = a_session(), a_session()
    for one in (session, other):
        await stores.sessions.add(one)
    kept = await mission(stores, other, "elsewhere", success())
    job = await stores.jobs.submit(a_job(subject=f"session/{session.id}"), lease=a_lease())
    child = a_child(job, created_at=clock.pass_(seconds=1))
    artifact = an_artifact(job)
    told = Commit(
        steps=(a_step(),),
        waits=(a_wait(job), a_wait_for_child(job)),
        events=(an_event(),),
        children=(child,),
        artifacts=(artifact,),
    )
    await stores.jobs.commit(job, told, lease=LEASE)
    leased = await stores.jobs.claim(CLAIMS, a_lease())
    assert leased is not None
    await stores.jobs.end(leased, Commit(steps=(a_step(),)), failure())
    ended = await stores.jobs.end(job, Commit(), failure())
    second = await mission(stores, session, "again", success(), continues=ended.id, created_at=clock.now())
    third = await stores.jobs.submit(
        a_job(continues=child.id, created_at=clock.pass_(seconds=1)), lease=a_lease()
    )
    await stores.jobs.end(third, Commit(), success())
    gone = (job, child, second, third)
    condemned = await stores.sessions.condemn(session.id, project=session.project, at=NOON)
    assert set(condemned.jobs) == {one.id for one in gone}
    for _ in range(2):
        await stores.sessions.remove(session.id)
    for left in gone:
        with pytest.raises(JobNotFound):
            await stores.jobs.get(left.id, project=None)
        assert await stores.jobs.events(left.id, after=0, limit=9) == ()
        assert await stores.jobs.waits(left.id) == ()
        assert await stores.jobs.artifacts(left.id) == ()
    with pytest.raises(ArtifactNotFound):
        await stores.jobs.artifact(artifact.ref.id, project=job.project)
    with pytest.raises(SessionNotFound):
        await stores.sessions.condemn(session.id, project=session.project, at=NOON)
    assert await stores.jobs.get(kept.id, project=None) == kept
    assert await listed(stores) == ([other.id], 1)


async def test_a_session_that_is_not_condemned_is_not_removed(stores: Stores) -> None:
    session = a_session()
    await stores.sessions.add(session)
    await stores.sessions.remove(session.id)
    assert await stores.sessions.get(session.id, project=session.project) == session


async def test_no_job_joins_a_session_that_is_gone(stores: Stores) -> None:
    session = a_session()
    await stores.sessions.add(session)
    job = a_job(subject=f"session/{session.id}")
    await stores.sessions.recall(session.id, project=session.project)
    await stores.jobs.submit(job, changes=[JoinSession(session_id=session.id)])
    await stores.jobs.cancel(job.id, project=job.project)
    await stores.sessions.condemn(session.id, project=session.project, at=NOON)
    late = a_job(subject=f"session/{session.id}")
    with pytest.raises(SessionNotFound):
        await stores.jobs.submit(late, changes=[JoinSession(session_id=session.id)])
    with pytest.raises(JobNotFound):
        await stores.jobs.get(late.id, project=None)


async def test_a_session_is_listed_as_paused_when_one_below_its_mission_asks_and_none_goes_on(
    stores: Stores, clock: SetClock
) -> None:
    session, napping = a_session(), a_session()
    for one in (session, napping):
        await stores.sessions.add(one)
    nap = await stores.jobs.submit(a_job(subject=f"session/{napping.id}"), lease=a_lease())
    await stores.jobs.park(nap, Commit(waits=(a_timer(nap, until=NOON + LEASE),)))
    job = await stores.jobs.submit(a_job(subject=f"session/{session.id}"), lease=a_lease())
    first, second = (a_child(job, key, created_at=clock.pass_(seconds=1)) for key in ("first", "second"))
    waits = (a_wait_for_child(job, "first"), a_wait_for_child(job, "second"))
    await stores.jobs.park(job, Commit(waits=waits, children=(first, second)))
    asking = await stores.jobs.claim(CLAIMS, a_lease())
    assert asking is not None
    grandchild = a_child(asking, created_at=clock.pass_(seconds=1))
    await stores.jobs.park(
        asking, Commit(waits=(a_wait_for_child(asking), a_timer(asking, until=NOON + 9 * LEASE)))
    )
    busy = await stores.jobs.claim(CLAIMS, a_lease())
    assert busy is not None
    await stores.jobs.commit(busy, Commit(children=(grandchild,)), lease=LEASE)
    deepest = await stores.jobs.claim(CLAIMS, a_lease())
    assert deepest is not None
    await stores.jobs.park(deepest, Commit(waits=(a_wait(deepest),)))
    at_it = {session.id, napping.id}
    found, _ = await listed(stores, status=SessionStatus.IN_PROGRESS)
    assert set(found) == at_it
    assert await listed(stores, status=SessionStatus.PAUSED) == ([], 0)
    await stores.jobs.park(busy, Commit(waits=(a_wait_for_child(busy),)))
    assert await listed(stores, status=SessionStatus.PAUSED) == ([session.id], 1)
    assert await listed(stores, status=SessionStatus.IN_PROGRESS) == ([napping.id], 1)
