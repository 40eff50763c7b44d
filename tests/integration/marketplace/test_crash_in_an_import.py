"""kill -9 in the middle of a bulk import: each entry is in or not, and the rest is repeated."""

import os
import signal
import sys
from pathlib import Path

import pytest

from taskforce.application.marketplace.import_schemas import VerifyCollection
from taskforce.core.marketplace.model import EntryStatus
from taskforce.infrastructure.system.clock import SetClock
from tests.integration.marketplace.markets import ANN, a_market
from tests.integration.marketplace.trees_of_git import a_bare
from tests.integration.processes import Process

NAMES = ("one", "three", "two")
FILES = {
    f"skills/{name}/{file}": f"---\nname: {name}\ndescription: Does {name}.\n---\n".encode()
    for name in NAMES
    for file in ("SKILL.md", "notes/more.md")
}
DRIVER = "tests.integration.marketplace.import_driver"
PLACES = [("put", 0, 0), ("put", 3, 1), ("keep", 1, 1), ("kept", 1, 2)]
"""Where it is killed, how often it passed there, and how many are in by then."""


@pytest.mark.parametrize(("place", "passed", "imported"), PLACES)
async def test_each_entry_is_imported_or_not_and_the_rest_is_repeated(
    tmp_path: Path, place: str, passed: int, imported: int
) -> None:
    home, clock = tmp_path / "home", SetClock()
    async with a_market(home, clock=clock) as market:
        source = await market.add(a_bare(tmp_path / "there.git", FILES))
        with Process(
            sys.executable, "-m", DRIVER, str(home), source.id, place, str(passed), env=dict(os.environ)
        ) as driver:
            assert driver.wait(seconds=120).code == -signal.SIGKILL

        items = await market.items()
        assert sorted(items) == list(NAMES[:imported])
        statuses = [entry.status for entry in (await market.entries(source)).values()]
        assert statuses == [EntryStatus.IMPORTED] * imported + [EntryStatus.NEW] * (3 - imported)
        assert len(await market.audit()) == imported
        assert (await market.service.verify(ANN, VerifyCollection())).damaged_count == 0

        repeated = await market.take(source)
        assert (repeated.imported_count, repeated.conflict_count) == (3 - imported, imported)
        assert sorted(await market.items()) == list(NAMES)
        assert (await market.service.verify(ANN, VerifyCollection())).sound_count == len(NAMES)

        clock.pass_(seconds=3_601)
        await market.take(source)
        assert market.files == sorted(["SKILL.md", "notes/more.md"] * len(NAMES))


async def test_a_crash_in_the_place_of_another_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with a_market(home) as market:
        bare = a_bare(tmp_path / "there.git", FILES)
        source = await market.add(bare)
        await market.take(source)
        before = await market.items()
        bare.write({path: content + b"New.\n" for path, content in FILES.items()})
        await market.scan(source)
        with Process(
            sys.executable, "-m", DRIVER, str(home), source.id, "kept", "0", env=dict(os.environ)
        ) as driver:
            assert driver.wait(seconds=120).code == -signal.SIGKILL

        after = await market.items()
        assert [after[name].id == before[name].id for name in NAMES] == [True] * 3
        assert [after[name].digest == before[name].digest for name in NAMES] == [False, True, True]
        assert (await market.service.verify(ANN, VerifyCollection())).damaged_count == 0
        assert len(market.files) == 8
        await market.take(source)
        assert len(market.files) == 6
