"""API keys in a SQL database."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, or_, select, update

from taskforce.core.access.errors import KeyIdTaken, KeyNotFound
from taskforce.core.access.model import ApiKey
from taskforce.core.access.ports import KeyStore
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Role
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.prepared import Prepared, Row
from taskforce.infrastructure.database.tables import api_keys
from taskforce.infrastructure.jobs.sql_requests import remember_request


class SqlKeyStore(KeyStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: ApiKey, *, changes: Sequence[RememberRequest] = ()) -> None:
        def write(connection: Connection) -> None:
            for change in changes:
                remember_request(connection, change)
            if _ADD.run(connection, asdict(key)) == 0:
                raise KeyIdTaken

        await self._database.write(write)

    async def find(self, key_id: str) -> ApiKey:
        row = await self._database.read(lambda connection: _FIND.one(connection, {"key_id": key_id}))
        if row is None:
            raise KeyNotFound(key_id)
        return _key_from(row)

    async def get(self, key_id: str, *, project: ProjectId) -> ApiKey:
        key = await self.find(key_id)
        if key.project != project:
            raise KeyNotFound(key_id)
        return key

    async def list(self, page: Page, *, project: ProjectId) -> Listing[ApiKey]:
        def read(connection: Connection) -> Listing[ApiKey]:
            own = api_keys.c.project == project
            total = connection.scalar(select(func.count()).select_from(api_keys).where(own)) or 0
            newest = select(*_COLUMNS).where(own).order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc())
            rows = connection.execute(newest.limit(page.limit).offset(page.offset)).all()
            return Listing(items=tuple(_key_from(tuple(row)) for row in rows), total=total)

        return await self._database.read(read)

    async def revoke(self, key_id: str, *, project: ProjectId, at: datetime) -> ApiKey:
        def write(connection: Connection) -> ApiKey:
            _REVOKE.run(connection, {"key_id": key_id, "of_project": project, "at": at})
            row = _FIND.one(connection, {"key_id": key_id})
            key = None if row is None else _key_from(row)
            if key is None or key.project != project:
                raise KeyNotFound(key_id)
            return key

        return await self._database.write(write)

    async def touch(self, key_id: str, *, at: datetime) -> None:
        await self._database.write(
            lambda connection: _TOUCH.run(connection, {"key_id": key_id, "at": at, "before": at})
        )


def _key_from(row: Row) -> ApiKey:
    fields = dict(zip(_NAMES, row, strict=True))
    return ApiKey(**{**fields, "role": Role(fields["role"])})


_COLUMNS = tuple(api_keys.columns)
_NAMES = tuple(column.name for column in _COLUMNS)
_ADD = Prepared(lambda insert: insert(api_keys).on_conflict_do_nothing())
_FIND = Prepared(select(*_COLUMNS).where(api_keys.c.id == bindparam("key_id")))
_REVOKE = Prepared(
    update(api_keys)
    .where(
        api_keys.c.id == bindparam("key_id"),
        api_keys.c.project == bindparam("of_project"),
        api_keys.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("at", type_=api_keys.c.revoked_at.type))
)
_TOUCH = Prepared(
    update(api_keys)
    .where(
        api_keys.c.id == bindparam("key_id"),
        or_(
            api_keys.c.last_used_at.is_(None),
            api_keys.c.last_used_at < bindparam("before", type_=api_keys.c.last_used_at.type),
        ),
    )
    .values(last_used_at=bindparam("at", type_=api_keys.c.last_used_at.type))
)
