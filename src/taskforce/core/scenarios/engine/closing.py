"""How a replication ends: what is under way is counted up to now, and all is told."""

from taskforce.core.scenarios.engine.floor import Floor
from taskforce.core.scenarios.engine.parts import Unit, put_down
from taskforce.core.scenarios.outcome import Happening, MachineRecord, Replication


def closed(floor: Floor) -> Replication:
    """Return what a replication that is over came to. It is used up by that."""
    now = floor.agenda.now
    began = min(floor.layout.scenario.warm_up, now)
    if began == now:
        for unit in floor.units:
            unit.count_from(now)
        if floor.crew is not None:
            floor.crew.count_from(now)
    for unit in floor.units:
        for place in unit.places:
            put_down(place, now)
            if place.job is not None:
                floor.journal.note_unfinished(place, place.job, now)
    queued = {job.number for group in floor.groups for job in group.line.waiting()}
    for job in floor.open.values():
        still = 0.0
        if job.number in queued:
            floor.journal.note_job(job.since, Happening.QUEUED, job, job.load)
            still = floor.groups[job.step.group].still(now) - job.still
        job.broken += still
        job.waited += now - job.since - still
        floor.tally.count(job, now)
    tally, crew = floor.tally, floor.crew
    return Replication(
        number=floor.number,
        began=began,
        ended=now,
        jobs=tally.records(),
        machines=tuple(_machine(unit, began, now) for unit in floor.units),
        completions=tally.completions,
        wip_hours=tally.wip,
        in_system_hours=tally.in_system,
        labour_hours=crew.worked(now) if crew else 0.0,
        labour_available_hours=crew.available(now) if crew else 0.0,
        entries=floor.journal.timeline(),
    )


def _machine(unit: Unit, began: float, now: float) -> MachineRecord:
    places = len(unit.places)
    return MachineRecord(
        machine_id=unit.machine_id,
        available=(now - began) * places,
        processing=unit.processing,
        setting_up=unit.setting_up,
        failed=unit.failed + (0.0 if unit.standing else (now - unit.since) * places),
    )
