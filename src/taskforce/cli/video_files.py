"""Films, clips and pictures as files, or on stdout."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.videos.files import VideoFile
from taskforce.application.videos.schemas import GetVideo
from taskforce.cli.artifacts import put_out
from taskforce.cli.dependencies import Door, ask
from taskforce.cli.terminal import say

OUT = "--out"


def checked_out(out: Path | None) -> Path | None:
    """Return where a film is to be written, before it is made. Raises BadParameter."""
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        why = "is a folder" if out.is_dir() else "is in a folder that is not there"
        raise typer.BadParameter(f"{out} {why}. Name a file.", param_hint=OUT)
    return out


def fetch_file(ctx: typer.Context, use: Callable[[Door], Awaitable[VideoFile]], *, out: Path | None) -> None:
    """Write a file that a project has made."""
    place = checked_out(out)

    async def run(door: Door) -> None:
        await _put(await use(door), place)

    ask(ctx, run)


async def save_film(door: Door, video_id: str, out: Path) -> None:
    """Write a film into a file. Raises VideoNotComplete."""
    asked = checked(GetVideo, video_id=video_id)
    await _put(await door.video_files.download(door.principal, asked), out)


async def _put(file: VideoFile, out: Path | None) -> None:
    await put_out(file.content, out, media_type=file.media_type, flag=OUT)
    if out is not None:
        say(f"{out}: {file.size:,} bytes of {file.media_type}.")
