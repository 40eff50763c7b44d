"""What draws, films, reads and joins: each a work for a process of its own.

Its libraries are an extra and take half a second, so they are imported where the work is done. What goes
wrong is given back as a value: as itself it crosses from the process, which a raised one would not.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeAlias, TypeVar

from taskforce.core.errors import TaskforceError
from taskforce.core.videos.errors import ExtraMissing
from taskforce.core.videos.model import ClipFacts, FilmFacts
from taskforce.core.videos.ports import ClipOrder, Cut, FrameOrder

T = TypeVar("T")
P = ParamSpec("P")
Answer: TypeAlias = T | TaskforceError

EXTRA = ("av", "numpy", "PIL", "manimgx_fonts", "noto_cjk_sans_jp_regular")
"""What the extra `videos` brings."""


def check_extra() -> None:
    """Return when films can be made; nothing is imported. Raises ExtraMissing."""
    if any(find_spec(package) is None for package in EXTRA):
        raise ExtraMissing("Films")


def draw(order: FrameOrder) -> Iterator[Answer[bytes]]:
    """Give a picture as PNG."""
    yield _told(_drawn, order)


def film(order: ClipOrder) -> Iterator[Answer[bytes]]:
    """Give a clip as MP4."""
    yield _told(_filmed, order)


def check_picture(content: bytes) -> Iterator[Answer[None]]:
    """Give nothing when it is a whole PNG."""
    yield _told(_picture_checked, content)


def read_clip(content: bytes) -> Iterator[Answer[ClipFacts]]:
    """Give what is in a clip that can be decoded whole."""
    yield _told(_clip_read, content)


def join(clips: Sequence[Path], cut: Cut, target: Path) -> Iterator[Answer[FilmFacts]]:
    """Write a film of clips, and give what it has become."""
    yield _told(_joined, clips, cut, target)


def _told(do: Callable[P, T], *args: P.args, **words: P.kwargs) -> Answer[T]:
    try:
        check_extra()
        return do(*args, **words)
    except TaskforceError as wrong:
        return wrong


def _drawn(order: FrameOrder) -> bytes:
    from taskforce.infrastructure.videos.offline.drawing import drawn

    return drawn(order)


def _filmed(order: ClipOrder) -> bytes:
    from taskforce.infrastructure.videos.offline.filming import Shot, filmed

    shot = Shot(
        start=order.start, end=order.end, motion=order.prompt, about=order.scene.description,
        size=order.size, seconds=order.seconds, seed=order.seed, audio=order.audio,
    )  # fmt: skip
    return filmed(shot)


def _picture_checked(content: bytes) -> None:
    from taskforce.infrastructure.videos.offline.pictures import read_png

    read_png(content, what="picture")


def _clip_read(content: bytes) -> ClipFacts:
    from taskforce.infrastructure.videos.assembling.clip import check_decodes, measure

    measured = measure(BytesIO(content), what="clip")
    check_decodes(BytesIO(content), what="clip")
    return ClipFacts(
        seconds=float(measured.seconds), width=measured.width, height=measured.height,
        has_sound=measured.has_sound,
    )  # fmt: skip


def _joined(clips: Sequence[Path], cut: Cut, target: Path) -> FilmFacts:
    from taskforce.infrastructure.videos.assembling.joining import Footage, join

    footage = [Footage(path, f"clip {number + 1} of {len(clips)}") for number, path in enumerate(clips)]
    return join(footage, cut, target)
