"""What videos need from outside."""

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Protocol, TypeAlias

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.identity import ProjectId
from taskforce.core.paging import Listing, Page
from taskforce.core.videos.changes import ChangeVideo
from taskforce.core.videos.model import (
    AspectRatio,
    ClipFacts,
    FilmFacts,
    FrameSize,
    ModelChoice,
    Position,
    Role,
    Transition,
    VideoId,
    VideoProject,
)
from taskforce.core.videos.prices import Prices
from taskforce.core.videos.storyboard import Character, Scene, Storyboard, StyleGuide

POLL_PAUSE = timedelta(seconds=15)
"""Between two looks at a clip that a service makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a storyboard is to be written of."""

    prompt: str
    style: str
    scenes: int
    """So many, no more and no fewer."""
    clip_duration: int
    """Seconds of each."""
    aspect_ratio: AspectRatio
    seed: int
    earlier: Storyboard | None = None
    """What is to be continued: the same style guide and characters; its scenes come before the new ones,
    whose indices go on from its last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedAnswer:
    """An answer that was no storyboard, and why."""

    text: str
    problem: str


class ScriptWriter(Protocol):
    """Writes storyboards."""

    @abstractmethod
    async def write(self, brief: Brief, *, refused: Sequence[RefusedAnswer]) -> str:
        """Return a storyboard as JSON text, by the schema of `Storyboard`; it is checked by who asks.

        The answers that it gave before come back with what is wrong about them, oldest first. Raises
        Exhausted or Unavailable when later it may go, ContentRefused, ProviderFailed.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameOrder:
    """A picture to be made."""

    scene: Scene
    position: Position
    prompt: str
    """What is to be seen: the scene's own words, or softer ones."""
    style: str
    style_guide: StyleGuide
    characters: tuple[Character, ...]
    size: FrameSize
    aspect_ratio: AspectRatio
    seed: int
    earlier: bytes | None
    """The picture before it as PNG, which it is to go on from; None for the first."""


class FrameRenderer(Protocol):
    """Makes pictures."""

    @abstractmethod
    async def render(self, order: FrameOrder) -> bytes:
        """Return the picture as PNG, of the size that was ordered. Raises as `ScriptWriter.write`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOrder:
    """A clip to be made between two pictures."""

    scene: Scene
    prompt: str
    """How it moves: the scene's own words, or softer ones."""
    style: str
    style_guide: StyleGuide
    size: FrameSize
    aspect_ratio: AspectRatio
    seconds: int
    seed: int
    audio: bool
    """Whether it is to have sound."""
    start: bytes
    """PNG."""
    end: bytes
    """PNG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPending:
    """It is not made yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMade:
    """It is there."""

    content: bytes
    """MP4, at most `limits.MOST_CLIP_BYTES`; its length may be another than was ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRefused:
    """The provider's rules are against its content."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFailed:
    """The operation is over without a clip, and polling it again helps nobody."""

    reason: str


ClipOutcome: TypeAlias = ClipPending | ClipMade | ClipRefused | ClipFailed


class ClipRenderer(Protocol):
    """Makes clips, each by an operation that takes its time."""

    pause: ClassVar[timedelta]
    """Before each look: POLL_PAUSE of a service; none where the first look waits for the clip."""
    orders_are_free: ClassVar[bool]
    """Whether the same order twice does no harm: it is free, or the service knows it again by its key.

    If not, an order that was under way when its worker stopped is made again only when a person resumes.
    """

    @abstractmethod
    async def submit(self, order: ClipOrder, *, key: str) -> str:
        """Order a clip and return its operation's id, at most 4,000 letters; nothing secret is in it.

        The key is the order's own, the same when it is made again. Raises as `ScriptWriter.write`.
        """

    @abstractmethod
    async def poll(self, operation: str, order: ClipOrder) -> ClipOutcome:
        """Look at an operation once; what is made is downloaded whole. `order` is what it was submitted with.

        Any process may ask, as often as it likes, also after the clip was made. Raises Exhausted or
        Unavailable when later it may go (429, 5xx, a connection cut, a download cut in the middle, an
        address that has expired), ProviderFailed.
        """


class MediaReader(Protocol):
    """Looks into what providers give, in a process of its own."""

    @abstractmethod
    async def check_picture(self, content: bytes) -> None:
        """Return when it is a PNG that can be decoded whole. Raises MediaBroken with the reason."""

    @abstractmethod
    async def read_clip(self, content: bytes) -> ClipFacts:
        """Return what is in an MP4 that can be decoded whole. Raises MediaBroken with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How clips become a film."""

    size: FrameSize
    transition: Transition
    audio: bool
    title: str
    made_by: str
    """For the metadata: which models made it, or that none did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssembledFilm:
    """A film as a file, there until its context is left."""

    path: Path
    facts: FilmFacts


class Assembler(Protocol):
    """Makes films of clips, in a process of its own; equal input gives equal bytes."""

    @abstractmethod
    def check(self) -> None:
        """Return when it can, before anything is paid for. Raises ExtraMissing."""

    @abstractmethod
    def film(self, clips: Sequence[ArtifactRef], cut: Cut) -> AbstractAsyncContextManager[AssembledFilm]:
        """Make a film of clips in the artifact store, in their order: H.264, AAC, faststart.

        Its length is the sum of the clips as they are, less a cross-fade between each two. Clips of another
        size or rate are fitted; without `audio` there is no sound, with it silence where a clip has none.
        Raises MediaBroken, ComputationLost.
        """


class VideoProviders(Protocol):
    """Knows the providers by name."""

    @abstractmethod
    def names(self, role: Role) -> tuple[str, ...]:
        """Return who may have a role, the default first, also those whose key or extra is missing."""

    @abstractmethod
    def script_writer(self, name: str) -> ScriptWriter:
        """Return who writes. Raises ProviderNotReady, which names the key or the extra that is missing."""

    @abstractmethod
    def frame_renderer(self, name: str) -> FrameRenderer:
        """Return who makes pictures. Raises as `script_writer`."""

    @abstractmethod
    def clip_renderer(self, name: str) -> ClipRenderer:
        """Return who makes clips. Raises as `script_writer`."""


class PriceList(Protocol):
    """Knows what providers ask for."""

    @abstractmethod
    def prices(self, models: ModelChoice) -> Prices:
        """Return the prices of a choice as they are now; a job keeps those it began with."""


class VideoStore(Protocol):
    """Video projects. They are created, and written by their jobs, by the changes of `changes`."""

    @abstractmethod
    async def get(self, video_id: VideoId, *, project: ProjectId) -> VideoProject:
        """Return a project with its scenes in order. Raises VideoNotFound, also when it was deleted."""

    @abstractmethod
    async def list(self, project: ProjectId, page: Page) -> Listing[VideoProject]:
        """Return projects without their scenes, newest first."""

    @abstractmethod
    async def change(self, change: ChangeVideo, *, project: ProjectId) -> VideoProject:
        """Write what needs no job, and return the project; of a deleted one as it was last.

        Raises VideoNotFound.
        """
