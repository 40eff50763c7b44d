"""The plants of scenarios: what does not fit is said before anything is handed in."""

from datetime import UTC, datetime

import pytest

from taskforce.application.scenarios.plants import ScenarioPlants
from taskforce.core.principals import DEFAULT_PROJECT, local_principal
from taskforce.core.scenarios.canonical import checksum, document
from taskforce.core.scenarios.errors import ScenarioUnfit
from taskforce.core.scenarios.model import Snapshot, SnapshotId
from taskforce.core.scenarios.scenario import ReleasePolicy, ScenarioConfig
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.scenarios.memory import MemorySnapshotStore
from tests.plant_builders import a_plant


@pytest.fixture
async def plants() -> ScenarioPlants:
    content = document(a_plant())
    artifacts, snapshots = MemoryArtifactStore(), MemorySnapshotStore(MemoryRequestLog())
    await artifacts.put("default/plant", content, media_type="application/json")
    await snapshots.add(
        Snapshot(
            id=SnapshotId("s"),
            project=DEFAULT_PROJECT,
            checksum=checksum(content),
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            rows={},
            key="default/plant",
            size=len(content),
        )
    )
    return ScenarioPlants(snapshots=snapshots, artifacts=artifacts)


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        (ScenarioConfig(release_policy=ReleasePolicy.CONWIP), "CONWIP needs wip_cards"),
        (ScenarioConfig(release_policy=ReleasePolicy.CONWIP, wip_caps={"nowhere": 1}), "nowhere"),
        (ScenarioConfig(horizon=10, warm_up=20), "warm-up"),
    ],
)
async def test_a_scenario_that_does_not_fit_is_refused(
    plants: ScenarioPlants, scenario: ScenarioConfig, says: str
) -> None:
    with pytest.raises(ScenarioUnfit, match=says):
        await plants.for_scenarios(local_principal(), [ScenarioConfig(), scenario])


async def test_one_that_fits_is_told_its_plant(plants: ScenarioPlants) -> None:
    assert (await plants.for_scenarios(local_principal(), [ScenarioConfig()])).snapshot_id == "s"
