"""The write lock of a file that several processes share: waited for as long as whoever asked is patient."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from taskforce.infrastructure.database.asked import Answer, Asked, deliver
from taskforce.infrastructure.database.group_commit import Meaning
from taskforce.infrastructure.database.sqlite_errors import is_busy

SLICE = 0.25
"""Seconds of SQLite's own waiting after which it is looked at who has waited long enough."""


def begun(
    raw: sqlite3.Connection,
    group: Sequence[Asked],
    *,
    newcomers: Callable[[int], Sequence[Asked]],
    meaning: Meaning,
) -> Sequence[Asked]:
    """Begin a transaction; return for whom: the group less those who were told meanwhile that it is busy.

    Whoever comes while others wait waits beside them, and is told in time as well. `newcomers` is told how
    many wait already. What else is wrong with the database is told to all of them, and raised.
    """
    while group:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            told = partial(_told, reason=error, meaning=meaning)
            if not is_busy(error):
                deliver(map(told, group))
                raise
            deliver(map(told, (asked for asked in group if asked.patience <= SLICE)))
            group = [*_patient(group), *newcomers(len(group))]
        else:
            break
    return group


def _patient(group: Sequence[Asked]) -> Sequence[Asked]:
    """Return those whose patience did not end in this slice, with what is left of it."""
    return [replace(asked, patience=asked.patience - SLICE) for asked in group if asked.patience > SLICE]


def _told(asked: Asked, *, reason: sqlite3.Error, meaning: Meaning) -> Answer:
    return Answer(asked, error=meaning(reason))
