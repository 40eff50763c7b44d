"""The last stage: clips become a film."""

from collections.abc import Sequence
from functools import partial

from taskforce.application.videos.making import MP4, Making
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.videos.changes import CompleteVideo
from taskforce.core.videos.events import film_made
from taskforce.core.videos.model import OFFLINE, KeptFilm, ModelChoice, VideoScene
from taskforce.core.videos.ports import Assembler, Cut

FILM = "film"


class Stitching:
    """Has the film made."""

    def __init__(self, making: Making, assembler: Assembler) -> None:
        self._making = making
        self._assembler = assembler

    async def play(self, scenes: Sequence[VideoScene]) -> KeptFilm:
        """Return the film of all scenes that have a clip."""
        making = self._making
        clips = [scene.clip.ref for scene in scenes if scene.clip is not None]
        film = await making.ctx.step("stitch", partial(self._stitched, clips), type=KeptFilm)
        at = making.ctx.now("stitch/at")
        complete = CompleteVideo(video=making.task.video, film=film, at=at)
        await making.tell("stitch/told", film_made(film), complete)
        return film

    async def _stitched(self, clips: Sequence[ArtifactRef]) -> KeptFilm:
        wish = self._making.task.wish
        cut = Cut(
            size=wish.size,
            transition=wish.transition,
            audio=wish.audio,
            title=self._making.task.title,
            made_by=_made_by(wish.models),
        )
        async with self._assembler.film(clips, cut) as film:
            ref = await self._making.keep("film.mp4", film.path, kind=FILM, media_type=MP4)
        return KeptFilm(ref=ref, facts=film.facts)


def _made_by(models: ModelChoice) -> str:
    names = list(dict.fromkeys([models.script, models.frames, models.clips]))
    if names == [OFFLINE]:
        return "Drawn by program by Taskforce; no model made it."
    return f"Made with Taskforce by {', '.join(names)}."
