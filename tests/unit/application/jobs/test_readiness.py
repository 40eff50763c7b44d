"""Readiness: every check at once, each within its time, and what failed by name."""

import asyncio
import time
from pathlib import Path

import pytest

from taskforce.application.jobs import readiness
from taskforce.application.jobs.readiness import CheckView, Readiness
from taskforce.core.errors import Unavailable
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.system.disk import FreeSpace


async def well() -> None:
    """All is well."""


async def down() -> None:
    raise Unavailable("The disk is full.")


async def broken() -> None:
    raise RuntimeError("secret")


async def silent() -> None:
    await asyncio.Event().wait()


async def test_each_check_is_told_by_its_name() -> None:
    begun = time.monotonic()
    made = {"a": well, "b": down, "c": broken, "d": silent, "e": silent}
    checks = await Readiness(made, clock=SetClock()).check()
    assert checks == [
        CheckView(name="a", status="ok"),
        CheckView(name="b", status="failed", detail="The disk is full."),
        CheckView(name="c", status="failed", detail="an unexpected error; the log has it"),
        CheckView(name="d", status="failed", detail="no answer within 2 s"),
        CheckView(name="e", status="failed", detail="no answer within 2 s"),
    ]
    assert time.monotonic() - begun < readiness.PATIENCE + 1


class Looks:
    """A check that counts."""

    def __init__(self) -> None:
        self.count = 0

    async def check(self) -> None:
        self.count += 1
        await asyncio.sleep(0.01)


async def test_those_who_ask_at_once_or_within_a_second_share_a_look() -> None:
    looks, clock = Looks(), SetClock()
    readiness = Readiness({"a": looks.check}, clock=clock)
    await asyncio.gather(*(readiness.check() for _ in range(50)))
    await readiness.check()
    assert looks.count == 1
    clock.pass_(seconds=1)
    await readiness.check()
    assert looks.count == 2


async def test_who_leaves_does_not_spoil_the_look_of_others() -> None:
    looks = Looks()
    readiness = Readiness({"a": looks.check}, clock=SetClock())
    leaving, staying = asyncio.ensure_future(readiness.check()), asyncio.ensure_future(readiness.check())
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying)[0].status == "ok"
    assert looks.count == 1


def test_each_event_loop_has_a_look_of_its_own() -> None:
    looks, clock = Looks(), SetClock()
    readiness = Readiness({"a": looks.check}, clock=clock)
    for _ in range(2):
        assert asyncio.run(readiness.check())[0].status == "ok"
        clock.pass_(seconds=2)
    assert looks.count == 2


async def test_a_disk_without_room_is_told_with_what_would_be_right(tmp_path: Path) -> None:
    await FreeSpace(tmp_path / "not" / "made", least_mb=0).check()
    with pytest.raises(Unavailable, match=r"disk_free_mb.*taskforce prune"):
        await FreeSpace(tmp_path, least_mb=10**9).check()
