"""A name that one transaction holds at a time, for what no row stands for: a count, or a free place."""

from sqlalchemy import Connection, Text, bindparam, func, select

from taskforce.infrastructure.database.prepared import Prepared

_HOLD = Prepared(select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name", type_=Text), 0))))


def hold(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds the name, and hold it until this one is over.

    What is read afterwards is of afterwards only where the transaction sees what others commit meanwhile
    (`Guard.ROWS`). Two names may be one to the lock, which takes 64 bits of them: one then waits in vain.
    """
    if connection.dialect.name != "sqlite":  # there one transaction writes at a time
        _HOLD.one(connection, {"name": name})
