"""Several transactions in one commit; each of them fails alone."""

import sqlite3
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from taskforce.infrastructure.database.asked import Answer, Asked

Meaning = Callable[[BaseException], BaseException]


class _Undone(Exception):
    """SQLite has rolled back the whole group; the cause says why."""


def driver(connection: Connection) -> sqlite3.Connection:
    """Return SQLite's own connection."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - for the type checker
    return raw


def commit_group(connection: Connection, group: Sequence[Asked], *, meaning: Meaning) -> list[Answer]:
    """Run the group in one transaction and return the answers, which hold once they are returned.

    It is the transaction that was begun for the group, else one that is begun here.
    What one raises undoes that one alone. Where SQLite gives up the whole transaction, all of them fail.
    """
    raw = driver(connection)
    try:
        if not raw.in_transaction:
            raw.execute("BEGIN IMMEDIATE")
        if len(group) == 1:  # what fails alone needs no savepoint
            answers = [Answer(asked, asked.work(connection)) for asked in group]
        else:
            answers = [_run(connection, raw, asked, meaning) for asked in group]
        raw.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - who asked is told
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        cause = error.__cause__ if isinstance(error, _Undone) else error
        return [Answer(asked, error=meaning(cause or error)) for asked in group]
    return answers


def _run(connection: Connection, raw: sqlite3.Connection, asked: Asked, meaning: Meaning) -> Answer:
    raw.execute("SAVEPOINT one")
    try:
        value = asked.work(connection)
    except BaseException as error:
        if not raw.in_transaction:  # disk full and the like: SQLite has undone all of the group
            raise _Undone from error
        raw.execute("ROLLBACK TO one")
        raw.execute("RELEASE one")
        return Answer(asked, error=meaning(error))
    raw.execute("RELEASE one")
    return Answer(asked, value)
