"""The webhook store keeps webhooks of projects, and requests that made them."""

import pytest

from taskforce.core.errors import Conflict
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.webhooks.bodies import Format
from taskforce.core.webhooks.deliveries import WebhookId
from taskforce.core.webhooks.errors import TooManyWebhooks, WebhookNotFound
from taskforce.core.webhooks.model import BY_HAND, Webhook
from taskforce.core.webhooks.signing import Secret
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON, OTHER_PROJECT
from tests.integration.contracts.stores import Stores
from tests.webhook_builders import KEY, a_webhook, an_attempt

PLACE = RequestKey(project=DEFAULT_PROJECT, principal="local", use_case="webhooks.create", key="once")


async def added(stores: Stores, webhook: Webhook) -> Webhook:
    await stores.webhooks.add(webhook, most=10)
    return webhook


async def test_a_webhook_comes_back_as_it_was_added(stores: Stores) -> None:
    webhook = a_webhook(event_types=("a.*", "b"), format=Format.SEED, description="größer", concurrency=4)
    webhook = webhook.rotate(Secret.of(KEY[::-1]), now=NOON).heard(an_attempt(None), now=NOON)
    await added(stores, webhook)
    assert await stores.webhooks.get(webhook.id, project=DEFAULT_PROJECT) == webhook


async def test_another_projects_webhook_is_not_found(stores: Stores) -> None:
    webhook = await added(stores, a_webhook(project=OTHER_PROJECT))
    for missing in (webhook.id, WebhookId("nothing")):
        with pytest.raises(WebhookNotFound):
            await stores.webhooks.get(missing, project=DEFAULT_PROJECT)
        with pytest.raises(WebhookNotFound):
            await stores.webhooks.change(missing, lambda one: one, project=DEFAULT_PROJECT)
    assert (await stores.webhooks.list(Page(), project=DEFAULT_PROJECT)).total == 0


async def test_lists_are_newest_first_and_in_parts(stores: Stores, clock: SetClock) -> None:
    made = [
        await added(stores, a_webhook(created_at=clock.pass_(seconds=1), updated_at=NOON)) for _ in range(5)
    ]
    found = await stores.webhooks.list(Page(limit=2, offset=1), project=DEFAULT_PROJECT)
    assert (found.items, found.total) == ((made[3], made[2]), 5)


async def test_a_change_is_kept(stores: Stores) -> None:
    webhook = await added(stores, a_webhook())
    changed = await stores.webhooks.change(
        webhook.id, lambda one: one.disable(BY_HAND, now=NOON), project=DEFAULT_PROJECT
    )
    assert changed == webhook.disable(BY_HAND, now=NOON)
    assert await stores.webhooks.get(webhook.id, project=DEFAULT_PROJECT) == changed


async def test_a_deleted_one_is_not_found_and_makes_room(stores: Stores) -> None:
    webhook = a_webhook()
    await stores.webhooks.add(webhook, most=1)
    with pytest.raises(TooManyWebhooks):
        await stores.webhooks.add(a_webhook(), most=1)
    await stores.webhooks.add(a_webhook(project=OTHER_PROJECT), most=1)
    await stores.webhooks.change(webhook.id, lambda one: one.delete(now=NOON), project=DEFAULT_PROJECT)
    with pytest.raises(WebhookNotFound):
        await stores.webhooks.get(webhook.id, project=DEFAULT_PROJECT)
    await stores.webhooks.add(a_webhook(), most=1)


async def test_of_two_requests_under_one_key_one_makes_a_webhook(stores: Stores) -> None:
    first, second = a_webhook(), a_webhook()
    for webhook in (first, second):
        change = RememberRequest(request=PLACE, fingerprint="ab" * 32, made=webhook.id, at=NOON)
        if webhook is first:
            await stores.webhooks.add(webhook, changes=[change], most=10)
        else:
            with pytest.raises(Conflict):
                await stores.webhooks.add(webhook, changes=[change], most=10)
    remembered = await stores.requests.find(PLACE)
    assert remembered is not None
    assert remembered.made == first.id
    assert (await stores.webhooks.list(Page(), project=DEFAULT_PROJECT)).items == (first,)
