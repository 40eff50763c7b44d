"""Storyboards, softer words, lengths and prices."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforce.core.videos.errors import StoryboardMalformed
from taskforce.core.videos.limits import scene_count
from taskforce.core.videos.model import AspectRatio
from taskforce.core.videos.ports import Brief
from taskforce.core.videos.prices import Prices, Spent
from taskforce.core.videos.softening import softened
from taskforce.core.videos.storyboard import read_storyboard
from tests.video_crew import a_storyboard

BRIEF = Brief(prompt="A fox.", style="ink", scenes=2, clip_duration=5, aspect_ratio=AspectRatio.WIDE, seed=0)
RIGHT = a_storyboard(BRIEF)


def test_a_storyboard_is_read_with_or_without_its_fence() -> None:
    plain = read_storyboard(json.dumps(RIGHT), scenes=2)
    assert read_storyboard(f"```json\n{json.dumps(RIGHT, indent=1)}\n```\n", scenes=2) == plain
    assert [scene.index for scene in plain.scenes] == [0, 1]
    assert read_storyboard(json.dumps(RIGHT | {"mood": "calm"}), scenes=2) == plain


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "answer: Invalid JSON: EOF while parsing a value at line 1 column 0"),
        (RIGHT | {"scenes": []}, "scenes: Tuple should have at least 1 item"),
        (RIGHT | {"scenes": RIGHT["scenes"][:1]}, "scenes: 2 are asked for, 1 are given"),
        (
            RIGHT | {"scenes": RIGHT["scenes"][::-1]},
            "their indices must be [0, 1], in this order, not [1, 0]",
        ),
        ({key: RIGHT[key] for key in ("scenes", "characters")}, "style_guide: Field required"),
        (
            RIGHT | {"scenes": [{**RIGHT["scenes"][0], "motion_prompt": "  "}, RIGHT["scenes"][1]]},
            "scenes.0.motion_prompt: String should have at least 1 character",
        ),
    ],
)
def test_what_is_wrong_is_told_so_that_a_model_can_mend_it(answer: Any, problem: str) -> None:  # noqa: ANN401 - any JSON
    with pytest.raises(StoryboardMalformed) as malformed:
        read_storyboard(answer if isinstance(answer, str) else json.dumps(answer), scenes=2)
    assert problem in malformed.value.message


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_storyboard_or_malformed(text: str) -> None:
    with pytest.raises(StoryboardMalformed):
        read_storyboard(text, scenes=2)


def test_harsh_words_become_milder() -> None:
    prompt = "A knight fights; no Blood is shed by his SWORD."
    assert softened(prompt, level=0) == prompt
    assert softened(prompt, level=1).endswith("A knight dances; no red light is shed by his staff.")
    assert softened(prompt, level=2) != softened(prompt, level=1)
    with pytest.raises(ValueError, match="2 times at most"):
        softened(prompt, level=3)


@pytest.mark.parametrize(
    ("total", "clip", "scenes"), [(15, 5, 3), (16, 5, 4), (1, 60, 1), (18, 6, 3), (75, 5, 15)]
)
def test_scenes_are_counted_up(total: int, clip: int, scenes: int) -> None:
    assert scene_count(total, clip) == scenes


def test_prices_are_summed_to_a_millionth() -> None:
    prices = Prices(storyboard=0.1, picture=0.2, clip_second=0.3)
    assert prices.of(Spent(storyboards=1, pictures=1)) == 0.3
    assert prices.of(Spent(storyboards=1).plus(Spent(clip_seconds=6))) == 1.9


def test_a_clip_is_paid_in_the_length_that_its_provider_makes() -> None:
    veo = Prices(clip_second=0.4, clip_lengths=(4, 6, 8))
    assert [veo.ordered(seconds) for seconds in (2, 5, 8, 20)] == [4, 6, 8, 8]
    assert Prices(clip_second=0.4).ordered(5) == 5
