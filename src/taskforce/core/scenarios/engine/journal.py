"""The timeline of a replication, as it is written: only of those that are to have one.

A visit to a machine is written once, at its end, and told as several entries only when somebody asks: that
takes a third of the memory, and little of a simulation's time.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import TypeAlias, overload

from taskforce.core.scenarios.engine.jobs import Job
from taskforce.core.scenarios.engine.parts import Place
from taskforce.core.scenarios.outcome import Entry, Happening

Line: TypeAlias = tuple[float, Happening, str, str, str, str, int]
Visit: TypeAlias = tuple[float, float, float | None, float | None, bool, str, str, str, str, int]
"""When it joined the queue, came to the machine, was begun, ended (or not yet); if it was set up; of whom."""

ORDER = (
    Happening.ENDED,
    Happening.SCRAPPED,
    Happening.REWORKED,
    Happening.COMPLETED,
    Happening.FAILED,
    Happening.REPAIRED,
    Happening.ARRIVED,
    Happening.BLOCKED,
    Happening.RELEASED,
    Happening.QUEUED,
    Happening.SETUP_STARTED,
    Happening.SETUP_ENDED,
    Happening.STARTED,
)
"""In what order a timeline tells what happened at one time: what a moment brings about comes last."""

_entry = partial(tuple.__new__, Entry)
"""An entry of a line as it is, which is all that Entry's own way would come to, in a third of the time."""


class Timeline(Sequence[Entry]):
    """Entries by time, and at one time in the order above; put together when they are first looked at."""

    __slots__ = ("_entries", "_lines", "_visits")

    def __init__(self, lines: list[Line], visits: list[Visit]) -> None:
        self._lines, self._visits = lines, visits
        self._entries: tuple[Entry, ...] | None = None

    def __reduce__(self) -> tuple[type["Timeline"], tuple[list[Line], list[Visit]]]:
        return Timeline, (self._lines, self._visits)

    def __len__(self) -> int:
        return len(self._told())

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._told())

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Entry, ...]: ...
    def __getitem__(self, at: int | slice) -> Entry | tuple[Entry, ...]:
        return self._told()[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._told() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._told())

    def __repr__(self) -> str:
        return repr(self._told())

    def _told(self) -> tuple[Entry, ...]:
        if self._entries is None:
            told: dict[Happening, list[Line]] = {event: [] for event in ORDER}
            for line in self._lines:
                told[line[1]].append(line)
            for queued, came, begun, ended, set_up, job, machine, step, operator, load in self._visits:
                whom = (job, machine, step, operator, load)
                told[Happening.QUEUED].append((queued, Happening.QUEUED, job, "", step, "", load))
                if set_up:
                    told[Happening.SETUP_STARTED].append((came, Happening.SETUP_STARTED, *whom))
                if set_up and begun is not None:
                    told[Happening.SETUP_ENDED].append((begun, Happening.SETUP_ENDED, *whom))
                if begun is not None:
                    told[Happening.STARTED].append((begun, Happening.STARTED, *whom))
                if ended is not None:
                    told[Happening.ENDED].append((ended, Happening.ENDED, *whom))
            lines = [line for event in ORDER for line in told[event]]
            lines.sort(key=itemgetter(0))
            self._entries = tuple(map(_entry, lines))
        return self._entries


class Journal:
    """What a timeline is made of."""

    __slots__ = ("_lines", "_visits", "kept")

    def __init__(self, *, kept: bool) -> None:
        self.kept = kept
        self._lines: list[Line] = []
        self._visits: list[Visit] = []

    def note_machine(self, now: float, event: Happening, machine_id: str) -> None:
        """Write what happens to a machine."""
        if self.kept:
            self._lines.append((now, event, "", machine_id, "", "", 0))

    def note_job(self, now: float, event: Happening, job: Job, quantity: int) -> None:
        """Write what happens to a job away from machines."""
        if self.kept:
            self._lines.append((now, event, job.job_id, "", job.step.step_id, "", quantity))

    def note_visit(self, place: Place, job: Job, ended: float | None, *, begun: float | None) -> None:
        """Write of a visit when it ends."""
        operator = "" if place.worker is None else place.worker.operator_id
        visit = (
            place.queued,
            place.came,
            begun,
            ended,
            place.begins > place.came,
            job.job_id,
            place.unit.machine_id,
            job.step.step_id,
            operator,
            job.load,
        )
        self._visits.append(visit)

    def note_unfinished(self, place: Place, job: Job, now: float) -> None:
        """Write of a visit that is under way when all ends."""
        if not self.kept:
            return
        stopped = now if place.unit.standing else place.unit.since
        self.note_visit(place, job, None, begun=place.begins if place.begins <= stopped else None)

    def timeline(self) -> Sequence[Entry]:
        """Return all of it."""
        return Timeline(self._lines, self._visits) if self.kept else ()
