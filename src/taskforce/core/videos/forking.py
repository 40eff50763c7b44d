"""What a new project takes over from the one it is made of, and where its own work begins."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from taskforce.core.errors import FieldError, Invalid
from taskforce.core.videos.limits import MOST_SCENES, scene_count
from taskforce.core.videos.model import Transition, VideoProject, VideoScene, Wish
from taskforce.core.videos.statuses import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewording:
    """Other words for a scene; None leaves them."""

    description: str | None = None
    start_frame_prompt: str | None = None
    end_frame_prompt: str | None = None
    motion_prompt: str | None = None

    @property
    def touches_pictures(self) -> bool:
        """Tell whether its pictures are others now."""
        return (self.description, self.start_frame_prompt, self.end_frame_prompt) != (None, None, None)

    def words(self) -> dict[str, str]:
        """Return what it says by the names of a scene's fields."""
        said = {
            "description": self.description,
            "start_frame_prompt": self.start_frame_prompt,
            "end_frame_prompt": self.end_frame_prompt,
            "motion_prompt": self.motion_prompt,
        }
        return {name: words for name, words in said.items() if words is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What a new project has otherwise. Scenes are named by their index in the old one."""

    style: str | None = None
    total_duration: int | None = None
    transition: Transition | None = None
    audio: bool | None = None
    rewordings: Mapping[int, Rewording] = field(default_factory=dict)
    deleted: frozenset[int] = frozenset()
    cleared: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkPlan:
    """What a new project begins with."""

    first: Stage
    """Where something is to be made."""
    whole: int
    """How many scenes are inherited whole."""
    scenes: tuple[VideoScene, ...]
    """With all that is still valid, by their new indices."""
    wish: Wish


def forked(video: VideoProject, edits: Edits) -> ForkPlan:
    """Return what the edits leave of a project.

    Each picture goes on from the one before it: when one changes, all after it do. A clip that is to move in
    another way makes the clips after it anew, too. A scene that was left out takes no other with it. Raises
    Invalid for scenes that there are not, and for more or fewer than there may be.
    """
    problems = tuple(_problems(video, edits))
    if problems:
        raise Invalid(_told(problems), errors=problems)
    kept = [scene for scene in video.scenes if scene.scene.index not in edits.deleted]
    wish = _wish(video.wish, edits, scenes=len(kept) or video.wish.scene_count)
    kept = kept[: wish.scene_count]
    scenes = tuple(_inherited(kept, edits, all_clips_anew=bool(edits.audio) and not video.wish.audio))
    return ForkPlan(
        first=_first(scenes, wish.scene_count),
        whole=sum(scene.is_whole for scene in scenes),
        scenes=scenes,
        wish=wish,
    )


def _wish(wish: Wish, edits: Edits, *, scenes: int) -> Wish:
    seconds = edits.total_duration
    if seconds is None:
        seconds = wish.total_duration if scenes == wish.scene_count else scenes * wish.clip_duration
    changed = {"style": edits.style, "transition": edits.transition, "audio": edits.audio}
    return wish.model_copy(
        update={
            **{name: value for name, value in changed.items() if value is not None},
            "total_duration": seconds,
            "scene_count": scene_count(seconds, wish.clip_duration),
        }
    )


def _inherited(kept: Sequence[VideoScene], edits: Edits, *, all_clips_anew: bool) -> Iterator[VideoScene]:
    pictures_anew, clips_anew = False, all_clips_anew
    for index, one in enumerate(kept):
        old = one.scene.index
        words = edits.rewordings.get(old, Rewording())
        pictures_anew = pictures_anew or words.touches_pictures or old in edits.cleared
        clips_anew = clips_anew or pictures_anew or words.motion_prompt is not None
        scene = one.scene.model_copy(update={**words.words(), "index": index})
        start, end = (None, None) if pictures_anew else (one.start, one.end)
        clip = None if clips_anew or end is None else one.clip
        status = one.clip_status if clip is not None else None
        yield VideoScene(scene=scene, start=start, end=end, clip=clip, clip_status=status)


def _first(scenes: Sequence[VideoScene], count: int) -> Stage:
    if not scenes:
        return Stage.STORYBOARDING
    if len(scenes) < count or not all(scene.has_keyframes for scene in scenes):
        return Stage.KEYFRAMING
    if not all(scene.is_whole for scene in scenes):
        return Stage.VIDEO_GEN
    return Stage.STITCHING


def _problems(video: VideoProject, edits: Edits) -> Iterator[FieldError]:
    known = {scene.scene.index for scene in video.scenes}
    named: Mapping[str, Collection[int]] = {
        "/scenes": edits.rewordings.keys(),
        "/delete_scenes": edits.deleted,
        "/clear_keyframes": edits.cleared,
    }
    for place, indices in named.items():
        unknown = sorted(set(indices) - known)
        if unknown:
            there = f"0 to {len(known) - 1}" if known else "none, for its storyboard is not written"
            yield FieldError(
                pointer=place, code="scene_unknown", detail=f"there is no scene {unknown[0]}: it has {there}"
            )
    both = sorted(edits.deleted & (edits.rewordings.keys() | edits.cleared))
    if both:
        yield FieldError(
            pointer="/delete_scenes", code="scene_deleted", detail=f"scene {both[0]} is edited and deleted"
        )
    if known and known <= edits.deleted:
        yield FieldError(pointer="/delete_scenes", code="no_scene_left", detail="leave one scene at least")
    most = MOST_SCENES * video.wish.clip_duration
    if edits.total_duration is not None and edits.total_duration > most:
        detail = f"at most {most} seconds, {MOST_SCENES} clips of {video.wish.clip_duration} seconds each"
        yield FieldError(pointer="/total_duration", code="too_long", detail=detail)


def _told(problems: Sequence[FieldError]) -> str:
    places = "; ".join(f"{problem.pointer}: {problem.detail}" for problem in problems)
    return f"The request is not right. {places}"
