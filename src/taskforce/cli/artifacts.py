"""An artifact's bytes, on stdout or in a file."""

import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import BinaryIO

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ArtifactView, GetArtifact
from taskforce.cli.dependencies import Door, ask
from taskforce.cli.render import print_json
from taskforce.cli.terminal import say


def fetch(ctx: typer.Context, *, artifact_id: str, output: Path | None, as_json: bool) -> None:
    """Write an artifact's bytes, or with --json and no file its record alone."""

    async def run(door: Door) -> ArtifactView:
        view, opening = await door.jobs.artifact(
            door.principal, checked(GetArtifact, artifact_id=artifact_id)
        )
        if output is not None or not as_json:
            await put_out(opening, output, media_type=view.media_type, flag="--output")
        return view

    view = ask(ctx, run).answer
    if as_json:
        print_json(view)
    elif output is not None:
        say(f"{output}: {view.size:,} bytes of {view.media_type}.")


async def put_out(
    opening: AbstractAsyncContextManager[AsyncIterator[bytes]],
    output: Path | None,
    *,
    media_type: str,
    flag: str,
) -> None:
    """Write bytes into a file, or on stdout. Raises BadParameter: a terminal shows text alone."""
    if output is None and sys.stdout.isatty() and not media_type.startswith("text/"):
        raise typer.BadParameter(f"this is {media_type}, and stdout a terminal. Give {flag} FILE.")
    async with opening as chunks:
        await _written(chunks, output)


async def _written(chunks: AsyncIterator[bytes], output: Path | None) -> None:
    if output is None:
        await _copied(chunks, sys.stdout.buffer)
        return
    try:
        file = output.open("wb")
    except OSError as wrong:
        raise typer.BadParameter(f"{output} cannot be written: {wrong.strerror}.") from wrong
    with file:
        await _copied(chunks, file)


async def _copied(chunks: AsyncIterator[bytes], file: BinaryIO) -> None:
    async for chunk in chunks:
        file.write(chunk)
    file.flush()
