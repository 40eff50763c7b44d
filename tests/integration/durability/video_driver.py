"""A process that makes a film with providers that write down each call, and dies where it is told to."""

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

from dependency_injector import providers

from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.videos.schemas import GenerateVideo, ListVideos
from taskforce.core.identity import JobId
from taskforce.core.principals import local_principal
from taskforce.core.videos.model import VideoId
from taskforce.core.videos.ports import ClipOrder, ClipOutcome, ClipPending
from taskforce.settings import Settings
from tests.integration.durability.crash_driver import Trap
from tests.video_crew import Crew, a_clip

WHO = local_principal()
LEDGER = "ledger"


def make_film(home: Path, die_at: str | None = None, *, looks: int = 1) -> None:
    """Make the film that was begun here, or begin one, and wait for its end.

    A clip is there after so many looks. `die_at` is a place of the kernel, or `asked:` and the second such
    call of a provider, in whose middle it dies.
    """
    # One clip at a time: of those beside it, a kill could lose a call that has come back.
    container = open_container(Settings(home=home, model_probe=False, video_gen_concurrency=1))
    home.mkdir(exist_ok=True)
    ledger = os.open(home / LEDGER, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(call: str) -> None:
        os.write(ledger, f"{call}\n".encode())
        if die_at == f"asked:{call}" and asked(home)[call] == 2:
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()

    def look(_: str, order: ClipOrder) -> ClipOutcome:
        return ClipPending() if asked(home)[f"poll/{order.scene.index}"] < looks else a_clip(order)

    crew = Crew(container.artifacts(), note=note, is_free=True)
    crew.clips.look = look
    container.video_providers.override(providers.Object(crew))
    container.video_reader.override(providers.Object(crew.reader))
    container.video_assembler.override(providers.Object(crew.splicer))
    container.probe.override(providers.Object(Trap(home / "places", die_at)))
    try:
        asyncio.run(_made(container))
    finally:
        close_container(container)


def asked(home: Path) -> Counter[str]:
    """Return how often each call was made of a provider, by whatever process."""
    return Counter((home / LEDGER).read_text().split())


async def _made(container: Container) -> None:
    videos = container.videos()
    found = await videos.list(WHO, ListVideos())
    begun = [one.project_id for one in found.items]
    if not begun:
        begun = [(await videos.generate(WHO, GenerateVideo(prompt="A fox.", clip_duration=2))).project_id]
    video = await container.video_store().get(VideoId(begun[0]), project=WHO.project)
    await container.settling().of(JobId(video.job), project=WHO.project)
