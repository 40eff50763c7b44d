"""At every moment of a film's life its status is a word that may follow the one before."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from taskforce.core.jobs.errors import JobIsOver
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.videos.errors import ProviderFailed
from taskforce.core.videos.model import VideoId
from taskforce.core.videos.ports import ClipOrder, FrameOrder
from taskforce.core.videos.statuses import Stage, VideoStatus, may_follow
from tests.unit.application.videos.video_stage import VideoStage

CRASHES = (
    "step.start:storyboard/1",
    "step.done:keyframe/0/end",
    "step.done.recorded:keyframe/2/end",
    "step.start:clip/1/submit",
    "step.done:clip/2/poll/1",
    "step.start:stitch",
    "step.done.recorded:stitch",
)
EVENTS = ("play", "wait", "stop", "resume", "fail", *CRASHES)


class Life:
    """A film to which this and that happens."""

    def __init__(self) -> None:
        self.stage = VideoStage(is_free=False)
        self.fails = False
        self.stage.crew.frames.meet = self._meet
        self.stage.crew.clips.meet = self._meet

    async def live(self, events: Sequence[str], *, run_through: Stage | None) -> VideoStatus:
        """Let everything happen, and then resume until it is complete."""
        stage = self.stage
        video = await stage.generate(run_through=run_through)
        for event in events:
            await self._happen(event, video)
            stage.look()
        stage.trap.place, self.fails = None, False
        while True:
            await stage.finish()
            stage.look()
            status = (await stage.video(video)).status
            if not status.can_resume:
                return status
            await stage.resume(video)
            stage.look()

    async def _happen(self, event: str, video: VideoId) -> None:
        row = await self.stage.video(video)
        match event:
            case "play":
                await self.stage.play_one()
            case "wait":
                self.stage.clock.pass_(seconds=15)
            case "stop":
                try:
                    await self.stage.store.cancel(row.job, project=DEFAULT_PROJECT)
                except JobIsOver:
                    return
            case "resume":
                if row.status.can_resume and (await self.stage.job(row.job)).status.is_over:
                    await self.stage.resume(video)
            case "fail":
                self.fails = True
            case place:
                self.stage.trap.place = place

    def _meet(self, _: FrameOrder | ClipOrder) -> None:
        if self.fails:
            self.fails = False
            raise ProviderFailed("It is broken.")


@settings(max_examples=40, deadline=None)
@given(events=st.lists(st.sampled_from(EVENTS), max_size=12), through=st.none() | st.sampled_from(Stage))
def test_each_status_may_follow_the_one_before(events: list[str], through: Stage | None) -> None:
    life = Life()
    status = asyncio.run(life.live(events, run_through=through))
    assert status is VideoStatus.COMPLETE
    moves = [(before, after) for before, after in pairwise(life.stage.seen) if not may_follow(before, after)]
    assert moves == []
    calls = life.stage.crew.calls
    crashes = sum(event in CRASHES for event in events) + events.count("fail") + events.count("stop")
    assert all(count <= 1 + crashes for call, count in calls.items()), (events, calls)
