"""Pictures that are drawn of a text."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from taskforce.core.videos.errors import MediaBroken
from taskforce.core.videos.model import SIZES, AspectRatio, FrameSize, Position
from taskforce.infrastructure.videos.offline.canvas import Canvas
from taskforce.infrastructure.videos.offline.captions import MARGIN, caption
from taskforce.infrastructure.videos.offline.drawing import drawn
from taskforce.infrastructure.videos.offline.fonts import runs
from taskforce.infrastructure.videos.offline.pictures import read_png
from taskforce.infrastructure.videos.offline.still import Still
from taskforce.infrastructure.videos.offline.vocabulary import Place, Subject
from tests.integration.videos.footage import a_picture_order, plain_png

CANVAS = Canvas(320, 180)


def pixels(png: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(np.int16)


@pytest.mark.parametrize("ratio", AspectRatio)
def test_a_picture_has_the_size_that_was_ordered(ratio: AspectRatio) -> None:
    size = FrameSize(width=SIZES[ratio].width // 4, height=SIZES[ratio].height // 4)
    picture = Image.open(BytesIO(drawn(a_picture_order(size=size))))
    assert (picture.format, picture.size) == ("PNG", (size.width, size.height))


@pytest.mark.parametrize("place", Place)
def test_each_place_is_drawn_with_light_and_depth(place: Place) -> None:
    seen = pixels(drawn(a_picture_order(f"Here is the {place} by day")))
    assert seen.std() > 15
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) > 2_000


@pytest.mark.parametrize("subject", [one for one in Subject if one is not Subject.NOTHING])
def test_each_subject_is_seen(subject: Subject) -> None:
    look = Still.of(drawn(a_picture_order(f"A {subject} on the meadow by day")), CANVAS, what="it").recipe
    assert look is not None
    alone = look.model_copy(update={"subject": Subject.NOTHING})
    with_it, without = (pixels(Still(CANVAS, recipe=one).png()) for one in (look, alone))
    assert (np.abs(with_it - without).max(2) > 12).mean() > 0.002


@pytest.mark.parametrize("weather", ["rain", "snow", "fog", "clouds"])
@pytest.mark.parametrize("style", ["noir", "anime", "of nobody"])
def test_weather_and_style_are_seen(weather: str, style: str) -> None:
    order = replace(a_picture_order(f"The mountains by day, {weather}"), style=style)
    plain = pixels(drawn(a_picture_order("The mountains by day, clear")))
    seen = pixels(drawn(order))
    assert seen.std() > 10
    assert (np.abs(seen - plain).max(2) > 8).mean() > 0.05


def still_of(text: str, *, seed: int = 0) -> Still:
    return Still.of(drawn(a_picture_order(text, seed=seed)), CANVAS, what="it")


def test_ice_lies_still_where_water_swings() -> None:
    water, ice = (
        still_of(text).layers for text in ("A ship on a lake by day", "A ship on a frozen lake by day")
    )
    swings = [[layer.sway[0] > 0 for layer in layers if 0.12 < layer.order < 1] for layers in (water, ice)]
    assert (any(swings[0]), any(swings[1])) == (True, False)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("camera", [0.0, 0.31, 0.62, 1.0])
def test_no_tree_hides_who_is_in_the_forest(seed: int, camera: float) -> None:
    layers = still_of("A fox in the forest by day", seed=seed).layers
    (fox,) = [layer for layer in layers if len(layer.poses) > 1]
    alone = Image.new("RGB", (CANVAS.width, CANVAS.height), (0, 255, 0))
    fox.paint(alone, camera=camera, moment=0)
    seen = alone.copy()
    for layer in layers:
        if fox.order < layer.order:
            layer.paint(seen, camera=camera, moment=0)
    before, after = np.asarray(alone), np.asarray(seen)
    is_fox = (before != (0, 255, 0)).any(2)
    assert is_fox.sum() > 300
    assert (before != after).any(2)[is_fox].mean() < 0.05


def test_who_does_not_swim_stands_on_the_shore() -> None:
    water = pixels(drawn(a_picture_order("A ship by the sea by day")))[-8:]
    shore = pixels(drawn(a_picture_order("A house by the sea by day")))[-8:]
    assert water[..., 2].mean() > water[..., 0].mean()
    assert shore[..., 2].mean() < shore[..., 0].mean()


def test_the_same_order_gives_the_same_bytes() -> None:
    assert drawn(a_picture_order()) == drawn(a_picture_order())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A ship on the sea at dusk", "A city at night"),
        ("A calm sea at dusk", "The wide sea at dusk"),
        ("A garden", "A garden party"),
    ],
)
def test_two_texts_give_pictures_that_differ_visibly(one: str, other: str) -> None:
    seen, too = (pixels(drawn(a_picture_order(text))) for text in (one, other))
    assert (np.abs(seen - too).max(2) > 12).mean() > 0.10


def test_another_seed_gives_another_picture() -> None:
    assert drawn(a_picture_order()) != drawn(a_picture_order(seed=1))


def test_first_and_last_picture_of_a_scene_show_the_same_from_elsewhere() -> None:
    first = Still.of(drawn(a_picture_order()), CANVAS, what="it")
    last = Still.of(drawn(a_picture_order(position=Position.END)), CANVAS, what="it")
    assert first.is_like(last)
    assert first.camera < last.camera


def test_a_picture_says_that_no_model_made_it() -> None:
    assert "no model made it" in Image.open(BytesIO(drawn(a_picture_order()))).info["Software"]


def test_a_recipe_that_somebody_else_wrote_is_left_alone() -> None:
    told, held = PngInfo(), BytesIO()
    told.add_itxt("taskforce-recipe", '{"place": "nowhere"}')
    Image.new("RGB", (20, 20), (9, 200, 9)).save(held, format="PNG", pnginfo=told)
    still = Still.of(held.getvalue(), CANVAS, what="it")
    assert still.recipe is None
    assert still.background.getpixel((100, 100)) == (9, 200, 9)


def test_a_picture_of_another_shape_fills_the_canvas() -> None:
    still = Still.of(plain_png((200, 10, 10), size=(50, 200)), CANVAS, what="it")
    assert still.background.size == (320, 180)
    assert still.recipe is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is no PNG"),
        (b"GIF89a" + bytes(50), "it is no PNG"),
        (plain_png((1, 2, 3))[:60], "cannot be decoded"),
    ],
)
def test_what_is_no_whole_png_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(MediaBroken, match=reason):
        read_png(content, what="picture")


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    held = BytesIO()
    Image.new("1", (20_000, 4_000)).save(held, format="PNG")
    with pytest.raises(MediaBroken, match="too many"):
        read_png(held.getvalue(), what="picture")


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=400))
def test_any_caption_keeps_within_its_margins(text: str) -> None:
    layer = caption(text, CANVAS)
    if layer is None:
        return
    shown = np.asarray(layer.poses[0])
    letters = (shown[..., :3].min(2) > 200) & (shown[..., 3] > 200)
    assert layer.top + layer.poses[0].height == CANVAS.height
    rows, columns = np.nonzero(letters)
    if len(rows):
        side = MARGIN * CANVAS.width / 2
        assert columns.min() >= side
        assert columns.max() <= CANVAS.width - side


@pytest.mark.parametrize(
    "text",
    ["Grüße", "Привет", "שלום", "مرحبا", "नमस्ते", "東京の夜", "안녕하세요", "สวัสดี", "😀🚀", "\ue000"],
)
def test_letters_of_any_script_are_seen(text: str) -> None:
    layer = caption(text, Canvas(640, 360))
    assert layer is not None
    shown = np.asarray(layer.poses[0])
    assert ((shown[..., 0] > 200) & (shown[..., 3] > 200)).sum() > 20 * len(text)


def test_a_letter_that_no_font_has_is_a_box_with_its_number() -> None:
    assert [run.face for run in runs("a\ue000")] == [0, None]


def test_a_caption_of_nothing_is_none() -> None:
    assert caption(" \n\t", CANVAS) is None


def test_a_long_caption_ends_in_an_ellipsis_after_three_lines() -> None:
    short, long = (caption("word " * count, Canvas(640, 360)) for count in (60, 600))
    assert short is not None
    assert long is not None
    assert short.poses[0].height == long.poses[0].height
