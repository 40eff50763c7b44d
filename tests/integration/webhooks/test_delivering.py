"""Webhooks in a running process: who is slow, who is gone, who stops, and what is told of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from taskforce.application.factory import Container, close_container
from taskforce.application.jobs.schemas import JobView
from taskforce.application.webhooks.schemas import (
    CreateWebhook,
    DeleteWebhook,
    DeliveryView,
    GetWebhook,
    ListDeliveries,
    PingWebhook,
    ReplayWebhook,
    RotateWebhook,
    UpdateWebhook,
    WebhookSecretView,
)
from taskforce.core.errors import NotFound
from taskforce.core.webhooks.deliveries import DeliveryStatus
from taskforce.core.webhooks.errors import WebhookDisabled
from tests.integration.webhooks.teller import ME, hooked, idle, in_home, opened, started
from tests.services.receiver import Receiver, in_turn, receiver, slow, status

PATIENCE = 15.0


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as there:
        yield there


@asynccontextmanager
async def house(home: Path) -> AsyncIterator[Container]:
    """A home with a worker in this process."""
    container = opened(home)
    container.desk().open()
    try:
        yield container
    finally:
        await asyncio.to_thread(close_container, container)


async def until(get: Callable[[], Awaitable[object] | object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            found = get()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.02)


async def created(container: Container, url: str, **fields: object) -> WebhookSecretView:
    return await container.webhooks().create(ME, CreateWebhook.model_validate({"url": url, **fields}))


async def log(container: Container, webhook_id: str, **fields: object) -> list[DeliveryView]:
    """The log, oldest first."""
    request = ListDeliveries.model_validate({"webhook_id": webhook_id, "limit": 100, **fields})
    return list((await container.webhooks().deliveries(ME, request)).items)[::-1]


async def told(container: Container, count: int = 2) -> JobView:
    """A job that has told its events and ended."""
    job = await started(container, count)
    await until(lambda: _is_over(container, job.id))
    return job


async def _is_over(container: Container, job_id: str) -> bool:
    return (await container.store().heads([job_id]))[job_id].status.is_over  # type: ignore[index,list-item]


async def test_events_come_signed_in_order_and_in_the_format_that_is_wanted(
    there: Receiver, tmp_path: Path
) -> None:
    async with house(tmp_path) as container:
        cloud = await created(container, there.url("/cloud"))
        seed = await created(
            container, there.url("/seed"), format="seed", event_types=["taskforce.teller.t*"]
        )
        job = await told(container, 3)
        await idle(container)
    assert there.ids("/cloud") == [f"{job.id}/{number}" for number in range(1, 6)]
    assert there.ids("/seed") == [f"{job.id}/{number}" for number in (2, 3, 4)]
    bodies = [one.verified(cloud.secret or "") for one in there.on("/cloud")]
    assert [body["type"] for body in bodies] == [
        "taskforce.teller.started.v1",
        *["taskforce.teller.told.v1"] * 3,
        "taskforce.teller.complete.v1",
    ]
    assert [body["data"]["details"] for body in bodies[1:4]] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert there.on("/seed")[0].verified(seed.secret or "").keys() == {"event_type", "timestamp", "data"}
    assert there.most_at_once == {"/cloud": 1, "/seed": 1}


async def test_a_slow_endpoint_holds_up_no_other_and_is_asked_no_more_than_it_takes(
    there: Receiver, tmp_path: Path
) -> None:
    async with house(tmp_path) as container:
        await created(container, there.url("/slow", behaves=slow(1.0, status(204))), concurrency=2)
        await created(container, there.url("/quick"), concurrency=4)
        began = time.monotonic()
        jobs = [await told(container, 1) for _ in range(6)]
        await until(lambda: len(there.on("/quick")) == 3 * len(jobs))
        taken = time.monotonic() - began
        assert len(there.on("/slow")) < 3 * len(jobs)
    assert taken < 5  # one after the other the slow one takes nine
    assert there.most_at_once["/slow"] == 2


async def test_410_disables_and_others_are_told(
    there: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with house(tmp_path) as container:
        gone = await created(container, there.url("/gone", behaves=status(410)))
        await created(container, there.url("/told"), event_types=["taskforce.webhook.*"])
        await told(container)
        await until(lambda: bool(there.on("/told")))
        view = await container.webhooks().get(ME, GetWebhook(webhook_id=gone.id))
        assert (view.status, view.disabled_because) == ("disabled", "gone")

        async def all_given_up() -> bool:
            return {one.status for one in await log(container, gone.id)} == {DeliveryStatus.GIVEN_UP}

        await until(all_given_up)
        replay = ReplayWebhook.model_validate({"webhook_id": gone.id, "since": "2026-01-01T00:00:00Z"})
        with pytest.raises(WebhookDisabled):
            await container.webhooks().replay(ME, replay)
    assert len(there.on("/gone")) == 1
    assert b'"reason":"gone"' in there.on("/told")[0].body
    assert '"event": "webhook_disabled"' in capsys.readouterr().err


async def test_a_failed_attempt_is_made_again_and_all_stand_in_the_log(
    there: Receiver, tmp_path: Path
) -> None:
    async with house(tmp_path) as container:
        busy = in_turn(status(429, Retry_After="1"), status(204))
        hook = await created(container, there.url("/", behaves=busy), event_types=["*"])
        await told(container, 0)
        await until(lambda: len(there.on("/")) == 3)
        first, second = there.on("/")[:2]
        deliveries = await log(container, hook.id)
    assert first.id == second.id
    assert first.body == second.body
    assert second.began - first.began >= 5  # the schedule's own pause is longer than what was asked for
    assert [attempt.status_code for attempt in deliveries[0].attempts] == [429, 204]


async def test_after_an_outage_a_range_is_replayed_in_order(there: Receiver, tmp_path: Path) -> None:
    async with house(tmp_path) as container:
        hook = await created(container, there.url("/", behaves=status(410)))
        job = await told(container, 2)

        async def all_given_up() -> bool:
            return {one.status.value for one in await log(container, hook.id)} == {"given_up"}

        await until(all_given_up)
        there.url("/", behaves=status(204))
        await container.webhooks().update(ME, UpdateWebhook(webhook_id=hook.id, enabled=True))
        since = ReplayWebhook.model_validate({"webhook_id": hook.id, "since": "2026-01-01T00:00:00Z"})
        replayed = await container.webhooks().replay(ME, since)
        await idle(container)
        last = (await log(container, hook.id))[-1]
        again = ReplayWebhook(webhook_id=hook.id, delivery_id=last.id)
        assert (await container.webhooks().replay(ME, again)).replayed == 1
        await idle(container)
    assert (replayed.replayed, replayed.is_more) == (4, False)
    numbers = [int(one.rpartition("/")[2]) for one in there.ids()]
    assert numbers == [1, 1, 2, 3, 4, 4]
    assert {one.rpartition("/")[0] for one in there.ids()} == {job.id}


async def test_rotated_both_secrets_verify(there: Receiver, tmp_path: Path) -> None:
    async with house(tmp_path) as container:
        hook = await created(container, there.url("/"))
        rotated = await container.webhooks().rotate(ME, RotateWebhook(webhook_id=hook.id))
        await container.webhooks().ping(ME, PingWebhook(webhook_id=hook.id))
    assert hook.secret != rotated.secret
    for secret in (hook.secret, rotated.secret):
        assert there.on("/")[0].verified(secret or "")["data"]["event_type"] == "ping"


async def test_a_ping_tells_what_is_answered_and_stands_in_the_log(there: Receiver, tmp_path: Path) -> None:
    async with house(tmp_path) as container:
        hook = await created(container, there.url("/", behaves=status(503)), event_types=["nothing"])
        attempt = await container.webhooks().ping(ME, PingWebhook(webhook_id=hook.id))
        (stands,) = await log(container, hook.id)
        view = await container.webhooks().get(ME, GetWebhook(webhook_id=hook.id))
    assert (attempt.status_code, attempt.is_success) == (503, False)
    assert (stands.status, stands.event_type) == (DeliveryStatus.GIVEN_UP, "taskforce.webhook.ping.v1")
    assert view.failures == 0


async def test_a_deleted_webhook_is_told_nothing_more(there: Receiver, tmp_path: Path) -> None:
    async with house(tmp_path) as container:
        hook = await created(container, there.url("/"))
        await container.webhooks().delete(ME, DeleteWebhook(webhook_id=hook.id))
        await told(container)
        with pytest.raises(NotFound):
            await container.webhooks().ping(ME, PingWebhook(webhook_id=hook.id))
    assert there.got == []


async def test_a_process_that_stops_gives_back_what_is_under_way(there: Receiver, tmp_path: Path) -> None:
    hook = await asyncio.to_thread(hooked, tmp_path, there.url("/", behaves=slow(8.0, status(204))))
    async with house(tmp_path) as container:
        job = await told(container)
        await until(lambda: bool(there.on("/")))
        began = time.monotonic()
    assert time.monotonic() - began < 4
    there.url("/", behaves=status(204))
    first, *_ = await asyncio.to_thread(in_home, tmp_path, lambda one: log(one, hook.id), workers=0)
    assert (first.status, first.tries, first.attempts) == (DeliveryStatus.PENDING, 0, ())
    async with house(tmp_path) as container:
        await idle(container)
    assert list(dict.fromkeys(there.ids())) == [f"{job.id}/{number}" for number in range(1, 5)]


async def test_only_the_doors_and_commands_in_the_foreground_send_nothing(
    there: Receiver, tmp_path: Path
) -> None:
    await asyncio.to_thread(hooked, tmp_path, there.url("/"))

    async def tell(container: Container) -> None:
        await started(container, 1)
        await asyncio.sleep(0.6)

    await asyncio.to_thread(in_home, tmp_path, tell, workers=0)
    assert there.got == []
