"""The request log remembers what requests under a key made, in the transaction that made it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.core.errors import Conflict
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.missions.errors import SessionNotFound
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import NOON, OTHER_PROJECT, a_job, a_session
from tests.integration.contracts.stores import Stores

KEY = RequestKey(project=DEFAULT_PROJECT, principal="local", use_case="missions.execute", key="once")


def a_change(made: str, request: RequestKey = KEY, *, fingerprint: str = "ab" * 32) -> RememberRequest:
    return RememberRequest(request=request, fingerprint=fingerprint, made=made, at=NOON)


async def test_a_request_is_remembered_with_the_job_that_it_made(stores: Stores) -> None:
    job = a_job()
    assert await stores.requests.find(KEY) is None
    await stores.jobs.submit(job, changes=[a_change(job.id)])
    assert await stores.requests.find(KEY) == a_change(job.id)


async def test_a_key_that_is_taken_takes_the_job_with_it(stores: Stores) -> None:
    first, second = a_job(), a_job()
    await stores.jobs.submit(first, changes=[a_change(first.id)])
    with pytest.raises(Conflict):
        await stores.jobs.submit(second, changes=[a_change(second.id, fingerprint="cd" * 32)])
    with pytest.raises(JobNotFound):
        await stores.jobs.get(second.id, project=None)
    assert await stores.requests.find(KEY) == a_change(first.id)


async def test_a_key_that_is_taken_takes_the_session_with_it(stores: Stores) -> None:
    first, second = a_session(), a_session()
    await stores.sessions.add(first, changes=[a_change(first.id)])
    with pytest.raises(Conflict):
        await stores.sessions.add(second, changes=[a_change(second.id)])
    with pytest.raises(SessionNotFound):
        await stores.sessions.get(second.id, project=DEFAULT_PROJECT)


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, project=ProjectId(OTHER_PROJECT)),
        replace(KEY, principal="anna"),
        replace(KEY, use_case="sessions.create"),
        replace(KEY, key="Once"),
    ],
)
async def test_a_key_counts_for_one_project_principal_and_use_case(stores: Stores, other: RequestKey) -> None:
    first, second = a_job(), a_job()
    await stores.jobs.submit(first, changes=[a_change(first.id)])
    await stores.jobs.submit(second, changes=[a_change(second.id, other)])
    assert await stores.requests.find(other) == a_change(second.id, other)


async def remembered(stores: Stores, *ages: int) -> list[RequestKey]:
    """Make a job for each of so many hours ago; return their keys."""
    keys = [replace(KEY, key=f"{age} hours ago") for age in ages]
    for age, key in zip(ages, keys, strict=True):
        job = a_job()
        change = replace(a_change(job.id, key), at=NOON - timedelta(hours=age))
        await stores.jobs.submit(job, changes=[change])
    return keys


async def test_what_is_old_is_forgotten_the_oldest_first_and_so_many_at_once(stores: Stores) -> None:
    keys = await remembered(stores, 30, 50, 24, 40, 1)
    day_ago = NOON - timedelta(hours=24)
    assert await stores.requests.forget(before=day_ago, limit=2) == 2
    assert [await stores.requests.find(key) is None for key in keys] == [False, True, False, True, False]
    assert await stores.requests.forget(before=day_ago, limit=2) == 1
    assert await stores.requests.forget(before=day_ago, limit=2) == 0
    assert [await stores.requests.find(key) is None for key in keys] == [True, True, False, True, False]


async def test_a_forgotten_key_is_free_and_what_it_made_stays(stores: Stores) -> None:
    old, new = a_job(), a_job()
    await stores.jobs.submit(old, changes=[a_change(old.id)])
    await stores.requests.forget(before=NOON + timedelta(hours=1), limit=10)
    await stores.jobs.submit(new, changes=[a_change(new.id)])
    assert (await stores.jobs.get(old.id, project=None)).id == old.id
    assert await stores.requests.find(KEY) == a_change(new.id)


async def test_several_who_forget_at_once_forget_each_request_once(stores: Stores) -> None:
    await remembered(stores, *range(25, 65))
    before = NOON - timedelta(hours=24)
    counts = await asyncio.gather(*(stores.requests.forget(before=before, limit=7) for _ in range(8)))
    assert sum(counts) == 40
