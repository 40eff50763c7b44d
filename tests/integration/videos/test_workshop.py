"""What the processes that draw and encode answer, and what is done about those that die."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.errors import TaskforceError
from taskforce.core.identity import ArtifactId
from taskforce.core.videos.errors import ComputationLost, MediaBroken
from taskforce.core.videos.model import FRAMES_PER_SECOND
from taskforce.core.videos.ports import ClipMade
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.processes.computing import Computing
from taskforce.infrastructure.videos.av_assembler import AvAssembler, AvMediaReader
from taskforce.infrastructure.videos.drawn_media import DrawnClips, DrawnFrames
from taskforce.infrastructure.videos.media import Answer
from taskforce.infrastructure.videos.workshop import MOST_DEATHS, Workshop
from tests.integration.processes import ROOT
from tests.integration.videos.footage import (
    a_clip,
    a_clip_order,
    a_cut,
    a_picture_order,
    look_into,
    plain_png,
)


@pytest.fixture
def computing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Computing]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the children import this folder's works
    computing = Computing(processes=1)
    yield computing
    computing.close()


@pytest.fixture
def workshop(computing: Computing) -> Workshop:
    return Workshop(computing)


def dies(tally: Path) -> Iterator[Answer[int]]:
    """Be killed, until the tally has as many lines as processes may not die over one work."""
    lives = tally.read_text().count("\n") if tally.exists() else 0
    with tally.open("a") as file:
        file.write("once\n")
    if lives < MOST_DEATHS - 1:
        os.kill(os.getpid(), signal.SIGKILL)
    yield lives


def dies_always(tally: Path) -> Iterator[Answer[int]]:
    """Be killed."""
    with tally.open("a") as file:
        file.write("once\n")
    os.kill(os.getpid(), signal.SIGKILL)
    yield 0


def refuses() -> Iterator[Answer[int]]:
    """Tell what is wrong."""
    yield MediaBroken("clip", "it is empty")


async def test_work_whose_process_died_is_done_again(workshop: Workshop, tmp_path: Path) -> None:
    assert await workshop.done(dies, tmp_path / "tally") == MOST_DEATHS - 1


async def test_work_that_kills_each_process_is_given_up(workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(ComputationLost):
        await workshop.done(dies_always, tmp_path / "tally")
    assert (tmp_path / "tally").read_text().count("\n") == MOST_DEATHS


async def test_what_is_wrong_crosses_as_what_it_is(workshop: Workshop) -> None:
    with pytest.raises(MediaBroken) as told:
        await workshop.done(refuses)
    assert (told.value.what, told.value.reason) == ("clip", "it is empty")
    assert isinstance(told.value, TaskforceError)


async def test_pictures_a_clip_and_a_film_are_made_in_processes(workshop: Workshop) -> None:
    frames, clips, reader = DrawnFrames(workshop), DrawnClips(workshop), AvMediaReader(workshop)
    picture = await frames.render(a_picture_order())
    await reader.check_picture(picture)
    order = a_clip_order(picture, plain_png((20, 90, 20)))
    operation = await clips.submit(order, key="scene 0")
    assert operation == await clips.submit(order, key="scene 0")
    assert operation != await clips.submit(order, key="scene 1")
    outcome = await clips.poll(operation, order)
    assert isinstance(outcome, ClipMade)
    assert await clips.poll(operation, order) == outcome
    facts = await reader.read_clip(outcome.content)
    assert (facts.seconds, facts.has_sound) == (2.0, True)


async def test_a_film_of_the_artifact_store_is_there_until_it_is_taken(
    workshop: Workshop, tmp_path: Path
) -> None:
    store = MemoryArtifactStore()
    refs = []
    for number, colour in enumerate(((200, 20, 20), (20, 20, 200))):
        content = a_clip(tmp_path / f"{number}.mp4", [colour] * FRAMES_PER_SECOND).read_bytes()
        key = f"project/{number}.mp4"
        kept = await store.put(key, content, media_type="video/mp4")
        refs.append(
            ArtifactRef(
                id=ArtifactId(f"00000000-0000-7000-8000-00000000000{number}"),
                key=key,
                kind="clip",
                media_type="video/mp4",
                size=kept.size,
                sha256=kept.sha256,
            )
        )
    assembler = AvAssembler(workshop, store)
    assembler.check()
    async with assembler.film(refs, a_cut()) as film:
        seen = look_into(film.path)
        assert (film.facts.frames, len(seen.pictures)) == (48, 48)
        assert seen.colour(10)[0] > seen.colour(40)[0]
    assert not film.path.exists()
