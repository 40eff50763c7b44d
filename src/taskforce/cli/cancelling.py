"""Work that a command plays or hands in: the first Ctrl-C cancels it, and a line says where it goes on."""

import asyncio
from collections.abc import Awaitable, Callable

from pydantic import BaseModel

from taskforce.cli.dependencies import Door
from taskforce.cli.render import print_json, print_text
from taskforce.cli.terminal import say
from taskforce.cli.views import View
from taskforce.core.errors import TaskforceError


def cancels(
    door: Door, view: View, cancel: Callable[[], Awaitable[object]], *, word: str
) -> list[asyncio.Task[None]]:
    """Let the first Ctrl-C cancel the work, with this word; what it starts is in the list."""
    started: list[asyncio.Task[None]] = []

    async def try_to() -> None:
        try:
            await cancel()
        except TaskforceError as over:
            view.note(over.message)

    def softly() -> None:
        view.note(f"{word} Ctrl-C again ends at once.")
        started.append(asyncio.ensure_future(try_to()))

    door.interrupts.softly = softly
    return started


def told_handed_in(door: Door, job_id: str, shown: BaseModel, *, as_json: bool) -> int:
    """Print what was handed in and how to watch it; return the exit code."""
    if as_json:
        print_json(shown)
    else:
        print_text(job_id)
        say(f"Handed in. Watch it: {door.flags.command('jobs', 'watch', job_id)}")
    return 0


def told_given_back(door: Door, view: View, what: str) -> None:
    """Say who goes on with work that this command does not play any more."""
    view.note(
        f"Stopped; {what} is given back, and any worker goes on with it: "
        f"{door.flags.command('worker', '--until-idle')}"
    )
