"""The subjects that hints are published on, and the durable consumers that bring them."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

HINTS = "taskforce.jobs"
FEED = "taskforce.feed"
EVENTS = "taskforce.events"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way by which hints of a kind come: a consumer and the one subject that it listens to."""

    kind: str
    subject: str
    durable: str


class HintSubjects:
    """Each kind has its subject; hints of jobs that are a run's have one with the run's id in it."""

    def __init__(self, of_runs: Mapping[str, str]) -> None:
        self._of_runs = dict(of_runs)
        """By kind: what the subject of a hint begins with that names its job."""

    @property
    def all(self) -> tuple[str, ...]:
        """Return what the stream takes in."""
        return (f"{HINTS}.*", *(f"{subject}.*" for subject in self._of_runs.values()))

    def of(self, kind: str, job_id: str | None) -> str:
        """Return the subject of a hint."""
        if job_id is None or kind not in self._of_runs:
            return f"{HINTS}.{token(kind)}"
        return f"{self._of_runs[kind]}.{token(job_id)}"

    def channels(self, kind: str) -> tuple[Channel, ...]:
        """Return the ways by which hints of a kind come; the first is that of hints that name no job."""
        named = Channel(kind, f"{HINTS}.{token(kind)}", f"jobs_{token(kind)}")
        run = self._of_runs.get(kind)
        return (named,) if run is None else (named, Channel(kind, f"{run}.*", run.replace(".", "_")))


def token(text: str) -> str:
    """Return a text as one part of a subject, and of a consumer's name: a server takes no % in those."""
    return quote(text, safe="").replace(".", "%2E").replace("%", "=") or "="
