"""The outbox holds what is to leave from the transaction on that told it, and nothing else."""

import pytest

from taskforce.core.jobs.errors import KeyUsedTwice, LeaseLost
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit
from taskforce.core.webhooks.events import THICKEST
from taskforce.core.webhooks.model import BY_HAND, Webhook
from tests.builders import LEASE, NOON, OTHER_PROJECT, a_job, a_lease, a_step, an_event, failure, success
from tests.integration.contracts.stores import Stores
from tests.webhook_builders import a_webhook


async def listening(stores: Stores, *event_types: str) -> Webhook:
    webhook = a_webhook(event_types=event_types or ("*",))
    await stores.webhooks.add(webhook, most=10)
    return webhook


async def submitted(stores: Stores) -> Job:
    return await stores.jobs.submit(a_job(), events=[an_event("a")], lease=a_lease())


async def ids(stores: Stores, job: Job) -> list[int]:
    return [event.sequence for event in await stores.outbox.waiting(limit=100) if event.subject == job.id]


async def test_where_nobody_listens_nothing_is_written(stores: Stores) -> None:
    disabled = a_webhook().disable(BY_HAND, now=NOON)
    await stores.webhooks.add(disabled, most=10)
    await stores.webhooks.add(a_webhook(project=OTHER_PROJECT), most=10)
    job = await submitted(stores)
    await stores.jobs.end(job, Commit(events=(an_event("b"),)), success())
    assert await stores.outbox.waiting(limit=10) == ()


async def test_what_somebody_else_than_webhooks_wants_leaves_once_whoever_listens(stores: Stores) -> None:
    first = await submitted(stores)
    await stores.jobs.commit(first, Commit(events=(an_event("b", "always"),)), lease=LEASE)
    await listening(stores, "taskforce.echo.always.v1")
    second = await submitted(stores)
    await stores.jobs.commit(second, Commit(events=(an_event("b", "always"),)), lease=LEASE)
    assert (await ids(stores, first), await ids(stores, second)) == ([2], [2])


async def test_every_event_of_a_job_leaves_with_its_number_from_the_first_to_the_last(stores: Stores) -> None:
    await listening(stores)
    job = await submitted(stores)
    await stores.jobs.commit(job, Commit(events=(an_event("b"), an_event("c"))), lease=LEASE)
    await stores.jobs.commit(job, Commit(events=(an_event("b"), an_event("d"))), lease=LEASE)
    await stores.jobs.end(job, Commit(), failure())
    log = await stores.jobs.events(job.id, after=0, limit=100)
    left = await stores.outbox.waiting(limit=100)
    assert [event.sequence for event in left] == [told.number for told in log] == [1, 2, 3, 4, 5, 6]
    assert [(event.name, event.at, event.message, event.details) for event in left] == [
        (told.event.type, told.at, told.event.message, told.event.details) for told in log
    ]
    assert [event.id for event in left] == [f"{job.id}/{told.number}" for told in log]
    assert left[-1].type == "taskforce.echo.complete.v1"


async def test_only_what_a_webhook_wants_leaves(stores: Stores) -> None:
    await listening(stores, "taskforce.echo.complete.v1")
    await listening(stores, "taskforce.echo.sa*")
    job = await submitted(stores)
    await stores.jobs.commit(job, Commit(events=(an_event("b", "other"),)), lease=LEASE)
    await stores.jobs.end(job, Commit(), success())
    assert await ids(stores, job) == [1, 3]


async def test_what_is_rolled_back_never_leaves(stores: Stores) -> None:
    await listening(stores)
    job = await submitted(stores)
    await stores.jobs.commit(job, Commit(steps=(a_step(),)), lease=LEASE)
    with pytest.raises(KeyUsedTwice):
        await stores.jobs.commit(job, Commit(steps=(a_step(),), events=(an_event("b"),)), lease=LEASE)
    await stores.jobs.release(job)
    with pytest.raises(LeaseLost):
        await stores.jobs.commit(job, Commit(events=(an_event("c"),)), lease=LEASE)
    assert await ids(stores, job) == [1]


async def test_a_cancel_and_the_end_of_children_leave_too(stores: Stores) -> None:
    await listening(stores)
    job = await stores.jobs.submit(a_job(), events=[an_event("a")])
    await stores.jobs.cancel(job.id, project=job.project)
    assert await ids(stores, job) == [1, 2, 3]


async def test_details_that_are_too_long_stay_in_the_log(stores: Stores) -> None:
    await listening(stores)
    long = an_event("b", text="x" * THICKEST)
    job = await stores.jobs.submit(a_job(), events=[an_event("a", n=1), long])
    first, second = await stores.outbox.waiting(limit=10)
    assert (first.details, second.details) == ({"n": 1}, None)
    assert second.id == f"{job.id}/2"


async def test_the_oldest_come_first_and_what_is_removed_is_gone(stores: Stores) -> None:
    await listening(stores)
    jobs = [await submitted(stores) for _ in range(5)]
    first = await stores.outbox.waiting(limit=2)
    assert [event.subject for event in first] == [job.id for job in jobs[:2]]
    await stores.outbox.remove(first)
    await stores.outbox.remove(first)
    left = await stores.outbox.waiting(limit=10)
    assert [event.subject for event in left] == [job.id for job in jobs[2:]]
    await stores.outbox.remove(left)
    again = await submitted(stores)
    await stores.outbox.remove(left)  # it is removed by what it is, not by its place
    assert await ids(stores, again) == [1]
