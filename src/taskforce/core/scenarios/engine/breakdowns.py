"""Failures and repairs: both times exponential, up times by the clock whether a machine works or not.

So its availability is MTBF / (MTBF + MTTR). What is under way waits for the repair and then goes on.
"""

from math import log

from taskforce.core.scenarios.engine.agenda import Agenda, Kind
from taskforce.core.scenarios.engine.journal import Journal
from taskforce.core.scenarios.engine.layout import Layout
from taskforce.core.scenarios.engine.parts import NEVER, Unit, put_down
from taskforce.core.scenarios.engine.streams import BLOCK, Source, Streams
from taskforce.core.scenarios.outcome import Happening


class Breakdowns:
    """Fails machines and repairs them."""

    __slots__ = ("_agenda", "_blocks", "_journal", "_means", "_streams")

    def __init__(self, layout: Layout, agenda: Agenda, journal: Journal, streams: Streams) -> None:
        self._agenda, self._journal, self._streams = agenda, journal, streams
        self._blocks: dict[tuple[int, int], tuple[int, list[float]]] = {}
        """The block that is being used, and its number, of each source and machine."""
        known = layout.plant.failures if layout.scenario.failures else ()
        self._means = {failures.machine_id: (failures.mtbf_hours, failures.mttr_hours) for failures in known}

    def begin(self, units: list[Unit]) -> None:
        """Put the first failure of each machine in."""
        for unit in units:
            if unit.machine_id in self._means:
                self._put_failure(unit)

    def fail(self, unit: Unit) -> None:
        """Stop a machine and what is under way on it."""
        now = self._agenda.now
        unit.standing, unit.since = False, now
        group = unit.group
        group.standing -= 1
        if group.standing == 0:
            group.still_since = now
        self._journal.note_machine(now, Happening.FAILED, unit.machine_id)
        for place in unit.places:
            if place.job is None:
                group.free.remove(place)
            else:
                put_down(place, now)
                place.due = NEVER
        mean = self._means[unit.machine_id][1]
        self._agenda.put(now + mean * self._drawn(Source.REPAIRS.value, unit), Kind.REPAIRED.value, unit)

    def repair(self, unit: Unit) -> None:
        """Start a machine again, and what was under way on it."""
        now = self._agenda.now
        group = unit.group
        unit.failed += (now - unit.since) * len(unit.places)
        unit.standing = True
        unit.failures += 1
        if group.still_since is not None:
            group.stood_still, group.still_since = group.still(now), None
        group.standing += 1
        self._journal.note_machine(now, Happening.REPAIRED, unit.machine_id)
        for place in unit.places:
            if place.job is None:
                group.free.append(place)
                continue
            put_down(place, now)
            if place.begins > unit.since:
                place.begins += now - unit.since
            place.until += now - unit.since
            place.due = self._agenda.put(place.until, Kind.ENDED.value, place)
        self._agenda.stir(group)
        self._put_failure(unit)

    def _put_failure(self, unit: Unit) -> None:
        hours = self._means[unit.machine_id][0] * self._drawn(Source.UP_TIMES.value, unit)
        self._agenda.put(self._agenda.now + hours, Kind.FAILED.value, unit)

    def _drawn(self, source: int, unit: Unit) -> float:
        """Return an exponential number of mean 1, each by the count of failures so far."""
        number, at = divmod(unit.failures, BLOCK)
        known = self._blocks.get((source, unit.number))
        if known is None or known[0] != number:
            known = number, self._streams.block(source, unit.number, number=number)
            self._blocks[source, unit.number] = known
        return -log(known[1][at])
