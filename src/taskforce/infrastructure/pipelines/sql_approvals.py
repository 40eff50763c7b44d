"""Approvals in a SQL database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, text, update

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.pipelines.delivery import Approval, Environment
from taskforce.core.pipelines.errors import ApprovalExists, ApprovalNotFound, NotApproved
from taskforce.core.pipelines.identity import ApprovalId
from taskforce.core.pipelines.ports import ApprovalStore
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.delivery_tables import COUNTS, approvals
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.jobs.sql_requests import remember_request
from taskforce.infrastructure.pipelines.sql_delivery_rows import approval_from, approval_values

_own = approvals.c


class SqlApprovalStore(ApprovalStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, approval: Approval, *, changes: Sequence[RememberRequest] = ()) -> None:
        await self._database.write(lambda connection: _add(connection, approval, changes))

    async def get(self, approval_id: ApprovalId, *, project: ProjectId) -> Approval:
        return await self._database.read(lambda connection: _get(connection, approval_id, project))

    async def newest(self, release: JobId, environment: Environment, *, project: ProjectId) -> Approval:
        pair = (_own.release == release, _own.environment == environment.value, _own.project == project)
        query = select(approvals).where(*pair).order_by(_own.approved_at.desc(), _own.id.desc()).limit(1)
        row = await self._database.read(lambda connection: connection.execute(query).first())
        if row is None:
            raise NotApproved(release, environment)
        return approval_from(tuple(row))

    async def revoke(self, approval_id: ApprovalId, *, project: ProjectId, by: str, at: datetime) -> Approval:
        def revoke(connection: Connection) -> Approval:
            changes = {"revoked_at": at, "revoked_by": by, "counts": False}
            own = _this(approval_id, project)
            unrevoked = (*own, _own.revoked_at.is_(None))
            connection.execute(update(approvals).where(*unrevoked).values(changes))
            return _get(connection, approval_id, project)

        return await self._database.write(revoke)


def _add(connection: Connection, approval: Approval, changes: Sequence[RememberRequest]) -> None:
    pair = {"of_release": approval.release, "of_environment": approval.environment.value}
    other = _COUNTING.one(connection, pair)
    if other is not None:
        found = approval_from(other)
        if found.expires_at > approval.approved_at:
            raise ApprovalExists(found.id)
        _EXPIRE.run(connection, {"expired": found.id})
    for change in changes:
        remember_request(connection, change)
    _ADD.run(connection, approval_values(approval))


def _get(connection: Connection, approval_id: ApprovalId, project: ProjectId) -> Approval:
    row = connection.execute(select(approvals).where(*_this(approval_id, project))).first()
    if row is None:
        raise ApprovalNotFound(approval_id)
    return approval_from(tuple(row))


def _this(approval_id: ApprovalId, project: ProjectId) -> tuple[ColumnElement[bool], ...]:
    return _own.id == approval_id, _own.project == project


_ADD = Prepared(insert(approvals))
_COUNTING = Prepared(
    select(approvals).where(
        _own.release == bindparam("of_release"), _own.environment == bindparam("of_environment"), COUNTS
    )
)
_EXPIRE = Prepared(update(approvals).where(_own.id == bindparam("expired")).values(counts=text("false")))
