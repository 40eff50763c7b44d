"""How messages become hints while somebody sleeps here, and how they are acknowledged and given back."""

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from celery import Celery
from kombu import Connection, Message

from taskforce.core.jobs.ports import Hint
from taskforce.infrastructure.queues.celery_app import OF_A_JOB, queue_of
from taskforce.infrastructure.queues.celery_lane import Lane
from taskforce.infrastructure.queues.sleepers import Sleepers

TICK = 0.025
"""Seconds between two looks at the broker while somebody sleeps."""
_QUICK_LOOKS = 8
"""So many looks in a row are at no more kinds than those of which messages come."""
_RESTORE = round(60 / TICK)
"""After so many looks it is seen whether dead workers left messages; Celery's own workers do it, too."""


class Taking(Lane):
    """Takes a message only for one who sleeps: others are left to those who have a place."""

    def __init__(self, app: Celery, sleepers: Sleepers) -> None:
        super().__init__(app, name="taskforce-messages")
        self._sleepers = sleepers
        self._ended: deque[tuple[str, bool]] = deque()
        self._turn = 0
        self._flowing: set[str] = set()
        """Kinds of which the last look found a message: these are looked at whenever something moves."""
        self._quick_looks = 0
        """How many in a row were at these alone."""

    def end(self, tag: str, *, is_done: bool) -> None:
        """Acknowledge a message, or give it back; from any thread."""
        self._ended.append((tag, is_done))
        self.ring()

    def carry(self, connection: Connection) -> None:
        """Take and end messages until all is over; those that nobody ended are given back."""
        channel = connection.default_channel
        while not self.is_ending:
            is_rung = self.rung.wait(TICK if self._sleepers.by_kind() else None)
            self.rung.clear()
            self._end_all(channel)
            channel.qos.restore_visible(interval=_RESTORE)
            self._take_all(channel, self._sleepers.by_kind(), is_quick=is_rung)
        self._end_all(channel)

    def interrupted(self) -> None:
        """Go on: what was not acknowledged becomes visible again, and then leads to nothing."""

    def _take_all(
        self,
        channel: Any,  # noqa: ANN401 - kombu tells no types
        waiting: Mapping[str, int],
        *,
        is_quick: bool,
    ) -> None:
        is_quick = is_quick and self._quick_looks < _QUICK_LOOKS
        self._quick_looks = self._quick_looks + 1 if is_quick else 0
        for kind in self._in_turn(self._flowing.intersection(waiting) if is_quick else waiting):
            self._take(channel, kind, most=waiting[kind])

    def _take(self, channel: Any, kind: str, *, most: int) -> None:  # noqa: ANN401 - the same
        for _ in range(most):
            message = channel.basic_get(queue_of(kind))
            if message is None:
                self._flowing.discard(kind)
                return
            self._flowing.add(kind)
            hint = _Taken(message, self)
            if not self._sleepers.wake(kind, hint):
                hint.pass_on()

    def _end_all(self, channel: Any) -> None:  # noqa: ANN401 - the same
        while self._ended:
            tag, is_done = self._ended[0]
            if is_done:
                channel.basic_ack(tag)
            else:
                channel.basic_reject(tag, requeue=True)
            self._ended.popleft()

    def _in_turn(self, kinds: Iterable[str]) -> Iterable[str]:
        """Return the kinds, each time from another one on, so that none is always last."""
        ordered = sorted(kinds)
        self._turn = (self._turn + 1) % max(len(ordered), 1)
        return chain(ordered[self._turn :], ordered[: self._turn])


class _Taken(Hint):
    """A message that is not acknowledged yet."""

    def __init__(self, message: Message, taking: Taking) -> None:
        self.is_of_a_job = OF_A_JOB in message.headers
        self._tag = str(message.delivery_tag)
        self._taking = taking

    def keep(self) -> None:
        return  # it stays invisible for longer than a lease, and the lease decides

    def settle(self) -> None:
        self._taking.end(self._tag, is_done=True)

    def pass_on(self) -> None:
        self._taking.end(self._tag, is_done=False)
