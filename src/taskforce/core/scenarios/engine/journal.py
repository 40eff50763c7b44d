"""The timeline of a replication, as it is written: only of those that are to have one."""

from functools import partial
from operator import itemgetter

from taskforce.core.scenarios.engine.jobs import Job
from taskforce.core.scenarios.engine.parts import Place
from taskforce.core.scenarios.outcome import Entry, Happening

Line = tuple[float, Happening, str, str, str, str, int]

_entry = partial(tuple.__new__, Entry)
"""An entry of a line as it is, which is all that Entry's own way would come to, in a third of the time."""


class Journal:
    """Lines in the order of things, but that the end of a setup is written when the processing ends."""

    __slots__ = ("lines",)

    def __init__(self, *, kept: bool) -> None:
        self.lines: list[Line] | None = [] if kept else None

    def note_machine(self, now: float, event: Happening, machine_id: str) -> None:
        """Write what happens to a machine."""
        if self.lines is not None:
            self.lines.append((now, event, "", machine_id, "", "", 0))

    def note_job(self, now: float, event: Happening, job: Job, quantity: int) -> None:
        """Write what happens to a job away from machines."""
        if self.lines is not None:
            self.lines.append((now, event, job.job_id, "", job.step.step_id, "", quantity))

    def note_place(self, now: float, event: Happening, place: Place, job: Job) -> None:
        """Write what happens to a job on a machine."""
        if self.lines is not None:
            operator = "" if place.worker is None else place.worker.operator_id
            machine = place.unit.machine_id
            self.lines.append((now, event, job.job_id, machine, job.step.step_id, operator, job.load))

    def note_end(self, now: float, place: Place, job: Job) -> None:
        """Write that an attempt has ended."""
        if place.set_up:
            self.note_start(place, job)
        self.note_place(now, Happening.ENDED, place, job)

    def note_start(self, place: Place, job: Job) -> None:
        """Write, late, that a setup has ended and the processing begun."""
        self.note_place(place.begins, Happening.SETUP_ENDED, place, job)
        self.note_place(place.begins, Happening.STARTED, place, job)

    def entries(self) -> tuple[Entry, ...]:
        """Return all of it; what happens at one time stays in the order in which it was written."""
        if self.lines is None:
            return ()
        self.lines.sort(key=itemgetter(0))
        return tuple(map(_entry, self.lines))
