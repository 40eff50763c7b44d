"""The schedule: ten attempts over three days, never earlier than it says, a tenth later at most."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.webhooks.deliveries import Delivery, DeliveryStatus, new_delivery
from taskforce.core.webhooks.schedule import ATTEMPTS, JITTER, LONGEST_WAIT, PAUSES, pause_after
from tests.builders import NOON, ids
from tests.webhook_builders import a_webhook, an_attempt, an_outgoing

SECONDS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
SPECIFIED = tuple(timedelta(seconds=seconds) for seconds in SECONDS)


def tried(statuses: list[int | None], waits: list[timedelta | None]) -> list[tuple[datetime, Delivery]]:
    """A delivery through attempts that come to these, each made when it is due."""
    delivery = new_delivery(a_webhook().id, an_outgoing(), now=NOON)
    now, seen = NOON, []
    for status, wait in zip(statuses, waits, strict=True):
        delivery = delivery.tried(an_attempt(status, retry_after=wait), now=now)
        seen.append((now, delivery))
        if delivery.status.is_over:
            break
        now = delivery.due_at
    return seen


def test_the_pauses_are_those_of_the_specification() -> None:
    assert PAUSES == SPECIFIED
    assert sum(PAUSES, timedelta()) > timedelta(days=3)


@given(tries=st.integers(0, ATTEMPTS - 1), of=st.text())
def test_a_pause_is_never_shorter_and_a_tenth_longer_at_most(tries: int, of: str) -> None:
    pause = pause_after(tries, of=of)
    assert pause is not None
    assert SPECIFIED[tries] <= pause <= SPECIFIED[tries] * (1 + JITTER)
    assert pause == pause_after(tries, of=of)


@given(tries=st.integers(0, ATTEMPTS - 1), asked=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_what_the_receiver_asks_for_is_waited_for_up_to_a_day(tries: int, asked: timedelta) -> None:
    own, pause = pause_after(tries, of="x"), pause_after(tries, of="x", asked=asked)
    assert own is not None
    assert pause == max(own, min(asked, LONGEST_WAIT))


@given(tries=st.integers(ATTEMPTS, 1_000), asked=st.none() | st.timedeltas(timedelta(0)))
def test_after_the_last_attempt_there_is_no_other(tries: int, asked: timedelta | None) -> None:
    assert pause_after(tries, of="x", asked=asked) is None


FAILURES = st.sampled_from([None, 301, 302, 400, 404, 429, 500, 503])
WAITS = st.none() | st.timedeltas(timedelta(0), timedelta(days=3))


@given(statuses=st.lists(FAILURES, min_size=20, max_size=20), waits=st.lists(WAITS, min_size=20, max_size=20))
def test_what_only_fails_is_tried_ten_times_and_given_up(
    statuses: list[int | None], waits: list[timedelta | None]
) -> None:
    seen = tried(statuses, waits)
    assert len(seen) == ATTEMPTS
    assert [delivery.status for _, delivery in seen[:-1]] == [DeliveryStatus.PENDING] * (ATTEMPTS - 1)
    assert seen[-1][1].status is DeliveryStatus.GIVEN_UP
    for place, ((before, _), (after, _)) in enumerate(pairwise(seen), start=1):
        assert after - before >= SPECIFIED[place]


@given(
    statuses=st.lists(FAILURES, max_size=8),
    last=st.sampled_from([200, 201, 204, 299, 410]),
)
def test_only_2xx_is_taken_and_410_ends_it(statuses: list[int | None], last: int) -> None:
    seen = tried([*statuses, last], [None] * (len(statuses) + 1))
    assert len(seen) == len(statuses) + 1
    delivery = seen[-1][1]
    assert delivery.status is (DeliveryStatus.GIVEN_UP if last == 410 else DeliveryStatus.DELIVERED)
    assert len(delivery.attempts) == delivery.tries == len(seen)


def test_two_deliveries_that_failed_together_come_back_apart() -> None:
    pauses = {pause_after(5, of=ids.new()) for _ in range(20)}
    assert len(pauses) == 20
