"""What a store of snapshots promises, whatever it is kept in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.core.errors import Conflict
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.scenarios.errors import NoSnapshot, SnapshotNotFound
from taskforce.core.scenarios.model import Snapshot, SnapshotId, snapshot_id
from tests.builders import NOON, OTHER_PROJECT
from tests.integration.contracts.stores import Stores


def a_snapshot(checksum: str = "a" * 64, *, project: ProjectId = DEFAULT_PROJECT) -> Snapshot:
    return Snapshot(
        id=snapshot_id(project, checksum),
        project=project,
        checksum=checksum,
        created_at=NOON,
        rows={"products": 2},
        key=f"{project}/snapshots/{checksum}.json",
        size=100,
    )


async def test_a_snapshot_is_what_was_written(stores: Stores) -> None:
    snapshot = a_snapshot()
    assert await stores.snapshots.add(snapshot) == snapshot
    assert await stores.snapshots.get(snapshot.id, project=DEFAULT_PROJECT) == snapshot
    assert await stores.snapshots.newest(DEFAULT_PROJECT) == snapshot
    for wrong, project in ((SnapshotId("none"), DEFAULT_PROJECT), (snapshot.id, OTHER_PROJECT)):
        with pytest.raises(SnapshotNotFound):
            await stores.snapshots.get(wrong, project=project)
    with pytest.raises(NoSnapshot):
        await stores.snapshots.newest(OTHER_PROJECT)


async def test_the_same_content_is_the_same_snapshot_of_its_project(stores: Stores) -> None:
    snapshot = a_snapshot()
    await stores.snapshots.add(snapshot)
    later = replace(snapshot, created_at=NOON + timedelta(days=1))
    assert await stores.snapshots.add(later) == snapshot
    other = a_snapshot(project=OTHER_PROJECT)
    assert await stores.snapshots.add(other) == other
    assert other.id != snapshot.id


async def test_the_newest_is_the_one_that_was_committed_last(stores: Stores) -> None:
    first, second = a_snapshot("a" * 64), a_snapshot("b" * 64)
    await stores.snapshots.add(first)
    await stores.snapshots.add(second)
    assert await stores.snapshots.newest(DEFAULT_PROJECT) == second
    await stores.snapshots.add(first)
    assert await stores.snapshots.newest(DEFAULT_PROJECT) == first


async def test_a_request_is_remembered_with_it_or_nothing_is_written(stores: Stores) -> None:
    first, second = a_snapshot("a" * 64), a_snapshot("b" * 64)
    key = RequestKey(project=DEFAULT_PROJECT, principal="ann", use_case="scenario_imports.commit", key="k")
    remember = RememberRequest(request=key, fingerprint="f" * 64, made=first.id, at=NOON)
    await stores.snapshots.add(first, changes=[remember])
    assert await stores.requests.find(key) == remember
    with pytest.raises(Conflict):
        await stores.snapshots.add(second, changes=[replace(remember, made=second.id)])
    with pytest.raises(SnapshotNotFound):
        await stores.snapshots.get(second.id, project=DEFAULT_PROJECT)
