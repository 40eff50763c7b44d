"""How a job is shown while it runs: as lines, as a live picture, as JSON, or not at all."""

import sys
from abc import abstractmethod
from typing import Protocol

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.terminal import say, unheard


class View(Protocol):
    """Shows a job's events, one after the other."""

    @abstractmethod
    def show(self, event: EventView) -> None:
        """Show the next event."""

    def note(self, text: str) -> None:
        """Tell a person something beside the events."""
        say(text)

    def close(self) -> None:
        """Leave the terminal as it shall stay."""
        return


class Silent(View):
    """Shows nothing."""

    def show(self, event: EventView) -> None:
        """Show nothing."""


class JsonLines(View):
    """Writes each event as a line of JSON on stdout; live output has no id.

    With `goes_on` a reader that left is no reason to stop: the job is played to its end.
    """

    def __init__(self, *, goes_on: bool = False) -> None:
        self._goes_on = goes_on

    def show(self, event: EventView) -> None:
        """Write the event at once, for whoever reads along."""
        try:
            sys.stdout.write(f"{as_line(event)}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            if not self._goes_on:
                raise
            unheard(sys.stdout)


def as_line(event: EventView) -> str:
    """Return an event as a line of JSON: its number as `id`, then what the stream's data holds."""
    data = event.to_json()
    return data if event.number is None else f'{{"id":{event.number},{data[1:]}'
