"""Who makes films in tests: providers that make small stand-ins for media, and count what they are asked.

They are providers in every other way: their media are their own format, which their reader and their
assembler understand, so that no codec is needed.
"""

import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from taskforce.core.artifacts import ArtifactRef, ArtifactStore
from taskforce.core.videos.errors import MediaBroken, ProviderNotReady
from taskforce.core.videos.model import FRAMES_PER_SECOND, ClipFacts, FilmFacts, ModelChoice, Role
from taskforce.core.videos.ports import (
    POLL_PAUSE,
    AssembledFilm,
    Assembler,
    Brief,
    ClipMade,
    ClipOrder,
    ClipOutcome,
    ClipRenderer,
    Cut,
    FrameOrder,
    FrameRenderer,
    MediaReader,
    PriceList,
    RefusedAnswer,
    ScriptWriter,
    VideoProviders,
)
from taskforce.core.videos.prices import Prices

PRICES = Prices(storyboard=0.01, picture=0.04, clip_second=0.1)
Note = Callable[[str], object]


def a_storyboard(brief: Brief) -> dict[str, Any]:
    """Return a storyboard as a model writes it."""
    first = len(brief.earlier.scenes) if brief.earlier else 0
    return {
        "style_guide": {"visual_style": brief.style, "color_palette": "teal", "camera_style": "still"},
        "characters": [{"name": "Ann", "description": "a fox in a red scarf"}],
        "scenes": [
            {
                "index": index,
                "description": f"scene {index} of {brief.prompt}",
                "start_frame_prompt": f"start {index}",
                "end_frame_prompt": f"end {index}",
                "motion_prompt": f"motion {index}",
            }
            for index in range(first, first + brief.scenes)
        ],
    }


@dataclass
class Script(ScriptWriter):
    note: Note
    say: Callable[[int, Brief], str]
    refused: list[RefusedAnswer] = field(default_factory=list)
    asked: int = 0

    async def write(self, brief: Brief, *, refused: Sequence[RefusedAnswer]) -> str:
        self.note("write")
        self.asked += 1
        self.refused = list(refused)
        return self.say(self.asked, brief)


@dataclass
class Frames(FrameRenderer):
    note: Note
    meet: Callable[[FrameOrder], object]
    orders: list[FrameOrder] = field(default_factory=list)

    async def render(self, order: FrameOrder) -> bytes:
        self.note(f"render/{order.scene.index}/{order.position}")
        self.orders.append(order)
        given = self.meet(order)
        if isinstance(given, Awaitable):
            given = await given
        if isinstance(given, bytes):
            return given
        earlier = "" if order.earlier is None else order.earlier.decode()
        return f"PNG {order.prompt} {order.style} after <{earlier[-20:]}>".encode()


class Clips(ClipRenderer):
    pause = POLL_PAUSE
    orders_are_free = False

    def __init__(
        self,
        note: Note,
        *,
        meet: Callable[[ClipOrder], object],
        look: Callable[[str, ClipOrder], ClipOutcome],
    ) -> None:
        self.note = note
        self.meet = meet
        self.look = look
        self.orders: list[ClipOrder] = []
        self.keys: list[str] = []
        self.looks: Counter[str] = Counter()

    async def submit(self, order: ClipOrder, *, key: str) -> str:
        self.note(f"submit/{order.scene.index}")
        self.orders.append(order)
        self.keys.append(key)
        given = self.meet(order)
        if isinstance(given, Awaitable):
            await given
        return f"operations/{order.scene.index}/{len(self.orders)}"

    async def poll(self, operation: str, order: ClipOrder) -> ClipOutcome:
        self.note(f"poll/{order.scene.index}")
        self.looks[operation] += 1
        return self.look(operation, order)


class FreeClips(Clips):
    """As an offline provider: nothing is lost by ordering twice, and the first look waits for the clip."""

    pause = timedelta()
    orders_are_free = True


class Reader(MediaReader):
    async def check_picture(self, content: bytes) -> None:
        if not content.startswith(b"PNG "):
            raise MediaBroken("picture", "it is no PNG")

    async def read_clip(self, content: bytes) -> ClipFacts:
        try:
            told = json.loads(content)
        except ValueError as wrong:
            raise MediaBroken("clip", "it is no MP4") from wrong
        return ClipFacts(seconds=told["seconds"], width=1280, height=720, has_sound=told["audio"])


class Splicer(Assembler):
    """Puts clips into one file, as they are."""

    def __init__(self, artifacts: ArtifactStore, note: Note, *, missing: Exception | None = None) -> None:
        self.missing = missing
        self.cuts: list[Cut] = []
        self._artifacts = artifacts
        self._note = note

    def check(self) -> None:
        if self.missing is not None:
            raise self.missing

    @asynccontextmanager
    async def film(self, clips: Sequence[ArtifactRef], cut: Cut) -> AsyncIterator[AssembledFilm]:
        self._note("stitch")
        self.cuts.append(cut)
        told = [json.loads(await self._artifacts.read(ref)) for ref in clips]
        seconds = sum(clip["seconds"] for clip in told)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            path.write_text(json.dumps([told, cut.made_by]))
            frames = round(seconds * FRAMES_PER_SECOND)
            size = {"width": cut.size.width, "height": cut.size.height}
            facts = FilmFacts(seconds=seconds, frames=frames, has_sound=cut.audio, **size)
            yield AssembledFilm(path=path, facts=facts)


def a_clip(order: ClipOrder, *, seconds: float | None = None) -> ClipMade:
    """Return a clip that tells what it was made of."""
    told = {
        "seconds": order.seconds if seconds is None else seconds,
        "audio": order.audio,
        "prompt": order.prompt,
        "between": [order.start.decode(), order.end.decode()],
    }
    return ClipMade(content=json.dumps(told).encode())


class Crew(VideoProviders, PriceList):
    """All of them; a test changes what they say."""

    def __init__(self, artifacts: ArtifactStore, *, note: Note | None = None, is_free: bool = False) -> None:
        self.calls: Counter[str] = Counter()
        self._note = note
        self.script = Script(self._told, lambda _, brief: json.dumps(a_storyboard(brief)))
        self.frames = Frames(self._told, lambda _: None)
        make = FreeClips if is_free else Clips
        self.clips = make(self._told, meet=lambda _: None, look=lambda _, order: a_clip(order))
        self.reader = Reader()
        self.splicer = Splicer(artifacts, self._told)
        self.unready: str | None = None

    def _told(self, call: str) -> None:
        self.calls[call] += 1
        if self._note is not None:
            self._note(call)

    def total(self, word: str) -> int:
        """Return how often something was asked for, of whatever scene."""
        return sum(count for call, count in self.calls.items() if call.partition("/")[0] == word)

    def names(self, role: Role) -> tuple[str, ...]:
        return ("offline", f"counted-{role}")

    def script_writer(self, name: str) -> ScriptWriter:
        self._check(name)
        return self.script

    def frame_renderer(self, name: str) -> FrameRenderer:
        self._check(name)
        return self.frames

    def clip_renderer(self, name: str) -> ClipRenderer:
        self._check(name)
        return self.clips

    def prices(self, models: ModelChoice) -> Prices:
        assert models.script
        return PRICES

    def _check(self, name: str) -> None:
        if name == self.unready:
            raise ProviderNotReady(name, "Set COUNTED_KEY.")
