"""The use cases of videos on a store of their own, with providers that count."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from dependency_injector import providers

from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.jobs.service import JobService
from taskforce.application.videos.files import VideoFile, VideoFileService
from taskforce.application.videos.forks import VideoForkService
from taskforce.application.videos.schemas import AcceptedVideo, GenerateVideo, GetVideo, VideoDetail
from taskforce.application.videos.service import VideoService
from taskforce.core.identity import JobId
from taskforce.core.principals import local_principal
from taskforce.settings import Settings
from tests.video_crew import Crew

ANN = local_principal()


class Studio:
    """Asks as Ann."""

    def __init__(self, container: Container, crew: Crew) -> None:
        self._container = container
        self.crew = crew
        self.videos: VideoService = container.videos()
        self.forks: VideoForkService = container.video_forks()
        self.jobs: JobService = container.jobs()
        self.files: VideoFileService = container.video_files()

    async def settled(self, video_id: str) -> VideoDetail:
        """Return a project once nobody works at it."""
        view = await self.videos.get(ANN, GetVideo(video_id=video_id))
        await self._container.settling().of(JobId(view.job_id), project=ANN.project)
        return await self.videos.get(ANN, GetVideo(video_id=video_id))

    async def made(self, request: GenerateVideo) -> VideoDetail:
        """Make a film and return its project."""
        accepted: AcceptedVideo = await self.videos.generate(ANN, request)
        return await self.settled(accepted.project_id)


@asynccontextmanager
async def a_studio(home: Path, *, is_free: bool = True) -> AsyncIterator[Studio]:
    """Open a store with a worker, and providers that count in place of its own."""
    container = open_container(Settings(home=home, model_probe=False))
    crew = with_crew(container, is_free=is_free)
    try:
        yield Studio(container, crew)
    finally:
        close_container(container)


def with_crew(container: Container, *, is_free: bool = True) -> Crew:
    """Have films made by providers that count."""
    crew = Crew(container.artifacts(), is_free=is_free)
    container.video_providers.override(providers.Object(crew))
    container.video_reader.override(providers.Object(crew.reader))
    container.video_assembler.override(providers.Object(crew.splicer))
    return crew


async def read(file: VideoFile) -> bytes:
    """Return the bytes of a file."""
    async with file.content as chunks:
        return b"".join([chunk async for chunk in chunks])
