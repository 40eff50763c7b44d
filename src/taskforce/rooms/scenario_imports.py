"""Imports of plants, as the library offers them."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from taskforce.application.jobs.refusals import checked
from taskforce.application.scenarios.import_schemas import ImportPlant, ProjectSnapshot
from taskforce.application.scenarios.imports import ScenarioImportService
from taskforce.core.documents import JsonObject
from taskforce.core.principals import Principal
from taskforce.rooms.asking import asked

Rows: TypeAlias = Sequence[JsonObject]


class ScenarioImports:
    """The use cases of imports. Each takes the fields of its request as keyword arguments.

    A folder's files are `{file.name: file.read_bytes() for file in folder.glob("*.csv")}`.
    """

    def __init__(self, service: ScenarioImportService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.validate = asked(principal, service.validate, ImportPlant)

    async def commit(
        self,
        *,
        project_id: str,
        files: Mapping[str, bytes | str] | None = None,
        plant: Rows | JsonObject | None = None,
        products: Rows | None = None,
        routings: Rows | None = None,
        machines: Rows | None = None,
        operators: Rows | None = None,
        setup_matrix: Rows | None = None,
        demand: Rows | None = None,
        calendars: Rows | None = None,
        mtbf_mttr: Rows | None = None,
        yields: Rows | None = None,
        skills: Rows | None = None,
        idempotency_key: str | None = None,
    ) -> ProjectSnapshot:
        """Import a plant's data as the project's newest snapshot. Raises DataInvalid with the report."""
        request = checked(
            ImportPlant,
            project_id=project_id,
            files=files or {},
            plant=plant,
            products=products,
            routings=routings,
            machines=machines,
            operators=operators,
            setup_matrix=setup_matrix,
            demand=demand,
            calendars=calendars,
            mtbf_mttr=mtbf_mttr,
            yields=yields,
            skills=skills,
        )
        return await self._service.commit(self._principal, request, key=idempotency_key)
