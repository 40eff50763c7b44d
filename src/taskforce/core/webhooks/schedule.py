"""When a delivery is tried again: the schedule of the Standard Webhooks specification, over three days."""

import hashlib
from datetime import timedelta

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""The pause before each attempt: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h."""
ATTEMPTS = len(PAUSES)
JITTER = 0.1
"""By which part a pause may be longer, so that what failed together does not come back together."""
LONGEST_WAIT = timedelta(hours=24)
"""What a receiver may ask for with Retry-After."""


def pause_after(tries: int, *, of: str, asked: timedelta | None = None) -> timedelta | None:
    """Return how long to wait after so many attempts; None when it was tried often enough.

    The jitter comes from the delivery's id and the attempt, so that the same is answered each time. What the
    receiver asked for counts where it is longer.
    """
    if tries >= ATTEMPTS:
        return None
    pause = PAUSES[tries] * (1 + JITTER * _share(f"{of}/{tries}"))
    return max(pause, min(asked, LONGEST_WAIT)) if asked is not None else pause


def _share(of: str) -> float:
    """Return a number from 0 up to 1 that looks like chance."""
    return int.from_bytes(hashlib.sha256(of.encode()).digest()[:6], "big") / 2**48
