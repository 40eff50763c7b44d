"""What a step prints, as it is shown while it runs: gathered for a moment, and no more than is read."""

import asyncio
from collections.abc import Callable

from taskforce.core.pipelines.ports import StepOutput

EVERY = 0.1
"""Seconds that output is gathered for."""
MOST = 16 * 1024
"""Characters that are shown at once; the log holds the rest."""


class LiveOutput(StepOutput):
    """Hands pieces of output on, joined; what comes faster than it is read is left out, and that is said."""

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show = show
        self._pieces: list[str] = []
        self._room = MOST
        self._left_out = 0
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self, text: str, /) -> None:
        kept = text[: self._room]
        if kept:
            self._pieces.append(kept)
        self._room -= len(kept)
        self._left_out += len(text) - len(kept)
        if self._timer is None and text:
            self._timer = asyncio.get_running_loop().call_later(EVERY, self.flush)

    def flush(self) -> None:
        """Show at once what was gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._left_out:
            self._pieces.append(f"\n[… {self._left_out:,} characters left out, the log holds them …]\n")
        if self._pieces:
            self._show("".join(self._pieces))
        self._pieces.clear()
        self._room, self._left_out = MOST, 0
