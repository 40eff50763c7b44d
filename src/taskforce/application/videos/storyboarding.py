"""The first stage: a prompt becomes a storyboard."""

from collections.abc import Sequence
from functools import partial
from itertools import count

from taskforce.application.videos.making import Making
from taskforce.core.jobs.errors import JobFailed
from taskforce.core.videos.changes import KeepStoryboard
from taskforce.core.videos.errors import StoryboardMalformed
from taskforce.core.videos.events import storyboard_refused, storyboard_written
from taskforce.core.videos.limits import ANSWERS, PATIENT
from taskforce.core.videos.model import VideoScene
from taskforce.core.videos.ports import Brief, RefusedAnswer, ScriptWriter
from taskforce.core.videos.prices import Spent
from taskforce.core.videos.storyboard import Storyboard, read_storyboard


class Storyboarding:
    """Asks for storyboards until one is right."""

    def __init__(self, making: Making, writer: ScriptWriter) -> None:
        self._making = making
        self._writer = writer

    async def written(self) -> Storyboard:
        """Return the storyboard of a film."""
        storyboard = await self._asked("storyboard", self._brief(None))
        await self._keep("storyboard", storyboard)
        return storyboard

    async def continued(self, earlier: Storyboard) -> Storyboard:
        """Return a storyboard with the scenes that it lacks."""
        added = await self._asked("storyboard/more", self._brief(earlier))
        whole = earlier.model_copy(update={"scenes": (*earlier.scenes, *added.scenes)})
        await self._keep("storyboard/more", whole)
        return whole

    def _brief(self, earlier: Storyboard | None) -> Brief:
        wish = self._making.task.wish
        return Brief(
            prompt=wish.prompt,
            style=wish.style,
            scenes=wish.scene_count - (len(earlier.scenes) if earlier else 0),
            clip_duration=wish.clip_duration,
            aspect_ratio=wish.aspect_ratio,
            seed=wish.seed,
            earlier=earlier,
        )

    async def _asked(self, key: str, brief: Brief) -> Storyboard:
        refused: list[RefusedAnswer] = []
        first = len(brief.earlier.scenes) if brief.earlier else 0
        for number in count(1):
            write = partial(self._written, brief, tuple(refused))
            answer = f"{key}/{number}"
            text = await self._making.ctx.step(answer, write, type=str, retry=PATIENT)
            paid = self._making.spent(Spent(storyboards=1))
            try:
                storyboard = read_storyboard(text, scenes=brief.scenes, first=first)
            except StoryboardMalformed as malformed:
                await self._making.tell(answer, storyboard_refused(number, malformed.message), paid)
                refused = [*refused, RefusedAnswer(text=text, problem=malformed.message)][1 - ANSWERS :]
                if number % ANSWERS == 0:
                    await self._making.give_up(answer, _malformed(malformed))
            else:
                await self._making.tell(answer, storyboard_written(len(storyboard.scenes)), paid)
                return storyboard
        raise AssertionError

    async def _written(self, brief: Brief, refused: Sequence[RefusedAnswer]) -> str:
        return await self._making.seen_through(self._writer.write(brief, refused=refused))

    async def _keep(self, key: str, storyboard: Storyboard) -> None:
        ctx = self._making.ctx
        change = KeepStoryboard(
            video=self._making.task.video,
            style_guide=storyboard.style_guide,
            characters=storyboard.characters,
            scenes=tuple(VideoScene(scene=scene) for scene in storyboard.scenes),
            at=ctx.now(f"{key}/at"),
        )
        await ctx.write(f"{key}/row", change)


def _malformed(malformed: StoryboardMalformed) -> JobFailed:
    return JobFailed(
        malformed.code,
        f"{ANSWERS} answers were no storyboard; of the last: {malformed.message}. Resume to ask again, or "
        "take another model.",
    )
