"""Releases in a SQL database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, or_, select

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines.delivery import Alias, AliasType, Product, Release
from taskforce.core.pipelines.errors import AliasTaken, ReleaseNotFound
from taskforce.core.pipelines.look_up import NameReading, looked_up
from taskforce.core.pipelines.ports import ReleaseStore
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.delivery_tables import release_aliases, releases
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.pipelines.sql_delivery_changes import TAKE_ALIAS
from taskforce.infrastructure.pipelines.sql_delivery_rows import alias_values, releases_from

_PAST_HEX = "g"
"""Sorts after every hex digit, so that a range takes the index that a pattern would not."""


class SqlReleaseStore(ReleaseStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, release_id: JobId, *, project: ProjectId) -> Release:
        return await self._database.read(lambda connection: _get(connection, release_id, project))

    async def find(self, product: Product, name: str) -> Release:
        return await self._database.read(lambda connection: _find(connection, product, name))

    async def list(self, product: Product, page: Page) -> Listing[Release]:
        return await self._database.read(lambda connection: _listed(connection, product, page))

    async def last_number(self, product: Product) -> int:
        query = select(func.max(releases.c.release_number)).where(*_of(product))
        return await self._database.read(lambda connection: connection.scalar(query)) or 0

    async def name(self, release: Release, alias: Alias) -> Release:
        return await self._database.write(lambda connection: _name(connection, release, alias))

    async def unname(self, product: Product, alias: str) -> None:
        columns = release_aliases.c
        removal = delete(release_aliases).where(
            columns.project == product.project,
            columns.repository == product.repository,
            columns.name == product.name,
            columns.alias == alias,
            columns.alias_type == AliasType.CUSTOM.value,
        )
        if await self._database.write(lambda connection: connection.execute(removal).rowcount) == 0:
            raise ReleaseNotFound(alias)


def _get(connection: Connection, release_id: JobId, project: ProjectId) -> Release:
    row = _GET.one(connection, {"release_id": release_id, "of_project": project})
    if row is None:
        raise ReleaseNotFound(release_id)
    return releases_from(connection, [row])[0]


def _find(connection: Connection, product: Product, name: str) -> Release:
    reading = NameReading.of(name)
    aliased = select(release_aliases.c.release).where(
        release_aliases.c.project == product.project,
        release_aliases.c.repository == product.repository,
        release_aliases.c.name == product.name,
        release_aliases.c.alias == reading.alias,
    )
    ways: list[ColumnElement[bool]] = [releases.c.id.in_(aliased)]
    if reading.commit is not None:
        ways.append(releases.c.commit_sha.between(reading.commit, reading.commit + _PAST_HEX))
    if reading.number is not None:
        ways.append(releases.c.release_number == reading.number)
    rows = connection.execute(select(releases).where(*_of(product), or_(*ways)))
    return looked_up(name, releases_from(connection, _rows(rows)))


def _listed(connection: Connection, product: Product, page: Page) -> Listing[Release]:
    total = connection.scalar(select(func.count()).select_from(releases).where(*_of(product)))
    query = select(releases).where(*_of(product)).order_by(releases.c.release_number.desc())
    rows = connection.execute(query.limit(page.limit).offset(page.offset))
    return Listing(items=releases_from(connection, _rows(rows)), total=total or 0)


def _name(connection: Connection, release: Release, alias: Alias) -> Release:
    product, columns = release.product, release_aliases.c
    other = connection.execute(
        select(releases.c.release_number)
        .join(release_aliases, columns.release == releases.c.id)
        .where(
            *_of(product),
            columns.alias == alias.alias,
            columns.alias_type != alias.alias_type.value,
        )
    ).first()
    if other is not None:
        raise AliasTaken(f"{alias.alias} is a name of release {other[0]}. Choose another.")
    TAKE_ALIAS.run(connection, alias_values(product, alias, release=release.id))
    return _get(connection, release.id, product.project)


def _of(product: Product) -> Sequence[ColumnElement[bool]]:
    return (
        releases.c.project == product.project,
        releases.c.repository == product.repository,
        releases.c.name == product.name,
    )


def _rows(found: Any) -> list[Sequence[Any]]:  # noqa: ANN401 - a result of whatever columns
    return [tuple(row) for row in found]


_GET = Prepared(
    select(releases).where(
        releases.c.id == bindparam("release_id"), releases.c.project == bindparam("of_project")
    )
)
