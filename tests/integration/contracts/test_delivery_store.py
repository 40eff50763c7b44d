"""The delivery store keeps every line in order, each attempt with one sender, and the log."""

from datetime import timedelta

import pytest

from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.webhooks.deliveries import Delivery, DeliveryId, DeliveryStatus
from taskforce.core.webhooks.errors import DeliveryNotFound
from taskforce.core.webhooks.model import BY_HAND, GONE, TROUBLED, Webhook
from taskforce.core.webhooks.ports import DeliveryFilter, Letter, Replayed
from taskforce.core.webhooks.schedule import ATTEMPTS
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import ANNA, BERT, NOON, OTHER_PROJECT, a_lease, ids
from tests.integration.contracts.stores import Stores
from tests.webhook_builders import a_webhook, an_attempt, an_outgoing

ALL = DeliveryFilter()
JOB, OTHER = ids.new(), ids.new()
KEEP = timedelta(days=14)


async def added(stores: Stores, webhook: Webhook | None = None) -> Webhook:
    webhook = webhook or a_webhook()
    await stores.webhooks.add(webhook, most=100)
    return webhook


async def spread(stores: Stores, *numbers: int, subject: str = JOB) -> None:
    await stores.deliveries.spread([an_outgoing(subject, number) for number in numbers])


async def claimed(stores: Stores, *, most: int = 100) -> tuple[Letter, ...]:
    return await stores.deliveries.claim(a_lease(), most=most)


async def one(stores: Stores) -> Delivery:
    (letter,) = await claimed(stores)
    return letter.delivery


async def log(stores: Stores, webhook: Webhook) -> dict[str, str]:
    found = await stores.deliveries.list(webhook.id, ALL, Page(limit=100))
    return {delivery.event.id: delivery.status.value for delivery in reversed(found.items)}


def _deleted(webhook: Webhook) -> Webhook:
    return webhook.delete(now=NOON)


def _disabled(webhook: Webhook) -> Webhook:
    return webhook.disable(BY_HAND, now=NOON)


async def test_events_come_once_to_each_webhook_that_wants_them(stores: Stores) -> None:
    every, none = await added(stores), await added(stores, a_webhook(event_types=("taskforce.other.*",)))
    foreign = await added(stores, a_webhook(project=OTHER_PROJECT))
    await spread(stores, 1, 2)
    await spread(stores, 1, 2)
    assert await log(stores, every) == {f"{JOB}/1": "pending", f"{JOB}/2": "waiting"}
    assert await log(stores, none) == await log(stores, foreign) == {}


async def test_a_delivery_comes_back_as_it_was(stores: Stores, clock: SetClock) -> None:
    webhook = await added(stores)
    event = an_outgoing(JOB, 3, message="größer", request_id="r", traceparent="t", details=None)
    await stores.deliveries.spread([event])
    delivery = await one(stores)
    assert delivery.event == event
    assert (delivery.status, delivery.owner, delivery.epoch) == (DeliveryStatus.SENDING, ANNA, 1)
    attempt = an_attempt(503, answer="not now", retry_after=timedelta(seconds=1.5))
    await stores.deliveries.record(delivery, attempt)
    (found,) = (await stores.deliveries.list(webhook.id, ALL, Page())).items
    assert found == delivery.tried(attempt, now=clock.now())


async def test_the_next_of_a_job_waits_until_the_one_before_is_over(stores: Stores, clock: SetClock) -> None:
    await added(stores, a_webhook(concurrency=4))
    await spread(stores, 1, 2, 3)
    await spread(stores, 1, subject=OTHER)
    letters = await claimed(stores)
    assert {(letter.delivery.event.subject, letter.delivery.event.sequence) for letter in letters} == {
        (JOB, 1),
        (OTHER, 1),
    }
    first = next(letter.delivery for letter in letters if letter.delivery.event.subject == JOB)
    assert await claimed(stores) == ()
    await stores.deliveries.record(first, an_attempt(500))
    clock.pass_(seconds=4)
    assert not await stores.deliveries.due()
    clock.pass_(seconds=2)
    again = await one(stores)
    assert (again.id, again.epoch, again.tries) == (first.id, 2, 1)
    await stores.deliveries.record(again, an_attempt(200))
    second = await one(stores)
    assert second.event.sequence == 2
    await stores.deliveries.record(second, an_attempt(410))  # given up: the next may go


