"""How work that tells a percentage is shown: bars on a terminal, lines in a pipe, JSON, or nothing."""

import sys
from abc import abstractmethod
from collections.abc import Callable
from typing import TextIO

from rich.progress import TaskID, TaskProgressColumn

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.bars import Bars
from taskforce.cli.dependencies import Door
from taskforce.cli.manner import Manner
from taskforce.cli.terminal import Screen, clean, screen
from taskforce.cli.views import Silent, View
from taskforce.core.marketplace.events import PROGRESS as SCANNED
from taskforce.core.scenarios.events import PROGRESS as SIMULATED

Show = Callable[[EventView], None]
TELLS_HOW_FAR = frozenset({SCANNED, SIMULATED})
ENDED, COMPLETED = "complete", "completed"
STEP = 10
"""Percent from one line to the next."""


class Progresses(View):
    """Shows how far several pieces of work are."""

    @abstractmethod
    def about(self, label: str) -> Show:
        """Return what shows the events of one of them."""


class ProgressLines(Progresses):
    """Writes a line each tenth of the way: for pipes, logs and terminals that cannot draw again."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def about(self, label: str) -> Show:
        """Return what writes the lines of one."""
        told = -STEP

        def show(event: EventView) -> None:
            nonlocal told
            percent = percent_of(event)
            if percent is not None and percent >= told + STEP:
                told = int(percent // STEP) * STEP
                self._stream.write(f"{label} {percent:.0f} %\n")
                self._stream.flush()

        return show

    def show(self, event: EventView) -> None:
        """Show nothing: it is of no one."""


class ProgressBars(Bars, Progresses):
    """Draws a bar of each."""

    def __init__(self, shown: Screen) -> None:
        super().__init__(shown, figures=TaskProgressColumn())
        self._progress.start()

    def about(self, label: str) -> Show:
        """Return what draws the bar of one."""
        bar = self._progress.add_task(clean(label), total=100)
        return lambda event: self._move(bar, event)

    def show(self, event: EventView) -> None:
        """Show nothing: it is of no one."""

    def _move(self, bar: TaskID, event: EventView) -> None:
        percent = percent_of(event)
        if percent is not None:
            self._progress.update(bar, completed=percent)


class OneAlone(Progresses):
    """Shows the first of them alone, by a view that knows no labels."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._is_taken = False

    def about(self, label: str) -> Show:
        """Return the view of the first one, and nothing's of the others."""
        shown = Silent() if self._is_taken else self._view
        self._is_taken = True
        return shown.show

    def show(self, event: EventView) -> None:
        """Show it."""
        self._view.show(event)


def percent_of(event: EventView) -> float | None:
    """Return how far an event says that the work is."""
    if event.event_type in TELLS_HOW_FAR:
        percent = event.details.get("percent")
        return float(percent) if isinstance(percent, int | float) else None
    is_done = event.event_type == ENDED and event.details.get("status") == COMPLETED
    return 100.0 if is_done else None


def progresses_of(door: Door, manner: Manner) -> Progresses:
    """Return how work is to be shown."""
    asked = manner.asked_view
    if asked is not None:
        return OneAlone(asked)
    shown = screen(sys.stderr, door.flags.color)
    return ProgressBars(shown) if shown.is_live else ProgressLines(sys.stderr)
