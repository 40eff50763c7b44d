"""Operators: who is asked, who goes on and off shift, and which groups wait for somebody.

Who begins an operation finishes it, after the end of the shift too, and stays with it through a repair.
"""

from taskforce.core.scenarios.engine.agenda import Agenda, Kind
from taskforce.core.scenarios.engine.layout import Layout
from taskforce.core.scenarios.engine.parts import Group, Worker

ALWAYS = ""
"""The calendar of who is always on shift."""


class Crew:
    """All operators of a plant, floaters last."""

    __slots__ = ("_groups", "_layout", "_short", "_workers", "began", "labour")

    def __init__(self, layout: Layout, groups: list[Group]) -> None:
        self._layout = layout
        self._groups = groups
        self._workers: dict[str, list[Worker]] = {}
        """By the calendar of their shift."""
        self._short: dict[str, Group] = {}
        """Groups that lack an operator, the longest one first."""
        self.labour = 0.0
        self.began = 0.0
        """The end of the warm-up."""
        ranked: dict[str, list[tuple[int, int, str, Worker]]] = {group.group_id: [] for group in groups}
        for operator in layout.plant.operators:
            calendar = (operator.shift_calendar_id or ALWAYS) if layout.scenario.calendars else ALWAYS
            on_shift = calendar == ALWAYS or layout.opening(calendar).is_open(0.0)
            worker = Worker(operator.operator_id, on_shift)
            self._workers.setdefault(calendar, []).append(worker)
            for skill in operator.skills:
                rank = (-skill.level, len(operator.skills), operator.operator_id, worker)
                ranked.setdefault(skill.machine_group_id, []).append(rank)
        floaters = [Worker(f"floater-{n}", on_shift=True) for n in range(1, layout.scenario.add_floater + 1)]
        self._workers.setdefault(ALWAYS, []).extend(floaters)
        for group in groups:
            group.crew = [entry[3] for entry in sorted(ranked[group.group_id], key=lambda entry: entry[:3])]
            group.crew += floaters

    def begin(self, agenda: Agenda) -> None:
        """Put the first change of each shift in."""
        for calendar in self._workers:
            self._put(agenda, calendar)

    def change(self, agenda: Agenda, calendar: str) -> None:
        """Have a shift begin or end, and put its next change in."""
        is_open = self._layout.opening(calendar).is_open(agenda.now)
        for worker in self._workers[calendar]:
            worker.on_shift = is_open
        self._put(agenda, calendar)
        if is_open:
            self._ask_again(agenda)

    def choose(self, group: Group, now: float) -> Worker | None:
        """Give an operator to a group; it is asked again later when there is none."""
        for worker in group.crew:
            if worker.on_shift and not worker.busy:
                if self._short:
                    self._short.pop(group.group_id, None)
                worker.busy = True
                worker.since = now
                return worker
        self._short.setdefault(group.group_id, group)
        return None

    def free(self, agenda: Agenda, worker: Worker) -> None:
        """Take an operator back; first to look for one is who lacked one longest."""
        worker.busy = False
        self.labour += agenda.now - worker.since
        if self._short and worker.on_shift:
            self._ask_again(agenda)

    def count_from(self, now: float) -> None:
        """Forget what was done before."""
        self.labour, self.began = 0.0, now
        for worker in self._all():
            worker.since = now

    def worked(self, now: float) -> float:
        """Return the hours of work, with what is not over yet."""
        return self.labour + sum(now - worker.since for worker in self._all() if worker.busy)

    def available(self, now: float) -> float:
        """Return the hours on shift."""
        return sum(
            len(workers)
            * (
                now - self.began
                if calendar == ALWAYS
                else self._layout.opening(calendar).overlap(self.began, now)
            )
            for calendar, workers in self._workers.items()
        )

    def _all(self) -> list[Worker]:
        return [worker for workers in self._workers.values() for worker in workers]

    def _put(self, agenda: Agenda, calendar: str) -> None:
        if calendar == ALWAYS:
            return
        changes = self._layout.opening(calendar).changes_after(agenda.now)
        if changes is not None:
            agenda.put(changes, Kind.SHIFT_CHANGED.value, calendar)

    def _ask_again(self, agenda: Agenda) -> None:
        for group in self._short.values():
            agenda.stir(group)
