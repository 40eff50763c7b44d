"""Joining clips to a film, a frame at a time: what is in memory does not grow with its length."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import cos, pi, sin
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np

from taskforce.core.videos.model import FRAMES_PER_SECOND, FilmFacts, FrameSize, Transition
from taskforce.core.videos.ports import Cut
from taskforce.infrastructure.videos.assembling import timeline
from taskforce.infrastructure.videos.assembling.clip import ClipMeasure, measure
from taskforce.infrastructure.videos.assembling.hearing import SILENCE, Sound, sound
from taskforce.infrastructure.videos.assembling.pictures import blended, pictures
from taskforce.infrastructure.videos.mp4 import FOR_FILMS, mp4_writer

Moment: TypeAlias = tuple[av.VideoFrame, Sound]
Moments: TypeAlias = Generator[Moment, None, None]


@dataclass(frozen=True, slots=True)
class Footage:
    """A clip as a file, and what it is called in an error."""

    path: Path
    what: str


def join(clips: Sequence[Footage], cut: Cut, target: Path) -> FilmFacts:
    """Write the film of the clips, in their order. Raises MediaBroken, which names the clip."""
    measured = [measure(clip.path, what=clip.what) for clip in clips]
    fade = timeline.FADE if cut.transition is Transition.CROSSFADE else 0
    places = timeline.timeline([each.seconds for each in measured], fade=fade)
    shown = [_shown(*each, cut) for each in zip(clips, measured, places, strict=True)]
    told = {"title": cut.title, "comment": cut.made_by}
    with (
        mp4_writer(target, cut.size, effort=FOR_FILMS, audio=cut.audio, metadata=told) as writer,
        closing(_joined(shown, [place.fade for place in places], cut.size)) as film,
    ):
        for picture, heard in film:
            writer.add(picture, heard if cut.audio else None)
    return FilmFacts(
        seconds=writer.frames / FRAMES_PER_SECOND, frames=writer.frames, width=cut.size.width,
        height=cut.size.height, has_sound=cut.audio,
    )  # fmt: skip


def _joined(clips: Sequence[Moments], fades: Sequence[int], size: FrameSize) -> Moments:
    """Give the moments of one clip after the other; each is opened when its turn comes, and closed after."""
    before: list[Moment] = []
    for clip, fade in zip(clips, fades, strict=True):
        with closing(clip):
            for number, past in enumerate(before):
                yield _between(past, next(clip), (number + 1) / (len(before) + 1), size)
            before = []
            for moment in clip:
                before.append(moment)
                if len(before) > fade:
                    yield before.pop(0)
    yield from before


def _shown(clip: Footage, measured: ClipMeasure, place: timeline.Place, cut: Cut) -> Moments:
    """Give what is seen and heard of a clip."""
    seen = pictures(clip.path, measured, frames=place.frames, size=cut.size, what=clip.what)
    if not cut.audio:
        with closing(seen):
            for picture in seen:
                yield picture, SILENCE
        return
    heard = sound(clip.path, measured, frames=place.frames, what=clip.what)
    with closing(seen), closing(heard):
        yield from zip(seen, heard, strict=True)


def _between(one: Moment, other: Moment, share: float, size: FrameSize) -> Moment:
    """Return a moment of a cross-fade; the sound keeps its strength, as both together have it."""
    heard = one[1] * cos(share * pi / 2) + other[1] * sin(share * pi / 2)
    return blended(one[0], other[0], share, size), np.asarray(heard, np.float32)
