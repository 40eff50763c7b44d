"""A plant's data is looked at, and taken in once."""

from collections.abc import Sequence
from typing import Any

import pytest

from taskforce.application.jobs.once import Once
from taskforce.application.jobs.refusals import checked
from taskforce.application.scenarios.import_schemas import ImportPlant, ProjectImportPayload
from taskforce.application.scenarios.imports import ScenarioImportService
from taskforce.core.access.errors import ProjectNotFound
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.errors import Invalid, Unavailable
from taskforce.core.identity import ArtifactId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.requests import KeyReused
from taskforce.core.principals import DEFAULT_PROJECT, local_principal
from taskforce.core.scenarios.canonical import document, plant_of
from taskforce.core.scenarios.errors import DataInvalid, NoSnapshot
from taskforce.core.scenarios.model import Snapshot
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.scenarios.memory import MemorySnapshotStore
from taskforce.infrastructure.scenarios.table_files import CsvTableFiles
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON
from tests.plant_builders import WHOLE, a_plant

ANN = local_principal()


class House:
    """The service, and what it stands on."""

    def __init__(self, snapshots: type[MemorySnapshotStore] = MemorySnapshotStore) -> None:
        requests, clock = MemoryRequestLog(), SetClock(NOON)
        self.snapshots = snapshots(requests)
        self.artifacts = MemoryArtifactStore()
        self.imports = ScenarioImportService(
            snapshots=self.snapshots,
            artifacts=self.artifacts,
            files=CsvTableFiles(),
            once=Once(log=requests, clock=clock),
            clock=clock,
        )


def asked(**more: Any) -> ImportPlant:  # noqa: ANN401 - any JSON
    return checked(ImportPlant, **{"project_id": DEFAULT_PROJECT, "files": WHOLE, **more})


async def test_the_document_lies_where_the_snapshot_says() -> None:
    house = House()
    made = await house.imports.commit(ANN, asked())
    snapshot = await house.snapshots.newest(DEFAULT_PROJECT)
    ref = ArtifactRef(
        id=ArtifactId(snapshot.id),
        key=snapshot.key,
        kind="plant",
        media_type="application/json",
        size=snapshot.size,
        sha256=made.checksum,
    )
    content = await house.artifacts.read(ref)
    assert content == document(a_plant())
    assert plant_of(content) == a_plant()
    assert made.snapshot_id == snapshot.id
    assert made.rows == {
        "products": 2,
        "routings": 2,
        "machines": 2,
        "operators": 2,
        "setup_matrix": 2,
        "demand": 2,
        "calendars": 1,
        "mtbf_mttr": 1,
    }


async def test_the_same_data_is_the_same_snapshot_and_other_data_is_the_newest() -> None:
    house = House()
    first = await house.imports.commit(ANN, asked())
    assert await house.imports.commit(ANN, asked()) == first
    arrays = asked(plant={"plant_id": "q", "name": "Other", "timezone": "UTC"}, files=without("plant.csv"))
    other = await house.imports.commit(ANN, arrays)
    assert other.snapshot_id != first.snapshot_id
    assert (await house.snapshots.newest(DEFAULT_PROJECT)).id == other.snapshot_id
    await house.imports.commit(ANN, asked())
    assert (await house.snapshots.newest(DEFAULT_PROJECT)).id == first.snapshot_id


def without(name: str) -> dict[str, str]:
    return {file: text for file, text in WHOLE.items() if file != name}


async def test_data_that_is_not_valid_is_refused_with_its_report() -> None:
    house = House()
    wrong = asked(files=WHOLE | {"plant.csv": "plant_id,name,timezone\np,Plant,Nowhere\n"})
    report = await house.imports.validate(ANN, wrong)
    assert not report.valid
    with pytest.raises(DataInvalid) as refused:
        await house.imports.commit(ANN, wrong)
    assert refused.value.details == {"report": report.model_dump(mode="json")}
    assert refused.value.message == (
        "One error stands in the way; the first, in plant.csv:2:timezone: "
        "must be a time zone such as Europe/Berlin or UTC"
    )
    with pytest.raises(NoSnapshot):
        await house.snapshots.newest(DEFAULT_PROJECT)


async def test_warnings_stand_in_nobodys_way() -> None:
    report = await House().imports.validate(ANN, asked())
    assert report.valid
    assert [one.severity.value for one in report.problems] == ["warning"]


async def test_a_table_is_given_once() -> None:
    twice = asked(plant=[{"plant_id": "q", "name": "Other", "timezone": "UTC"}])
    report = await House().imports.validate(ANN, twice)
    assert [(one.file, one.message) for one in report.problems if one.severity.value == "error"] == [
        ("plant.csv", "is the table plant, which is given as an array, too")
    ]


async def test_a_request_under_a_key_is_answered_as_before() -> None:
    house = House()
    first = await house.imports.commit(ANN, asked(), key="k")
    again = await house.imports.commit(ANN, asked(), key="k")
    assert again.is_replayed
    assert again.model_copy(update={"is_replayed": False}) == first
    with pytest.raises(KeyReused):
        await house.imports.commit(ANN, asked(files=WHOLE | {"notes.txt": "Hello"}), key="k")


async def test_bytes_without_a_row_harm_nobody() -> None:
    class Dying(MemorySnapshotStore):
        dies = True

        async def add(self, snapshot: Snapshot, *, changes: Sequence[RememberRequest] = ()) -> Snapshot:
            if self.dies:
                raise Unavailable("The store is away.")
            return await super().add(snapshot, changes=changes)

    house = House(Dying)
    with pytest.raises(Unavailable):
        await house.imports.commit(ANN, asked(), key="k")
    with pytest.raises(NoSnapshot):
        await house.snapshots.newest(DEFAULT_PROJECT)
    Dying.dies = False
    made = await house.imports.commit(ANN, asked(), key="k")
    assert not made.is_replayed
    assert (await house.snapshots.newest(DEFAULT_PROJECT)).id == made.snapshot_id


async def test_another_project_than_ones_own_is_not_there() -> None:
    elsewhere = asked(project_id="0199a2f3-4b11-7d02-8c4e-91f0a7c35d10")
    for use in (House().imports.validate, House().imports.commit):
        with pytest.raises(ProjectNotFound):
            await use(ANN, elsewhere)


def test_files_may_stand_beside_the_tables() -> None:
    beside = ProjectImportPayload.model_validate({"files": {"a.csv": "1"}, "b.csv": "2", "plant": []})
    assert beside.files == {"a.csv": b"1", "b.csv": b"2"}
    assert beside.arrays == {"plant": []}
    both: dict[str, Any] = {"files": {"b.csv": "1"}, "b.csv": "2"}
    for wrong in ({"b.txt": "2"}, {"files": [], "b.csv": "2"}, both):
        with pytest.raises(Invalid):
            asked(**wrong)
