"""The plants that scenarios are simulated on."""

import asyncio
from collections.abc import Sequence

from taskforce.core.artifacts import ArtifactRef, ArtifactStore
from taskforce.core.identity import ArtifactId
from taskforce.core.principals import Principal
from taskforce.core.scenarios.canonical import plant_of
from taskforce.core.scenarios.engine.fitness import require_fit
from taskforce.core.scenarios.files import JSON
from taskforce.core.scenarios.model import Snapshot
from taskforce.core.scenarios.ports import SnapshotStore
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.core.scenarios.task import GivenPlant


class ScenarioPlants:
    """Finds the plant that scenarios are simulated on."""

    def __init__(self, *, snapshots: SnapshotStore, artifacts: ArtifactStore) -> None:
        self._snapshots = snapshots
        self._artifacts = artifacts

    async def for_scenarios(self, principal: Principal, scenarios: Sequence[ScenarioConfig]) -> GivenPlant:
        """Return the project's newest plant. Raises NoSnapshot, ScenarioUnfit."""
        plant = given(await self._snapshots.newest(principal.project))
        await self.check(plant, scenarios)
        return plant

    async def check(self, plant: GivenPlant, scenarios: Sequence[ScenarioConfig]) -> None:
        """Return when all of them can be simulated on a plant. Raises ScenarioUnfit."""
        document = await read_plant(self._artifacts, plant)
        await asyncio.to_thread(_check_all, scenarios, document)


def given(snapshot: Snapshot) -> GivenPlant:
    """Return what a job is told of a snapshot."""
    return GivenPlant(
        snapshot_id=snapshot.id, key=snapshot.key, size=snapshot.size, checksum=snapshot.checksum
    )


async def read_plant(artifacts: ArtifactStore, plant: GivenPlant) -> bytes:
    """Return a plant's canonical document. Raises ArtifactNotFound, ArtifactDamaged."""
    return await artifacts.read(
        ArtifactRef(
            id=ArtifactId(plant.snapshot_id),
            key=plant.key,
            kind="plant",
            media_type=JSON,
            size=plant.size,
            sha256=plant.checksum,
        )
    )


def _check_all(scenarios: Sequence[ScenarioConfig], document: bytes) -> None:
    plant = plant_of(document)
    for scenario in scenarios:
        require_fit(plant, scenario)
