"""The write lock of a file that several processes share: waited for as long as whoever asked is patient."""

import sqlite3
import time
from collections.abc import Callable, Sequence

from taskforce.infrastructure.database.asked import Answer, Asked, deliver
from taskforce.infrastructure.database.sqlite_errors import is_busy

SLICE = 0.25
"""Seconds of waiting after which it is looked at who has waited long enough."""


def begun(
    raw: sqlite3.Connection,
    group: Sequence[Asked],
    *,
    newcomers: Callable[[int], Sequence[Asked]],
    meaning: Callable[[BaseException], BaseException],
) -> Sequence[Asked]:
    """Begin a transaction; return for whom: the group less those who were told meanwhile that it is busy.

    Whoever comes while others wait waits beside them, and is told in time as well. `newcomers` is told how
    many wait already.
    """
    while group:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            group = _patient([*group, *newcomers(len(group))], meaning(error))
        else:
            break
    return group


def _patient(group: Sequence[Asked], error: BaseException) -> Sequence[Asked]:
    """Tell those whose time is up, and return the others."""
    now = time.monotonic()
    deliver(Answer(asked, error=error) for asked in group if asked.until <= now)
    return [asked for asked in group if asked.until > now]
