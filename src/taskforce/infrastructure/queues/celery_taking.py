"""How messages become hints while somebody sleeps here, and how they are acknowledged and given back."""

from collections import deque
from collections.abc import Iterable
from itertools import chain
from typing import Any

from celery import Celery
from kombu import Connection

from taskforce.core.jobs.ports import Hint
from taskforce.infrastructure.queues.celery_app import queue_of
from taskforce.infrastructure.queues.celery_lane import Lane
from taskforce.infrastructure.queues.sleepers import Sleepers

TICK = 0.025
"""Seconds between two looks at the broker while somebody sleeps."""
_RESTORE = round(60 / TICK)
"""After so many looks it is seen whether dead workers left messages; Celery's own workers do it, too."""


class Taking(Lane):
    """Takes a message only for one who sleeps: others are left to those who have a place."""

    def __init__(self, app: Celery, sleepers: Sleepers) -> None:
        super().__init__(app, name="taskforce-messages")
        self._sleepers = sleepers
        self._ended: deque[tuple[str, bool]] = deque()
        self._turn = 0

    def end(self, tag: str, *, is_done: bool) -> None:
        """Acknowledge a message, or give it back; from any thread."""
        self._ended.append((tag, is_done))
        self.ring()

    def carry(self, connection: Connection) -> None:
        """Take and end messages until all is over; those that nobody ended are given back."""
        channel = connection.default_channel
        while not self.is_ending:
            self.rung.wait(TICK if self._sleepers.kinds else None)
            self.rung.clear()
            self._end_all(channel)
            channel.qos.restore_visible(interval=_RESTORE)
            for kind in self._in_turn(self._sleepers.kinds):
                self._take(channel, kind)
        self._end_all(channel)

    def interrupted(self) -> None:
        """Go on: what was not acknowledged becomes visible again, and then leads to nothing."""

    def _take(self, channel: Any, kind: str) -> None:  # noqa: ANN401 - kombu tells no types
        message = channel.basic_get(queue_of(kind))
        if message is not None:
            hint = _Taken(message.delivery_tag, self)
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

    def __init__(self, tag: str, taking: Taking) -> None:
        self._tag = tag
        self._taking = taking

    def keep(self) -> None:
        return  # it stays invisible for longer than a lease, and the lease decides

    def settle(self) -> None:
        self._taking.end(self._tag, is_done=True)

    def pass_on(self) -> None:
        self._taking.end(self._tag, is_done=False)
