"""Whatever endpoints answer, whoever dies, however time passes: events come in order, and none is lost.

A machine of random steps over the stores in memory; what is accepted is compared with what was told.
"""

from collections import defaultdict
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from taskforce.application.webhooks.relay import Relay, WebhookBus
from taskforce.core.identity import WorkerId
from taskforce.core.jobs.ports import LeaseRequest
from taskforce.core.webhooks.deliveries import Delivery, DeliveryStatus
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.system.probe import SilentProbe
from taskforce.infrastructure.webhooks.memory import MemoryDeliveryStore, MemoryOutbox, MemoryWebhookStore
from taskforce.infrastructure.webhooks.memory_ledger import Tables
from tests.builders import ANNA, BERT, ids
from tests.webhook_builders import a_webhook, an_attempt, an_outgoing

T = TypeVar("T")
JOBS = [ids.new() for _ in range(3)]
LEASE = timedelta(seconds=60)
OPEN = {DeliveryStatus.PENDING, DeliveryStatus.SENDING}


def done(work: Coroutine[Any, Any, T]) -> T:
    """Return what comes of work that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as ended:
        came: T = ended.value
        return came
    raise AssertionError("it waits")


class Lines(RuleBasedStateMachine):
    """Two senders, two webhooks, three jobs."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = SetClock()
        self.tables = Tables()
        self.outbox = MemoryOutbox(self.tables, self.clock)
        self.deliveries = MemoryDeliveryStore(self.tables, self.clock)
        self.relay = Relay(outbox=self.outbox, bus=WebhookBus(self.deliveries), probe=SilentProbe())
        self.webhooks = [a_webhook(concurrency=1), a_webhook(concurrency=4)]
        for webhook in self.webhooks:
            done(MemoryWebhookStore(self.tables, MemoryRequestLog()).add(webhook, most=9))
        self.told: dict[str, int] = defaultdict(int)
        self.taken: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.held: list[Delivery] = []

    @rule(job=st.sampled_from(JOBS), count=st.integers(1, 3))
    def tell(self, job: str, count: int) -> None:
        for _ in range(count):
            self.told[job] += 1
            self.tables.outbox.append(an_outgoing(job, self.told[job]))

    @rule()
    def carry(self) -> None:
        done(self.relay.carry())

    @rule()
    def carry_and_die_before_the_outbox_knows(self) -> None:
        events = done(self.outbox.waiting(limit=2))
        done(self.deliveries.spread(events))

    @rule(worker=st.sampled_from([ANNA, BERT]), most=st.integers(1, 5))
    def claim(self, worker: WorkerId, most: int) -> None:
        letters = done(self.deliveries.claim(LeaseRequest(worker=worker, duration=LEASE), most=most))
        self.held += [letter.delivery for letter in letters]

    @rule(pick=st.integers(0, 100), status=st.sampled_from([204, 204, 500, None]))
    def answer(self, pick: int, status: int | None) -> None:
        """The endpoint answers one of the requests, whose sender may have lost it meanwhile."""
        if self.held:
            self._answer(self.held.pop(pick % len(self.held)), status)

    @rule(pick=st.integers(0, 100))
    def answer_and_die_before_it_is_written(self, pick: int) -> None:
        if self.held:
            self._take(self.held.pop(pick % len(self.held)))

    @rule(worker=st.sampled_from([ANNA, BERT]))
    def die(self, worker: WorkerId) -> None:
        done(self.deliveries.abandon({worker}))

    @rule(pick=st.integers(0, 100))
    def give_back(self, pick: int) -> None:
        if self.held:
            done(self.deliveries.release(self.held.pop(pick % len(self.held))))

    @rule(seconds=st.sampled_from([1, 6, 61, 400]))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_(seconds=seconds)

    @invariant()
    def of_a_line_one_at_most_is_under_way_and_it_is_the_first(self) -> None:
        lines: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
        for one in self.tables.deliveries.values():
            if not one.status.is_over:
                lines[one.webhook_id, one.event.subject].append(one)
        for line in lines.values():
            line.sort(key=lambda one: one.event.sequence)
            assert [one.status in OPEN for one in line] == [True] + [False] * (len(line) - 1)

    @invariant()
    def nobody_is_asked_more_than_it_takes(self) -> None:
        for webhook in self.webhooks:
            sending = [
                one
                for one in self.tables.deliveries.values()
                if one.webhook_id == webhook.id
                and one.status is DeliveryStatus.SENDING
                and one.due_at > self.clock.now()
            ]
            assert len(sending) <= webhook.concurrency

    def teardown(self) -> None:
        """Let all endpoints be well: every event has come, of each job in order, though some came twice."""
        done(self.deliveries.abandon({ANNA, BERT}))
        for _ in range(2 * sum(self.told.values()) + 20):
            self.clock.pass_(seconds=90_000)
            while done(self.relay.carry()):
                pass
            lease = LeaseRequest(worker=ANNA, duration=LEASE)
            for letter in done(self.deliveries.claim(lease, most=100)):
                self._answer(letter.delivery, 204)
        statuses = {one.status for one in self.tables.deliveries.values()}
        if DeliveryStatus.GIVEN_UP in statuses or not self._all_enabled():
            return
        for webhook in self.webhooks:
            for job, count in self.told.items():
                came = self.taken[webhook.id, job]
                firsts = list(dict.fromkeys(came))
                assert firsts == list(range(1, count + 1))

    def _all_enabled(self) -> bool:
        return all(one.status.value == "enabled" for one in self.tables.webhooks.values())

    def _answer(self, delivery: Delivery, status: int | None) -> None:
        if status == 204:
            self._take(delivery)
        done(self.deliveries.record(delivery, an_attempt(status)))

    def _take(self, delivery: Delivery) -> None:
        """The endpoint takes it, maybe again; never one whose former was not over."""
        line = (delivery.webhook_id, delivery.event.subject)
        before = [
            one
            for one in self.tables.deliveries.values()
            if (one.webhook_id, one.event.subject) == line and one.event.sequence < delivery.event.sequence
        ]
        assert all(one.status.is_over for one in before)
        self.taken[line].append(delivery.event.sequence)


Lines.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLines = Lines.TestCase
