"""The time of a server that several machines share, told without asking it each time."""

from datetime import datetime, timedelta

from taskforce.core.clock import Clock

_DRIFT = timedelta(milliseconds=1) / timedelta(minutes=1)
"""How far a measurement is trusted less with age: clocks differ by some millionths, this says 17 of them."""


class ServerClock(Clock):
    """The server's time since it was learnt, going on by this machine's monotonic clock; before, its own.

    Workers of several machines then agree on when a lease is over, however wrong their own clocks are.
    """

    def __init__(self, own: Clock) -> None:
        self._own = own
        self._learnt: tuple[datetime, float, float] | None = None
        """What the server said, when that was by the monotonic clock, and the seconds that it may be off."""

    def now(self) -> datetime:
        if self._learnt is None:
            return self._own.now()
        told, at, _ = self._learnt
        return told + timedelta(seconds=self._own.monotonic() - at)

    def monotonic(self) -> float:
        return self._own.monotonic()

    def learn(self, told: datetime, *, asked: float, answered: float) -> None:
        """Take the server's time, unless what is known yet is nearer: the way there and back blurs it.

        `asked` and `answered` are seconds of `monotonic`.
        """
        at, off = (asked + answered) / 2, (answered - asked) / 2
        if self._learnt is not None:
            _, before, former = self._learnt
            if off > former + (at - before) * _DRIFT:
                return
        self._learnt = (told, at, off)
