"""The plants of pipelines' steps: a folder of the repository, or what the project has imported."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from taskforce.application.scenarios.import_schemas import ImportPlant
from taskforce.application.scenarios.plants import ScenarioPlants
from taskforce.application.scenarios.reading import read_payload
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.identity import ProjectId
from taskforce.core.principals import Principal
from taskforce.core.scenarios.canonical import checksum
from taskforce.core.scenarios.errors import DataInvalid
from taskforce.core.scenarios.files import JSON, snapshot_key
from taskforce.core.scenarios.model import snapshot_id
from taskforce.core.scenarios.ports import PlantFolders, TableFiles
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.core.scenarios.task import GivenPlant


class StepPlants:
    """Finds the plant that a step simulates."""

    def __init__(
        self, *, artifacts: ArtifactStore, folders: PlantFolders, files: TableFiles, plants: ScenarioPlants
    ) -> None:
        self._artifacts = artifacts
        self._folders = folders
        self._files = files
        self._plants = plants

    async def newest(self, principal: Principal, scenarios: Sequence[ScenarioConfig]) -> GivenPlant:
        """Return the project's newest plant. Raises NoSnapshot, ScenarioUnfit."""
        return await self._plants.for_scenarios(principal, scenarios)

    async def in_folder(
        self, place: Path, scenarios: Sequence[ScenarioConfig], *, within: Path, project: ProjectId
    ) -> GivenPlant:
        """Return the plant of a folder, which does not become the project's newest.

        A step of a branch must not change what others simulate. Raises Invalid for a folder that leads out
        of `within` or is none, DataInvalid, ScenarioUnfit.
        """
        files = await self._folders.read(place, within=within)
        request = ImportPlant(project_id=project, files=files)
        read = await asyncio.to_thread(read_payload, self._files, request)
        if not read.report.valid:
            raise DataInvalid(read.report)
        digest = checksum(read.content)
        plant = GivenPlant(
            snapshot_id=snapshot_id(project, digest),
            key=snapshot_key(project, digest),
            size=len(read.content),
            checksum=digest,
        )
        await self._artifacts.put(plant.key, read.content, media_type=JSON)
        await self._plants.check(plant, scenarios)
        return plant
