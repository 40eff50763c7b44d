"""How a command plays its work and shows it, as its flags say."""

from dataclasses import dataclass
from pathlib import Path

from taskforce.cli.dependencies import Opening
from taskforce.cli.views import JsonLines, Silent, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a job is played and shown."""

    as_json: bool = False
    stream: bool | None = None
    background: bool = False
    only_new: bool = False
    """The job was there before: show what happens from now on."""
    verbose: bool = False
    record: Path | None = None
    """The cassette to write when the mission has ended, or waits for a person."""
    is_new: bool = False
    """It is new work: say first what older work waits."""

    @property
    def opening(self) -> Opening:
        """Return how the container is opened: in the background nothing is played here."""
        return Opening(settings={"workers": 0} if self.background else {})

    @property
    def asked_view(self) -> View | None:
        """Return the view that the flags ask for, events as JSON or nothing; None: what a person can see."""
        if self.as_json:
            return JsonLines(goes_on=True) if self.stream else Silent()
        return Silent() if self.stream is False else None
