"""The storyboard by rules: as many scenes as are asked for, always the same, and of what is said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.videos.limits import MOST_SCENES
from taskforce.core.videos.model import AspectRatio
from taskforce.core.videos.ports import Brief
from taskforce.core.videos.storyboard import Storyboard, read_storyboard
from taskforce.infrastructure.videos.offline.beats import beats
from taskforce.infrastructure.videos.offline.script_writer import RuleScriptWriter, storyboard

PROMPTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def a_brief(
    prompt: str,
    *,
    scenes: int = 3,
    seed: int = 0,
    style: str = "cinematic",
    earlier: Storyboard | None = None,
) -> Brief:
    return Brief(
        prompt=prompt,
        style=style,
        scenes=scenes,
        clip_duration=4,
        aspect_ratio=AspectRatio.WIDE,
        seed=seed,
        earlier=earlier,
    )


@given(prompt=PROMPTS, scenes=st.integers(1, MOST_SCENES), seed=st.integers(0, 2**31))
def test_any_prompt_becomes_a_storyboard_with_exactly_so_many_scenes(
    prompt: str, scenes: int, seed: int
) -> None:
    brief = a_brief(prompt, scenes=scenes, seed=seed)
    written = storyboard(brief).model_dump_json()
    assert read_storyboard(written, scenes=scenes).scenes[-1].index == scenes - 1
    assert storyboard(brief).model_dump_json() == written


@given(prompt=PROMPTS, before=st.integers(1, 5), more=st.integers(1, 5))
def test_what_is_continued_keeps_its_guide_and_counts_on(prompt: str, before: int, more: int) -> None:
    earlier = storyboard(a_brief(prompt, scenes=before))
    longer = storyboard(a_brief(prompt, scenes=more, earlier=earlier))
    read_storyboard(longer.model_dump_json(), scenes=more, first=before)
    assert longer.style_guide == earlier.style_guide
    assert longer.characters == earlier.characters


async def test_the_answer_is_json_of_the_schema() -> None:
    answer = await RuleScriptWriter().write(a_brief("A fox. A bear."), refused=())
    assert set(json.loads(answer)) == {"style_guide", "characters", "scenes"}


def test_each_sentence_has_its_scene() -> None:
    told = storyboard(a_brief("A ship leaves the port. A storm comes up at night. It finds an island."))
    assert [scene.description for scene in told.scenes] == [
        "A ship leaves the port.",
        "A storm comes up at night.",
        "It finds an island.",
    ]
    assert [character.name for character in told.characters] == ["The ship"]


def test_more_sentences_than_scenes_are_told_together() -> None:
    assert [beat.text for beat in beats("One. Two! Three? Four.", 2)] == ["One. Two!", "Three? Four."]


def test_one_sentence_is_split_where_something_new_happens() -> None:
    told = beats("A rocket leaves the desert, and then it flies past the moon before it lands on Mars.", 3)
    assert [beat.text for beat in told] == [
        "A rocket leaves the desert",
        "It flies past the moon",
        "It lands on Mars.",
    ]


def test_a_clause_more_than_scenes_stays_with_the_last() -> None:
    told = beats("The sun comes up then the birds begin to sing then the fox wakes up.", 2)
    assert [beat.text for beat in told] == [
        "The sun comes up",
        "The birds begin to sing, the fox wakes up.",
    ]


def test_what_cannot_be_split_is_seen_at_other_hours() -> None:
    told = [scene.description for scene in storyboard(a_brief("An oak on a hill")).scenes]
    assert told[0] == "An oak on a hill"
    assert len(set(told)) == 3
    assert all(description.startswith("An oak on a hill — ") for description in told[1:])


def test_who_is_named_once_is_there_in_the_scenes_after() -> None:
    told = storyboard(a_brief("A robot wakes up. It looks round. It leaves."))
    assert all("the robot in the city" in scene.end_frame_prompt for scene in told.scenes)


def test_both_pictures_of_a_scene_tell_the_same_but_for_their_label() -> None:
    scene = storyboard(a_brief("A boat")).scenes[0]
    assert scene.start_frame_prompt.removeprefix("First") == scene.end_frame_prompt.removeprefix("Last")


@pytest.mark.parametrize("prompt", ["鯨が泳ぐ。夜になる。朝が来る。", "!!!", "\x00\x07", "😀"])
def test_a_prompt_without_spaces_or_letters_is_told_too(prompt: str) -> None:
    assert len(storyboard(a_brief(prompt)).scenes) == 3


def test_a_sentence_that_is_too_long_for_a_caption_is_cut() -> None:
    assert len(beats("very " * 2_000 + "long", 1)[0].text) <= 600


def test_what_is_frozen_stays_so_until_the_place_is_another() -> None:
    told = [
        scene.end_frame_prompt
        for scene in storyboard(
            a_brief("A fox crosses a frozen lake. Snow falls. She sleeps in a forest.")
        ).scenes
    ]
    assert ["frozen sea" in prompt for prompt in told] == [True, True, False]


def test_who_has_a_colour_keeps_it_until_somebody_else_is_there() -> None:
    told = [
        scene.end_frame_prompt for scene in storyboard(a_brief("A red balloon. It rises. A ship.")).scenes
    ]
    assert ["the red balloon" in prompt for prompt in told] == [True, True, False]
    assert "the ship" in told[2]