async def test_a_webhook_takes_only_so_many_at_once_and_holds_up_no_other(stores: Stores) -> None:
    slow, quick = await added(stores, a_webhook(concurrency=2)), await added(stores, a_webhook(concurrency=3))
    for _ in range(5):
        await spread(stores, 1, subject=ids.new())
    letters = await claimed(stores)
    assert [letter.webhook.id for letter in letters].count(slow.id) == 2
    assert [letter.webhook.id for letter in letters].count(quick.id) == 3
    for letter in letters:
        if letter.webhook.id == quick.id:
            await stores.deliveries.record(letter.delivery, an_attempt())
    more = await claimed(stores)
    assert {letter.webhook.id for letter in more} == {quick.id}
    assert len(await claimed(stores, most=0)) == 0


async def test_two_senders_never_have_the_same_attempt(stores: Stores) -> None:
    await added(stores, a_webhook(concurrency=4))
    for _ in range(4):
        await spread(stores, 1, subject=ids.new())
    first = await stores.deliveries.claim(a_lease(ANNA), most=2)
    second = await stores.deliveries.claim(a_lease(BERT), most=4)
    assert (len(first), len(second)) == (2, 2)
    assert {letter.delivery.id for letter in first}.isdisjoint(letter.delivery.id for letter in second)
    assert await stores.deliveries.owners() == {ANNA, BERT}


async def test_a_lost_lease_is_claimed_by_another_and_the_first_writes_nothing(
    stores: Stores, clock: SetClock
) -> None:
    webhook = await added(stores)
    await spread(stores, 1)
    lost = await one(stores)
    clock.pass_(seconds=31)
    (letter,) = await stores.deliveries.claim(a_lease(BERT), most=1)
    assert (letter.delivery.id, letter.delivery.event.id) == (lost.id, lost.event.id)
    await stores.deliveries.record(lost, an_attempt(500))
    await stores.deliveries.release(lost)
    assert await log(stores, webhook) == {f"{JOB}/1": "sending"}
    await stores.deliveries.record(letter.delivery, an_attempt())
    assert await log(stores, webhook) == {f"{JOB}/1": "delivered"}


async def test_what_is_given_back_or_left_by_the_dead_is_due_at_once_and_counts_no_attempt(
    stores: Stores,
) -> None:
    await added(stores)
    await spread(stores, 1)
    await stores.deliveries.release(await one(stores))
    assert (await one(stores)).tries == 0
    assert await stores.deliveries.abandon({BERT}) == 0
    assert await stores.deliveries.abandon({ANNA}) == 1
    again = await one(stores)
    assert (again.tries, again.epoch) == (0, 3)


async def test_one_that_is_paused_or_disabled_is_not_sent_to(stores: Stores, clock: SetClock) -> None:
    webhook = await added(stores, a_webhook(concurrency=4))
    for _ in range(8):
        await spread(stores, 1, subject=ids.new())
    for letter in (*await claimed(stores), *(await claimed(stores))):
        await stores.deliveries.record(letter.delivery, an_attempt(500))
    letters = await claimed(stores)
    assert len(letters) == 4
    await stores.deliveries.record(letters[0].delivery, an_attempt(500))
    found = await stores.webhooks.get(webhook.id, project=DEFAULT_PROJECT)
    assert found.health.failures == TROUBLED
    for letter in letters[1:]:
        await stores.deliveries.release(letter.delivery)
    assert not await stores.deliveries.due()
    clock.pass_(seconds=10)
    assert len(await claimed(stores)) == 1  # one at a time, until it answers


async def test_410_disables_and_the_other_webhooks_are_told(stores: Stores) -> None:
    webhook = await added(stores)
    await spread(stores, 1, 2)
    told = await stores.deliveries.record(await one(stores), an_attempt(410))
    assert told is not None
    assert told.disabled_because == GONE
    (event,) = await stores.outbox.waiting(limit=10)
    assert (event.type, event.subject) == ("taskforce.webhook.disabled.v1", webhook.id)
    assert not await stores.deliveries.due()
    assert await stores.deliveries.tidy(keep=KEEP, most=10) == 1
    assert await log(stores, webhook) == {f"{JOB}/1": "given_up", f"{JOB}/2": "given_up"}


