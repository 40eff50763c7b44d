"""Sessions that are long not used are found, the oldest first, and not removed once they are used again."""

from datetime import timedelta

import pytest

from taskforce.core.identity import SessionId
from taskforce.core.jobs.ports import Commit
from taskforce.core.missions.errors import SessionBusy
from taskforce.core.missions.model import Session
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON, OTHER_PROJECT, a_job, a_lease, a_session, success
from tests.integration.contracts.stores import Stores

LATER = NOON + timedelta(days=30)


async def unused(stores: Stores, *, after: Session | None = None, limit: int = 10) -> list[SessionId]:
    found = await stores.sessions.unused(project=DEFAULT_PROJECT, before=LATER, after=after, limit=limit)
    return [session.id for session in found]


async def used(stores: Stores, session: Session) -> None:
    """Let a mission of the session come to its end now."""
    job = await stores.jobs.submit(a_job(kind="mission", subject=f"session/{session.id}"), lease=a_lease())
    await stores.jobs.end(job, Commit(), success())


async def test_what_is_used_or_young_or_of_another_project_stays(stores: Stores, clock: SetClock) -> None:
    empty, old, going, again = (a_session() for _ in range(4))
    young, other = a_session(created_at=LATER), a_session(project=OTHER_PROJECT)
    for session in (empty, old, going, again, young, other):
        await stores.sessions.add(session)
    for session in (old, again):
        await used(stores, session)
    await stores.jobs.submit(a_job(subject=f"session/{going.id}"))
    clock.set_to(LATER)
    await used(stores, again)
    assert await unused(stores) == [empty.id, old.id]


async def test_pages_go_on_where_the_last_one_ended(stores: Stores) -> None:
    sessions = [a_session() for _ in range(3)]
    for session in sessions:
        await stores.sessions.add(session)
    assert await unused(stores, limit=2) == [session.id for session in sessions[:2]]
    assert await unused(stores, after=sessions[1]) == [sessions[2].id]


async def test_one_that_is_used_again_meanwhile_is_not_condemned(stores: Stores, clock: SetClock) -> None:
    session = a_session()
    await stores.sessions.add(session)
    await used(stores, session)
    clock.set_to(LATER)
    await used(stores, session)
    with pytest.raises(SessionBusy):
        await stores.sessions.condemn(session.id, project=DEFAULT_PROJECT, at=LATER, unused_since=LATER)
    assert await stores.sessions.get(session.id, project=DEFAULT_PROJECT) == session
    gone = await stores.sessions.condemn(
        session.id, project=DEFAULT_PROJECT, at=LATER, unused_since=LATER + timedelta(seconds=1)
    )
    assert len(gone.jobs) == 2


async def test_a_removal_that_broke_off_is_found_again(stores: Stores) -> None:
    session = a_session()
    await stores.sessions.add(session)
    await stores.sessions.condemn(session.id, project=DEFAULT_PROJECT, at=LATER)
    assert await unused(stores) == [session.id]
    await stores.sessions.remove(session.id)
    assert await unused(stores) == []
