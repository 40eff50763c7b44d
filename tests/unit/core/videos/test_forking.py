"""What edits leave of a project: the table of the contract, and what is right for any edits."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforce.core.errors import Invalid
from taskforce.core.videos.forking import Edits, Rewording, forked
from taskforce.core.videos.model import Transition
from taskforce.core.videos.statuses import Stage
from tests.video_builders import a_scene, a_video, a_wish

MOTION = Rewording(motion_prompt="slowly")
START, END = Rewording(start_frame_prompt="dawn"), Rewording(end_frame_prompt="dusk")
TABLE = [
    ("none", Edits(), Stage.STITCHING, 3),
    ("motion of 1", Edits(rewordings={1: MOTION}), Stage.VIDEO_GEN, 1),
    ("start of 1", Edits(rewordings={1: START}), Stage.KEYFRAMING, 1),
    ("end of 1", Edits(rewordings={1: END}), Stage.KEYFRAMING, 1),
    ("longer", Edits(total_duration=24), Stage.KEYFRAMING, 3),
    ("0 deleted, 2 edited", Edits(deleted=frozenset({0}), rewordings={2: END}), Stage.KEYFRAMING, 1),
    ("pictures of 2 cleared", Edits(cleared=frozenset({2})), Stage.KEYFRAMING, 2),
    ("style alone", Edits(style="noir"), Stage.STITCHING, 3),
    ("transition", Edits(transition=Transition.CROSSFADE), Stage.STITCHING, 3),
    ("shorter", Edits(total_duration=12), Stage.STITCHING, 2),
    ("1 deleted", Edits(deleted=frozenset({1})), Stage.STITCHING, 2),
    ("without sound", Edits(audio=False), Stage.STITCHING, 3),
    ("description of 0", Edits(rewordings={0: Rewording(description="a hare")}), Stage.KEYFRAMING, 0),
]


@pytest.mark.parametrize(
    ("edits", "first", "whole"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_what_must_be_made_again(edits: Edits, first: Stage, whole: int) -> None:
    plan = forked(a_video(), edits)
    assert (plan.first, plan.whole) == (first, whole)
    assert [scene.scene.index for scene in plan.scenes] == list(range(len(plan.scenes)))


def test_sound_that_was_not_asked_for_has_all_clips_made_anew() -> None:
    plan = forked(a_video(wish=a_wish(audio=False)), Edits(audio=True))
    assert (plan.first, plan.whole) == (Stage.VIDEO_GEN, 0)


def test_a_clip_that_was_never_made_costs_no_other() -> None:
    lacking = a_scene(0).model_copy(update={"clip": None, "clip_status": None})
    plan = forked(a_video(scenes=(lacking, a_scene(1), a_scene(2))), Edits())
    assert (plan.first, plan.whole) == (Stage.VIDEO_GEN, 2)


def test_a_project_without_a_storyboard_begins_with_one() -> None:
    plan = forked(a_video(scenes=(), style_guide=None, characters=()), Edits(style="noir"))
    assert (plan.first, plan.whole, plan.scenes) == (Stage.STORYBOARDING, 0, ())
    assert (plan.wish.style, plan.wish.scene_count) == ("noir", 3)


def test_left_out_scenes_make_it_shorter_and_a_total_adds_to_what_is_left() -> None:
    assert forked(a_video(), Edits(deleted=frozenset({1}))).wish.total_duration == 12
    plan = forked(a_video(), Edits(deleted=frozenset({1}), total_duration=17))
    assert (plan.wish.scene_count, len(plan.scenes), plan.first) == (3, 2, Stage.KEYFRAMING)


@pytest.mark.parametrize(
    ("edits", "pointer"),
    [
        (Edits(rewordings={3: MOTION}), "/scenes"),
        (Edits(deleted=frozenset({7})), "/delete_scenes"),
        (Edits(cleared=frozenset({3})), "/clear_keyframes"),
        (Edits(deleted=frozenset({0, 1, 2})), "/delete_scenes"),
        (Edits(deleted=frozenset({1}), rewordings={1: MOTION}), "/delete_scenes"),
        (Edits(total_duration=91), "/total_duration"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(edits: Edits, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        forked(a_video(), edits)
    assert [problem.pointer for problem in refused.value.errors] == [pointer]


def test_a_scene_of_a_project_without_a_storyboard_cannot_be_edited() -> None:
    with pytest.raises(Invalid, match="it has none, for its storyboard is not written"):
        forked(a_video(scenes=()), Edits(rewordings={0: MOTION}))


EDITS = st.builds(
    Edits,
    style=st.none() | st.just("noir"),
    total_duration=st.none() | st.integers(1, 90),
    audio=st.none() | st.booleans(),
    rewordings=st.dictionaries(st.integers(0, 4), st.sampled_from([MOTION, START, END]), max_size=3),
    deleted=st.frozensets(st.integers(0, 4), max_size=4),
    cleared=st.frozensets(st.integers(0, 4), max_size=2),
)


@settings(deadline=None)
@given(edits=EDITS, wholes=st.lists(st.booleans(), min_size=5, max_size=5))
def test_whatever_is_inherited_fits_together(edits: Edits, wholes: list[bool]) -> None:
    scenes = tuple(a_scene(index, whole=whole) for index, whole in enumerate(wholes))
    video = a_video(scenes=scenes, wish=a_wish(scene_count=5, total_duration=30))
    edits = replace(
        edits,
        rewordings={index: words for index, words in edits.rewordings.items() if index not in edits.deleted},
        cleared=edits.cleared - edits.deleted,
    )
    plan = forked(video, edits)
    anew = [not scene.has_keyframes for scene in plan.scenes]
    for scene in plan.scenes:
        assert scene.clip is None or scene.has_keyframes
    touched = [
        scene.scene.index
        for scene in plan.scenes
        if not set(scene.scene.model_dump().values()).isdisjoint({"dawn", "dusk"})
    ]
    assert all(all(anew[index:]) for index in touched)
    assert len(plan.scenes) <= plan.wish.scene_count
    missing = len(plan.scenes) < plan.wish.scene_count
    assert (plan.first is Stage.STITCHING) == (not missing and all(scene.is_whole for scene in plan.scenes))