async def test_one_delivery_is_replayed_with_all_attempts_before_it(stores: Stores) -> None:
    webhook = await added(stores)
    await spread(stores, 1, 2)
    first = await one(stores)
    await stores.deliveries.record(first, an_attempt())
    await stores.deliveries.replay(webhook.id, first.id)
    second = await one(stores)
    assert second.event.sequence == 2
    await stores.deliveries.replay(webhook.id, second.id)  # it is not over: nothing to do
    await stores.deliveries.record(second, an_attempt())
    again = await one(stores)
    assert (again.id, again.tries, len(again.attempts)) == (first.id, 0, 1)
    await stores.deliveries.record(again, an_attempt())
    (found,) = (await stores.deliveries.list(webhook.id, ALL, Page(limit=1, offset=1))).items
    assert (found.id, len(found.attempts)) == (first.id, 2)
    other = await added(stores)
    for wrong, delivery_id in ((other.id, first.id), (webhook.id, DeliveryId(first.id[::-1]))):
        with pytest.raises(DeliveryNotFound):
            await stores.deliveries.replay(wrong, delivery_id)


async def test_a_range_is_replayed_oldest_first_in_order_and_in_parts(stores: Stores) -> None:
    webhook = await added(stores)
    events = [an_outgoing(JOB, n, at=NOON + timedelta(hours=n)) for n in range(1, 7)]
    await stores.deliveries.spread(events)
    for n in range(1, 7):
        await stores.deliveries.record(await one(stores), an_attempt(204 if n == 3 else 410))
        await stores.webhooks.change(webhook.id, lambda one: one.enable(now=NOON), project=DEFAULT_PROJECT)
    wanted = DeliveryFilter(
        status=DeliveryStatus.GIVEN_UP, since=NOON + timedelta(hours=2), until=NOON + timedelta(hours=6)
    )
    assert await stores.deliveries.replay_range(webhook.id, wanted, most=2) == Replayed(count=2, is_more=True)
    assert await stores.deliveries.replay_range(webhook.id, wanted, most=2) == Replayed(
        count=1, is_more=False
    )
    sent = []
    while await stores.deliveries.due():
        delivery = await one(stores)
        sent.append(delivery.event.sequence)
        await stores.deliveries.record(delivery, an_attempt())
    assert sent == [2, 4, 5]


async def test_the_log_is_kept_short_and_what_is_open_stays(stores: Stores, clock: SetClock) -> None:
    webhook = await added(stores)
    await spread(stores, 1, 2)
    await stores.deliveries.record(await one(stores), an_attempt())
    clock.pass_(seconds=KEEP.total_seconds())
    assert await stores.deliveries.tidy(keep=KEEP, most=10) == 0
    clock.pass_(seconds=1)
    assert await stores.deliveries.tidy(keep=KEEP, most=10) == 1
    assert await log(stores, webhook) == {f"{JOB}/2": "pending"}


async def test_a_deleted_webhook_goes_with_its_deliveries_in_parts(stores: Stores) -> None:
    webhook, other = await added(stores), await added(stores)
    await spread(stores, *range(1, 6))
    for gone in (webhook, other):
        change = _deleted if gone is webhook else _disabled
        await stores.webhooks.change(gone.id, change, project=DEFAULT_PROJECT)
    assert not await stores.deliveries.due()
    assert await stores.deliveries.tidy(keep=KEEP, most=3) == 6
    assert await stores.deliveries.tidy(keep=KEEP, most=3) == 4
    assert await stores.deliveries.tidy(keep=KEEP, most=3) == 0
    assert await log(stores, webhook) == {}
    assert set((await log(stores, other)).values()) == {"given_up"}


async def test_a_delivery_is_listed_by_its_status(stores: Stores) -> None:
    webhook = await added(stores)
    await spread(stores, 1, 2, 3)
    await stores.deliveries.record(await one(stores), an_attempt())
    for status, count in (("delivered", 1), ("pending", 1), ("waiting", 1), ("given_up", 0)):
        wanted = DeliveryFilter(status=DeliveryStatus(status))
        assert (await stores.deliveries.list(webhook.id, wanted, Page())).total == count


async def test_after_the_last_attempt_it_is_given_up_and_the_next_may_go(
    stores: Stores, clock: SetClock
) -> None:
    webhook = await added(stores)
    await spread(stores, 1, 2)
    for _ in range(ATTEMPTS):
        delivery = await one(stores)
        assert delivery.event.sequence == 1
        await stores.deliveries.record(delivery, an_attempt(404))
        (_, found) = (await stores.deliveries.list(webhook.id, ALL, Page())).items
        clock.set_to(max(found.due_at, clock.in_(seconds=300)))
    assert await log(stores, webhook) == {f"{JOB}/1": "given_up", f"{JOB}/2": "pending"}
