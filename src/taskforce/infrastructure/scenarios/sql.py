"""Scenarios in a SQL database."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, bindparam, func, select, update

from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.scenarios.errors import NoSnapshot, SnapshotNotFound
from taskforce.core.scenarios.model import Snapshot, SnapshotId
from taskforce.core.scenarios.ports import SnapshotStore
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.prepared import Prepared, Row
from taskforce.infrastructure.database.scenario_tables import scenario_snapshots
from taskforce.infrastructure.jobs.sql_requests import remember_request

_own = scenario_snapshots.c


class SqlSnapshotStore(SnapshotStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, snapshot: Snapshot, *, changes: Sequence[RememberRequest] = ()) -> Snapshot:
        def write(connection: Connection) -> Snapshot:
            for change in changes:
                remember_request(connection, change)
            place = {"of_project": snapshot.project, "of_checksum": snapshot.checksum}
            last = _LAST.one(connection, {"of_project": snapshot.project})
            committed = 1 + (last[0] if last else 0)
            _ADD.run(connection, {**asdict(snapshot), "rows": dict(snapshot.rows), "committed": committed})
            _COMMIT.run(connection, {**place, "number": committed})
            row = _SAME.one(connection, place)
            return snapshot if row is None else _snapshot_from(row)

        return await self._database.write(write)

    async def get(self, snapshot_id: SnapshotId, *, project: ProjectId) -> Snapshot:
        place = {"wanted": snapshot_id, "of_project": project}
        row = await self._database.read(lambda connection: _FIND.one(connection, place))
        if row is None:
            raise SnapshotNotFound(snapshot_id)
        return _snapshot_from(row)

    async def newest(self, project: ProjectId) -> Snapshot:
        row = await self._database.read(lambda connection: _NEWEST.one(connection, {"of_project": project}))
        if row is None:
            raise NoSnapshot(project)
        return _snapshot_from(row)


def _snapshot_from(row: Row) -> Snapshot:
    fields = dict(zip(scenario_snapshots.columns.keys(), row, strict=True))
    del fields["committed"]
    return Snapshot(**fields)


_PROJECT = _own.project == bindparam("of_project")
_THIS = (_PROJECT, _own.checksum == bindparam("of_checksum"))
_ADD = Prepared(lambda insert: insert(scenario_snapshots).on_conflict_do_nothing())
_COMMIT = Prepared(update(scenario_snapshots).where(*_THIS).values(committed=bindparam("number")))
_LAST = Prepared(select(func.coalesce(func.max(_own.committed), 0)).where(_PROJECT))
_SAME = Prepared(select(scenario_snapshots).where(*_THIS))
_FIND = Prepared(select(scenario_snapshots).where(_own.id == bindparam("wanted"), _PROJECT))
_NEWEST = Prepared(select(scenario_snapshots).where(_PROJECT).order_by(_own.committed.desc()).limit(1))
