"""Requests under a key, in a SQL database."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, tuple_

from taskforce.core.errors import Conflict
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.ports import RequestLog
from taskforce.core.jobs.requests import RequestKey
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.rows import Values
from taskforce.infrastructure.database.tables import idempotency


class SqlRequestLog(RequestLog):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, request: RequestKey) -> RememberRequest | None:
        row = await self._database.read(lambda connection: _FIND.one(connection, _place(request, "of_")))
        if row is None:
            return None
        fingerprint, made, at = row
        return RememberRequest(request=request, fingerprint=fingerprint, made=made, at=at)

    async def forget(self, *, before: datetime, limit: int) -> int:
        values = {"before": before, "most": limit}
        return await self._database.write(lambda connection: _FORGET.run(connection, values))


def remember_request(connection: Connection, change: RememberRequest) -> None:
    """Write a request in the transaction that the connection is in. Raises Conflict when its key is taken."""
    values = {"fingerprint": change.fingerprint, "made": change.made, "at": change.at}
    if _ADD.run(connection, _place(change.request) | values) == 0:
        raise Conflict("This key is taken.")


def _place(request: RequestKey, prefix: str = "") -> Values:
    return {
        f"{prefix}project": request.project,
        f"{prefix}principal": request.principal,
        f"{prefix}use_case": request.use_case,
        f"{prefix}key": request.key,
    }


_ADD = Prepared(lambda insert: insert(idempotency).on_conflict_do_nothing())
_key = (idempotency.c.project, idempotency.c.principal, idempotency.c.use_case, idempotency.c.key)
_FORGET = Prepared(
    delete(idempotency).where(
        tuple_(*_key).in_(
            select(*_key)
            .where(idempotency.c.at < bindparam("before"))
            .order_by(idempotency.c.at)
            .limit(bindparam("most"))
        )
    )
)
_FIND = Prepared(
    select(idempotency.c.fingerprint, idempotency.c.made, idempotency.c.at).where(
        *(
            idempotency.c[name] == bindparam(f"of_{name}")
            for name in ("project", "principal", "use_case", "key")
        )
    )
)
