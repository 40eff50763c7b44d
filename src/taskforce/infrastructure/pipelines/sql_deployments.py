"""Deployments in a SQL database."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, TextClause, func, select

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines.delivery import Deployment, Environment, Product
from taskforce.core.pipelines.errors import DeploymentNotFound, NothingDeployed
from taskforce.core.pipelines.ports import DeploymentStore
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.delivery_tables import ACTIVE, PENDING, UNDER_WAY, deployments
from taskforce.infrastructure.database.tables import jobs
from taskforce.infrastructure.pipelines.sql_delivery_rows import deployments_from, select_deployments

_own = deployments.c


class SqlDeploymentStore(DeploymentStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, deployment_id: JobId, *, project: ProjectId) -> Deployment:
        found = await self._first(_own.id == deployment_id, _own.project == project)
        if found is None:
            raise DeploymentNotFound(deployment_id)
        return found

    async def current(self, product: Product, environment: Environment) -> Deployment:
        found = await self._first(*_place(product, environment), ACTIVE)
        if found is None:
            raise NothingDeployed(product.repository, product.name, environment)
        return found

    async def history(self, product: Product, environment: Environment, page: Page) -> Listing[Deployment]:
        place = _place(product, environment)
        return await self._database.read(lambda connection: _listed(connection, place, page))

    async def unfinished(self, *, project: ProjectId | None) -> int:
        query = (
            select(func.count())
            .select_from(deployments)
            .join(jobs, jobs.c.id == _own.id)
            .where(PENDING, UNDER_WAY)
        )
        if project is not None:
            query = query.where(_own.project == project)
        return await self._database.read(lambda connection: connection.scalar(query)) or 0

    async def _first(self, *conditions: ColumnElement[bool] | TextClause) -> Deployment | None:
        def read(connection: Connection) -> Deployment | None:
            rows = connection.execute(select_deployments().where(*conditions).limit(1))
            return next(iter(deployments_from(connection, [tuple(row) for row in rows])), None)

        return await self._database.read(read)


def _listed(connection: Connection, place: Sequence[ColumnElement[bool]], page: Page) -> Listing[Deployment]:
    total = connection.scalar(select(func.count()).select_from(deployments).where(*place))
    query = select_deployments().where(*place).order_by(_own.created_at.desc(), _own.id.desc())
    rows = connection.execute(query.limit(page.limit).offset(page.offset))
    return Listing(items=deployments_from(connection, [tuple(row) for row in rows]), total=total or 0)


def _place(product: Product, environment: Environment) -> Sequence[ColumnElement[bool]]:
    return (
        _own.project == product.project,
        _own.repository == product.repository,
        _own.name == product.name,
        _own.environment == environment.value,
    )
