"""How an endpoint that fails is treated: asked more seldom, and disabled when it is hopeless."""

from datetime import timedelta

import pytest

from taskforce.core.webhooks.model import (
    BY_HAND,
    FAILING,
    GONE,
    HOPELESS,
    TROUBLED,
    Health,
    Webhook,
    WebhookStatus,
    disabled_event,
)
from tests.builders import NOON
from tests.webhook_builders import a_webhook, an_attempt


def failed(webhook: Webhook, times: int, *, every: timedelta = timedelta(minutes=1)) -> Webhook:
    for count in range(times):
        webhook = webhook.heard(an_attempt(500), now=NOON + every * count)
    return webhook


def test_one_success_makes_all_well() -> None:
    webhook = failed(a_webhook(), 7).heard(an_attempt(200), now=NOON)
    assert webhook.health == Health()
    assert webhook.at_once == 2


def test_one_that_fails_again_and_again_is_asked_one_at_a_time_and_ever_more_seldom() -> None:
    webhook = failed(a_webhook(concurrency=4), TROUBLED - 1)
    assert (webhook.at_once, webhook.health.paused_until) == (4, None)
    pauses = []
    for _ in range(10):
        webhook = webhook.heard(an_attempt(None), now=NOON)
        assert webhook.at_once == 1
        assert webhook.health.paused_until is not None
        pauses.append((webhook.health.paused_until - NOON).total_seconds())
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300]


@pytest.mark.parametrize(("status", "is_paused"), [(429, True), (503, True), (500, False)])
def test_one_that_says_it_is_busy_is_left_alone_as_long_as_it_asks(status: int, is_paused: bool) -> None:
    asked = timedelta(minutes=7)
    webhook = a_webhook().heard(an_attempt(status, retry_after=asked), now=NOON)
    assert webhook.health.paused_until == (NOON + asked if is_paused else None)


def test_nobody_gets_left_alone_for_longer_than_a_day() -> None:
    webhook = a_webhook().heard(an_attempt(429, retry_after=timedelta(days=400)), now=NOON)
    assert webhook.health.paused_until == NOON + timedelta(days=1)


def test_after_days_of_nothing_but_failures_it_is_disabled() -> None:
    webhook = failed(a_webhook(), 2)
    later = webhook.heard(an_attempt(500), now=NOON + HOPELESS - timedelta(seconds=1))
    assert later.status is WebhookStatus.ENABLED
    disabled = webhook.heard(an_attempt(500), now=NOON + HOPELESS)
    assert (disabled.status, disabled.disabled_because) == (WebhookStatus.DISABLED, FAILING)
    well = webhook.heard(an_attempt(200), now=NOON + HOPELESS).heard(an_attempt(500), now=NOON + HOPELESS * 2)
    assert well.status is WebhookStatus.ENABLED


def test_one_that_is_gone_is_disabled_at_once_and_others_are_told() -> None:
    webhook = a_webhook().heard(an_attempt(410), now=NOON)
    assert (webhook.status, webhook.disabled_because) == (WebhookStatus.DISABLED, GONE)
    event = disabled_event(webhook)
    assert (event.type, event.details) == (
        "taskforce.webhook.disabled.v1",
        {"webhook_id": webhook.id, "reason": GONE},
    )
    assert not webhook.wants(event)


def test_one_disabled_by_hand_stays_so_whatever_is_answered_and_is_enabled_as_new() -> None:
    webhook = failed(a_webhook(), 6).disable(BY_HAND, now=NOON)
    assert webhook.heard(an_attempt(410), now=NOON).disabled_because == BY_HAND
    enabled = webhook.enable(now=NOON)
    assert (enabled.status, enabled.health, enabled.disabled_because) == (
        WebhookStatus.ENABLED,
        Health(),
        None,
    )
