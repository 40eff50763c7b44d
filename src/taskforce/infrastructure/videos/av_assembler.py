"""Films, and what is in clips, by PyAV: the libraries of FFmpeg, without its program."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from taskforce.core.artifacts import ArtifactRef, ArtifactStore
from taskforce.core.videos.model import ClipFacts
from taskforce.core.videos.ports import AssembledFilm, Assembler, Cut, MediaReader
from taskforce.infrastructure.videos import media
from taskforce.infrastructure.videos.workshop import Workshop


class AvAssembler(Assembler):
    """Joins clips in a process of the workshop."""

    def __init__(self, workshop: Workshop, artifacts: ArtifactStore) -> None:
        self._workshop = workshop
        self._artifacts = artifacts

    def check(self) -> None:
        media.check_extra()

    @asynccontextmanager
    async def film(self, clips: Sequence[ArtifactRef], cut: Cut) -> AsyncIterator[AssembledFilm]:
        with TemporaryDirectory(prefix="taskforce-film-") as folder:
            paths = [await self._copied(ref, Path(folder) / f"{at}.mp4") for at, ref in enumerate(clips)]
            target = Path(folder) / "film.mp4"
            facts = await self._workshop.done(media.join, paths, cut, target)
            yield AssembledFilm(path=target, facts=facts)

    async def _copied(self, ref: ArtifactRef, path: Path) -> Path:
        """Write a clip to a file, a piece at a time."""
        with path.open("wb") as file:
            async with self._artifacts.open(ref) as chunks:
                async for chunk in chunks:
                    await asyncio.to_thread(file.write, chunk)
        return path


class AvMediaReader(MediaReader):
    """Decodes in a process of the workshop: what is broken in a decoder breaks nothing else."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def check_picture(self, content: bytes) -> None:
        await self._workshop.done(media.check_picture, content)

    async def read_clip(self, content: bytes) -> ClipFacts:
        return await self._workshop.done(media.read_clip, content)
