"""Clips that are filmed between two pictures."""

import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from taskforce.core.videos.model import FRAMES_PER_SECOND, Position
from taskforce.core.videos.ports import ClipOrder
from taskforce.infrastructure.videos import media
from taskforce.infrastructure.videos.offline.canvas import Canvas
from taskforce.infrastructure.videos.offline.drawing import drawn
from taskforce.infrastructure.videos.offline.motion import Motion, Passage
from taskforce.infrastructure.videos.offline.still import Still
from tests.integration.videos.footage import SMALL, Seen, a_clip_order, a_picture_order, look_into, plain_png

CANVAS = Canvas(SMALL.width, SMALL.height)


def filmed(order: ClipOrder) -> bytes:
    (clip,) = media.film(order)
    assert isinstance(clip, bytes)
    return clip


@pytest.fixture(scope="module")
def pictures() -> tuple[bytes, bytes]:
    """Return the last pictures of two scenes that show different places."""
    texts = ("A ship sails on the sea at dusk", "A robot walks in the city at night")
    one, other = (drawn(a_picture_order(text, position=Position.END)) for text in texts)
    return one, other


@pytest.fixture(scope="module")
def change(pictures: tuple[bytes, bytes]) -> Seen:
    """Return a clip that goes from one scene to another."""
    return look_into(filmed(a_clip_order(*pictures)))


def test_a_clip_has_the_codecs_the_size_and_the_length_that_were_ordered(change: Seen) -> None:
    assert change.codecs == ("h264", "aac")
    assert change.size == (SMALL.width, SMALL.height)
    assert len(change.pictures) == 2 * FRAMES_PER_SECOND
    assert abs(change.seconds - 2) <= 1 / FRAMES_PER_SECOND


def test_a_clip_goes_from_its_first_picture_to_its_last(change: Seen, pictures: tuple[bytes, bytes]) -> None:
    for number, png in ((0, pictures[0]), (-1, pictures[1])):
        still = np.asarray(_shown(png)).astype(np.int16)
        assert np.abs(change.pictures[number].astype(np.int16) - still).mean() < 8


def _shown(png: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def test_the_camera_travels_within_a_scene_and_comes_closer() -> None:
    text = "The mountains by day"
    start, end = (drawn(a_picture_order(text, position=position)) for position in Position)
    order = replace(a_clip_order(start, end), prompt="The camera pushes in")
    seen = look_into(filmed(order))
    still = _shown(end).astype(np.int16)
    assert np.abs(seen.pictures[-1].astype(np.int16) - still).mean() < 8
    assert np.abs(seen.pictures[24].astype(np.int16) - still).mean() > 8


def test_words_stay_where_they_are_read_while_the_camera_comes_closer() -> None:
    text = "The mountains by day"
    start, end = (
        Still.of(drawn(a_picture_order(text, position=position)), CANVAS, what="it") for position in Position
    )
    far, near = (
        np.asarray(Passage(start, end, Motion(closer=closer), seconds=2).picture(1.0))
        for closer in (0.0, 0.10)
    )
    assert end.caption is not None
    words = np.asarray(end.caption.poses[0])
    is_letter = (words[..., :3].min(2) > 250) & (words[..., 3] > 250)
    lower = slice(-words.shape[0], None)
    assert is_letter.sum() > 100
    moved = np.abs(far[lower].astype(np.int16) - near[lower].astype(np.int16)).max(2)
    assert moved[is_letter].max() < 10  # nothing but what shines through
    assert (far != near).any()


def test_nothing_jumps_within_a_clip(change: Seen) -> None:
    seen = np.stack(change.pictures).astype(np.int16)
    steps = np.abs(np.diff(seen, axis=0)).mean((1, 2, 3))
    assert steps.max() < 35  # a cut from one to the other would be over 60
    assert steps.max() < 6 * np.median(steps) + 6


def test_sound_is_there_soft_and_never_too_loud(change: Seen) -> None:
    loud = np.abs(change.sound)
    assert 0.02 < np.sqrt((change.sound**2).mean()) < 0.3
    assert loud.max() < 0.9
    assert loud[:200].max() < 0.05


def test_a_clip_says_that_no_model_made_it(change: Seen) -> None:
    assert "no model made it" in change.metadata["comment"]


def test_the_same_order_gives_the_same_bytes_and_without_sound_there_is_none() -> None:
    start, end = plain_png((10, 20, 30)), plain_png((200, 30, 30))
    order = a_clip_order(start, end, audio=False)
    assert filmed(order) == filmed(order)
    assert look_into(filmed(order)).codecs == ("h264",)


def test_pictures_of_somebody_else_are_faded_into_each_other() -> None:
    seen = look_into(filmed(a_clip_order(plain_png((250, 10, 10)), plain_png((10, 10, 250)))))
    assert seen.colour(0)[0] > 200
    assert seen.colour(-1)[2] > 200


def test_a_broken_picture_comes_back_as_the_error() -> None:
    (answer,) = media.film(a_clip_order(b"nothing", plain_png((1, 1, 1))))
    assert str(answer) == "The start picture is broken: it is no PNG. Resume to have it made again."


def test_the_same_scene_from_elsewhere_moves_its_near_things_more_than_its_far_ones() -> None:
    first, last = (
        Still.of(drawn(a_picture_order("The mountains by day", position=position)), CANVAS, what="it")
        for position in Position
    )
    pans = [layer.pan for layer in last.layers if layer.order < 1]
    assert pans == sorted(pans)
    assert first.is_like(last)


@pytest.mark.parametrize(
    ("words", "motion"),
    [
        ("The camera pushes in", Motion(closer=0.10)),
        ("A static shot", Motion(still=True)),
        ("It pans", Motion()),
    ],
)
def test_what_the_camera_does_is_read_out_of_words(words: str, motion: Motion) -> None:
    assert Motion.of(words) == motion


def test_a_clip_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    tempfile.tempdir = None  # it remembers where it was
    filmed(a_clip_order(plain_png((1, 1, 1)), plain_png((9, 9, 9)), audio=False))
    assert list(tmp_path.iterdir()) == []
    tempfile.tempdir = None
