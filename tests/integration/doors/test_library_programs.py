"""A program of one's own, played by an opened Taskforce."""

import asyncio
import threading
from pathlib import Path
from typing import ClassVar

import pytest

from taskforce import Event, Job, JobContext, Program, Taskforce
from taskforce.application.jobs.repertoire import KindTaken
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import UnknownKind
from taskforce.settings import Settings


class Letters(Program):
    """Writes two letters, and waits between them for as long as the process lives unless it may go on."""

    kind: ClassVar[str] = "letters"

    def __init__(self, ledger: Path, *, may_go_on: bool) -> None:
        self._ledger = ledger
        self._may_go_on = may_go_on
        self.waits = threading.Event()

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="letters")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        async def write(name: str) -> int:
            with self._ledger.open("a", encoding="utf-8") as ledger:
                ledger.write(f"{name}\n")
            return len(name)

        async def wait() -> None:
            self.waits.set()
            await asyncio.sleep(0 if self._may_go_on else 3_600)

        first = await ctx.step("letter/ada", lambda: write("ada"), type=int)
        await ctx.step("permission", wait, type=type(None))
        second = await ctx.step("letter/grace", lambda: write("grace"), type=int)
        return {"letters": first + second, "to": job.input["to"]}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


async def test_a_job_of_ones_own_program_is_played_and_shown(settings: Settings, tmp_path: Path) -> None:
    letters = Letters(tmp_path / "ledger", may_go_on=True)
    async with Taskforce.open(settings, programs=[letters]) as tf:
        job = await tf.start("letters", {"to": "you"}, subject="post")
        events = [event.event_type async for event in tf.jobs.watch(job_id=job.id) if event.number]
        found = await tf.jobs.list(subject="post")

    assert events[0] == "started"
    assert [(view.status.value, view.result) for view in found.items] == [
        ("succeeded", {"letters": 8, "to": "you"})
    ]


async def test_it_goes_on_where_it_was_when_taskforce_is_opened_again(
    settings: Settings, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    letters = Letters(ledger, may_go_on=False)
    async with Taskforce.open(settings, programs=[letters]) as tf:
        job = await tf.start("letters", {"to": "you"})
        assert await asyncio.to_thread(letters.waits.wait, 20)

    async with Taskforce.open(settings, programs=[Letters(ledger, may_go_on=True)]) as tf:
        async for _ in tf.jobs.watch(job_id=job.id):
            pass
        over = await tf.jobs.get(job_id=job.id)

    assert (over.status.value, over.result) == ("succeeded", {"letters": 8, "to": "you"})
    assert ledger.read_text() == "ada\ngrace\n"


async def test_without_the_program_its_job_stays_due(settings: Settings, tmp_path: Path) -> None:
    letters = Letters(tmp_path / "ledger", may_go_on=False)
    async with Taskforce.open(settings, programs=[letters]) as tf:
        job = await tf.start("letters", {"to": "you"})

    async with Taskforce.open(settings) as tf:
        assert (await tf.jobs.get(job_id=job.id)).status.value == "queued"
        with pytest.raises(UnknownKind):
            await tf.start("letters", {"to": "you"})


async def test_a_kind_has_one_program(settings: Settings, tmp_path: Path) -> None:
    class Missions(Letters):
        kind: ClassVar[str] = "mission"

    with pytest.raises(KindTaken, match="already"):
        async with Taskforce.open(settings, programs=[Missions(tmp_path, may_go_on=True)]):
            pass
