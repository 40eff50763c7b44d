"""Providers that are away, refuse, fail, or answer nonsense."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from taskforce.core.errors import Exhausted, TaskforceError, Unavailable
from taskforce.core.videos.errors import ContentRefused, ExtraMissing, ProviderFailed
from taskforce.core.videos.limits import CONCURRENCY, MOST_CLIP_BYTES, MOST_PICTURE_BYTES, PATIENT, POLLS
from taskforce.core.videos.model import ClipStatus, VideoProject
from taskforce.core.videos.ports import (
    Brief,
    ClipFailed,
    ClipMade,
    ClipOrder,
    ClipOutcome,
    ClipPending,
    ClipRefused,
)
from taskforce.core.videos.statuses import VideoStatus
from tests.unit.application.videos.test_program import CALLS
from tests.unit.application.videos.video_stage import VideoStage
from tests.video_crew import PRICES, a_clip, a_storyboard

AWAY: list[TaskforceError] = [
    Exhausted("429", retry_after=timedelta(seconds=1)),
    Unavailable("503"),
]


def failing(error: Exception, *, times: int) -> Callable[[object], None]:
    """Return what fails so many times."""
    left = [times]

    def meet(_: object) -> None:
        if left[0]:
            left[0] -= 1
            raise error

    return meet


async def complete_after_resuming(stage: VideoStage, video: VideoProject) -> VideoProject:
    await stage.resume(video.id)
    await stage.finish()
    after = await stage.video(video.id)
    assert after.status is VideoStatus.COMPLETE, after.error
    return after


@pytest.mark.parametrize("error", AWAY, ids=["429", "503"])
async def test_who_is_away_is_asked_up_to_seven_times_more(error: TaskforceError) -> None:
    stage = VideoStage()
    stage.crew.frames.meet = failing(error, times=7)
    assert (await stage.made()).status is VideoStatus.COMPLETE
    assert stage.crew.calls["render/0/start"] == 8


async def test_who_is_always_away_leaves_a_failed_project_that_can_be_resumed() -> None:
    stage = VideoStage()
    stage.crew.frames.meet = failing(Unavailable("The picture service answers 503."), times=10**6)
    video = await stage.made()
    assert (video.status, video.error) == (VideoStatus.FAILED, "The picture service answers 503.")
    assert stage.crew.calls == {"write": 1, "render/0/start": 8}
    stage.crew.frames.meet = lambda _: None
    await complete_after_resuming(stage, video)
    assert stage.crew.calls["write"] == 1


async def test_a_job_that_the_kernel_retries_is_what_the_project_is_told_by() -> None:
    stage = VideoStage()
    stage.crew.frames.meet = failing(ProviderFailed("It is broken."), times=1)
    video = await stage.made()
    assert video.status is VideoStatus.FAILED
    again = await stage.again(await stage.job(video.job))
    after = await stage.video(video.id)
    assert (after.status, after.job) == (VideoStatus.COMPLETE, again.id)


async def test_a_job_that_is_retried_asks_again_for_what_was_given_up() -> None:
    stage = VideoStage(is_free=False)
    stage.crew.clips.look = lambda _, __: ClipPending()
    video = await stage.made(total_duration=6, scene_count=1)
    assert video.status is VideoStatus.FAILED
    stage.crew.clips.look = lambda _, order: a_clip(order)
    await stage.again(await stage.job(video.job))
    await stage.finish()
    assert (await stage.video(video.id)).status is VideoStatus.COMPLETE
    assert (stage.crew.calls["submit/0"], stage.crew.calls["poll/0"]) == (1, POLLS + 1)


def test_waits_grow_from_four_to_a_hundred_and_twenty_seconds() -> None:
    error = Unavailable("503", retry_after=timedelta())
    waits = [PATIENT.delay_after(number, error, seed="a") for number in range(1, 9)]
    seconds = [wait.total_seconds() for wait in waits[:-1] if wait is not None]
    assert waits[-1] is None
    for given, least in zip(seconds, [4, 8, 16, 32, 64, 120, 120], strict=True):
        assert least <= given <= min(least * 1.25, 120)
    assert waits != [PATIENT.delay_after(number, error, seed="b") for number in range(1, 9)]


async def test_what_no_further_try_can_mend_is_not_tried_again() -> None:
    stage = VideoStage()
    stage.crew.frames.meet = failing(ProviderFailed("The key is wrong. Set another."), times=10**6)
    video = await stage.made()
    assert (video.status, video.error) == (VideoStatus.FAILED, "The key is wrong. Set another.")
    assert stage.crew.calls["render/0/start"] == 1


async def test_a_malformed_storyboard_comes_back_with_what_is_wrong() -> None:
    stage = VideoStage()

    def say(asked: int, brief: Brief) -> str:
        right = a_storyboard(brief)
        wrong = ["no JSON", {**right, "scenes": right["scenes"][:1]}, {**right, "style_guide": None}]
        answer = [*wrong, right][asked - 1]
        return answer if isinstance(answer, str) else json.dumps(answer)

    stage.crew.script.say = say
    assert (await stage.made()).status is VideoStatus.COMPLETE
    assert stage.crew.calls["write"] == 4
    assert stage.crew.script.refused[0].text == "no JSON"
    problems = [refused.problem for refused in stage.crew.script.refused]
    assert problems[0].startswith("answer: Invalid JSON")
    assert problems[1] == "scenes: 3 are asked for, 1 are given"
    assert problems[2].startswith("style_guide: ")


async def test_four_malformed_storyboards_fail_the_try_and_a_resume_asks_four_times_more() -> None:
    stage = VideoStage()
    stage.crew.script.say = lambda _, __: "no JSON"
    video = await stage.made()
    assert video.status is VideoStatus.FAILED
    assert video.error is not None
    assert video.error.startswith("4 answers were no storyboard; of the last: answer: Invalid JSON")
    assert stage.crew.calls["write"] == 4
    stage.crew.script.say = lambda asked, brief: (
        "no JSON" if asked < 8 else f"```json\n{json.dumps(a_storyboard(brief))}\n```"
    )
    await complete_after_resuming(stage, video)
    assert stage.crew.calls["write"] == 8


async def test_a_refused_picture_is_asked_for_twice_in_softer_words() -> None:
    stage = VideoStage()
    stage.crew.frames.meet = failing(ContentRefused("no"), times=2)
    assert (await stage.made()).status is VideoStatus.COMPLETE
    first, second, third = [order.prompt for order in stage.crew.frames.orders[:3]]
    assert (first, second.endswith("start 0"), third.endswith("start 0")) == ("start 0", True, True)
    assert len({first, second, third}) == 3


async def test_a_picture_refused_three_times_fails_the_try() -> None:
    stage = VideoStage()
    stage.crew.frames.meet = failing(ContentRefused("against our rules"), times=3)
    video = await stage.made()
    assert video.status is VideoStatus.FAILED
    assert video.error is not None
    assert "start picture of scene 0 was refused, in softer words too: against our rules" in video.error
    await complete_after_resuming(stage, video)


def refusing(scenes: set[int], *, times: int) -> Callable[[str, ClipOrder], ClipOutcome]:
    left = dict.fromkeys(scenes, times)

    def look(_: str, order: ClipOrder) -> ClipOutcome:
        if left.get(order.scene.index, 0):
            left[order.scene.index] -= 1
            return ClipRefused(reason="against our rules")
        return a_clip(order)

    return look


async def test_a_refused_clip_is_ordered_in_softer_words_and_then_with_a_new_end() -> None:
    stage = VideoStage()
    stage.crew.clips.look = refusing({1}, times=2)
    video = await stage.made()
    assert video.status is VideoStatus.COMPLETE
    orders = [order for order in stage.crew.clips.orders if order.scene.index == 1]
    assert [order.prompt == "motion 1" for order in orders] == [True, False, False]
    assert orders[0].end == orders[1].end != orders[2].end
    assert stage.crew.calls["render/1/end"] == 2
    assert video.scenes[1].end != video.scenes[2].start


async def test_a_clip_refused_three_times_is_filtered_and_the_film_goes_without_it() -> None:
    stage = VideoStage()
    stage.crew.clips.look = refusing({1}, times=3)
    video = await stage.made()
    assert video.status is VideoStatus.COMPLETE
    statuses = [scene.clip_status for scene in video.scenes]
    assert statuses == [ClipStatus.COMPLETE, ClipStatus.RAI_FILTERED, ClipStatus.COMPLETE]
    assert video.film is not None
    assert video.film.facts.seconds == 12


async def test_an_order_can_be_refused_at_once() -> None:
    stage = VideoStage()
    stage.crew.clips.meet = failing(ContentRefused("no"), times=1)
    assert (await stage.made()).status is VideoStatus.COMPLETE
    assert stage.crew.total("submit") == 4


async def test_a_film_of_nothing_but_refused_scenes_fails() -> None:
    stage = VideoStage()
    stage.crew.clips.look = refusing({0, 1, 2}, times=3)
    video = await stage.made()
    assert video.status is VideoStatus.FAILED
    assert video.error is not None
    assert "refused the content of every scene: against our rules" in video.error


async def test_a_new_end_that_is_refused_too_filters_the_scene() -> None:
    stage = VideoStage()
    stage.crew.clips.look = refusing({0}, times=3)
    stage.crew.frames.meet = lambda _: refuse_at_last(stage)
    video = await stage.made()
    assert video.scenes[0].clip_status is ClipStatus.RAI_FILTERED
    assert stage.crew.calls["submit/0"] == 2


def refuse_at_last(stage: VideoStage) -> None:
    if stage.crew.total("render") > 4:
        raise ContentRefused("no")


async def test_looks_are_fifteen_seconds_apart_and_counted_across_crashes() -> None:
    stage = VideoStage(is_free=False)
    stage.crew.clips.look = lambda operation, order: (
        a_clip(order) if stage.crew.clips.looks[operation] == POLLS else ClipPending()
    )
    begun = stage.clock.now()
    video_id = await stage.generate(total_duration=6, scene_count=1)
    for place in ("step.start:clip/0/poll/7", "step.start:clip/0/poll/20"):
        stage.trap.place = place
        while stage.trap.place:
            await stage.settle()
            stage.clock.pass_(seconds=15)
    await stage.finish()
    assert (await stage.video(video_id)).status is VideoStatus.COMPLETE
    assert stage.crew.calls["poll/0"] == POLLS
    assert stage.crew.calls["submit/0"] == 1
    assert stage.clock.now() - begun >= timedelta(seconds=15 * POLLS)


async def test_after_forty_looks_the_try_fails_and_a_resume_looks_at_the_same_operation() -> None:
    stage = VideoStage(is_free=False)
    stage.crew.clips.look = lambda _, __: ClipPending()
    video = await stage.made(total_duration=6, scene_count=1)
    assert video.status is VideoStatus.FAILED
    assert video.error == (
        "The clip of scene 0 was not there after 40 looks. Resume to look for it again, as often."
    )
    assert video.scenes[0].clip_status is ClipStatus.FAILED
    assert stage.crew.calls["poll/0"] == POLLS
    stage.crew.clips.look = lambda _, order: a_clip(order)
    after = await complete_after_resuming(stage, video)
    assert after.scenes[0].clip_status is ClipStatus.COMPLETE
    assert stage.crew.calls["poll/0"] == POLLS + 1
    assert stage.crew.calls["submit/0"] == 1


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (ClipFailed(reason="internal error 13"), "internal error 13"),
        (ClipMade(content=b"<html>"), "what the provider gave is broken: it is no MP4"),
    ],
    ids=["failed", "broken"],
)
async def test_a_clip_that_failed_is_ordered_anew_by_a_resume_and_the_others_are_kept(
    outcome: ClipOutcome, reason: str
) -> None:
    stage = VideoStage()
    stage.crew.clips.look = lambda _, order: outcome if order.scene.index == 0 else a_clip(order)
    video = await stage.made()
    assert video.status is VideoStatus.FAILED
    assert video.error == f"There is no clip of scene 0: {reason}. Resume to order it again."
    statuses = [scene.clip_status for scene in video.scenes]
    assert statuses == [ClipStatus.FAILED, ClipStatus.COMPLETE, ClipStatus.COMPLETE]
    stage.crew.clips.look = lambda _, order: a_clip(order)
    await complete_after_resuming(stage, video)
    assert [stage.crew.calls[f"submit/{scene}"] for scene in range(3)] == [2, 1, 1]


async def test_a_clip_of_another_length_makes_a_film_of_another_length() -> None:
    stage = VideoStage()
    stage.crew.clips.look = lambda _, order: a_clip(order, seconds=5.5)
    video = await stage.made()
    assert video.film is not None
    assert video.film.facts.seconds == 16.5


async def test_what_is_not_installed_fails_before_anything_is_paid_for() -> None:
    stage = VideoStage()
    stage.crew.splicer.missing = ExtraMissing("Films")
    video = await stage.made()
    assert video.status is VideoStatus.FAILED
    assert video.error == "Films need the extra videos. Run: pip install 'taskforce[videos]'"
    assert stage.crew.calls == {}
    stage.crew.splicer.missing = None
    await complete_after_resuming(stage, video)
    assert stage.crew.calls == CALLS


async def test_a_broken_picture_fails_the_try_and_is_made_again() -> None:
    stage = VideoStage()
    stage.crew.frames.meet = lambda _: b"<html>"
    video = await stage.made()
    assert video.status is VideoStatus.FAILED
    assert video.error == "The picture is broken: it is no PNG. Resume to have it made again."
    stage.crew.frames.meet = lambda _: None
    await complete_after_resuming(stage, video)


async def test_a_picture_of_too_many_bytes_is_neither_read_nor_kept() -> None:
    stage = VideoStage()
    stage.crew.frames.meet = lambda _: b"PNG " + bytes(MOST_PICTURE_BYTES)
    video = await stage.made()
    assert video.error == (
        "The picture is broken: it has 33554436 bytes, above 33554432. Resume to have it made again."
    )
    assert (video.scenes[0].start, video.cost) == (None, PRICES.storyboard)
    stage.crew.frames.meet = lambda _: None
    await complete_after_resuming(stage, video)


async def test_a_clip_of_too_many_bytes_is_neither_read_nor_kept() -> None:
    stage = VideoStage()
    stage.crew.clips.look = lambda _, __: ClipMade(content=bytes(MOST_CLIP_BYTES + 1))
    video = await stage.made(total_duration=6, scene_count=1)
    assert video.error == (
        "There is no clip of scene 0: it has 268435457 bytes, above 268435456. Resume to order it again."
    )
    assert video.scenes[0].clip is None
    stage.crew.clips.look = lambda _, order: a_clip(order)
    await complete_after_resuming(stage, video)


async def test_clips_are_made_side_by_side_up_to_the_limit() -> None:
    stage = VideoStage(is_free=False)
    waiting: set[int] = set()
    most: list[int] = []

    def look(operation: str, order: ClipOrder) -> ClipOutcome:
        waiting.add(order.scene.index)
        most.append(len(waiting))
        if stage.crew.clips.looks[operation] < 3 + order.scene.index % 2:
            return ClipPending()
        waiting.discard(order.scene.index)
        return a_clip(order)

    stage.crew.clips.look = look
    video = await stage.made(total_duration=30, scene_count=5, clip_duration=6)
    assert video.status is VideoStatus.COMPLETE
    assert max(most) == CONCURRENCY
    assert stage.crew.total("submit") == 5
