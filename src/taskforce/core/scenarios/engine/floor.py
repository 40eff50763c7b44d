"""One replication as it goes: jobs come, wait for cards and in queues, are processed, and leave."""

from heapq import heappop, heappush

from taskforce.core.scenarios.engine.agenda import Agenda, Kind
from taskforce.core.scenarios.engine.arrivals import Arrivals
from taskforce.core.scenarios.engine.board import Board
from taskforce.core.scenarios.engine.breakdowns import Breakdowns
from taskforce.core.scenarios.engine.crew import Crew
from taskforce.core.scenarios.engine.dispatch import LINES
from taskforce.core.scenarios.engine.jobs import Job
from taskforce.core.scenarios.engine.journal import Journal
from taskforce.core.scenarios.engine.layout import Layout
from taskforce.core.scenarios.engine.parts import NEVER, Group, Place, Unit, Worker
from taskforce.core.scenarios.engine.quality import AT_ONCE, judged
from taskforce.core.scenarios.engine.streams import Source, Streams
from taskforce.core.scenarios.engine.tally import Tally
from taskforce.core.scenarios.outcome import Happening
from taskforce.core.scenarios.scenario import ReleasePolicy

_ENDED = Kind.ENDED.value


class Floor:
    """The whole state of a replication, and how it goes on."""

    __slots__ = (
        "agenda",
        "arrivals",
        "board",
        "breakdowns",
        "crew",
        "groups",
        "journal",
        "layout",
        "number",
        "open",
        "over",
        "streams",
        "tally",
        "timers",
        "units",
    )

    def __init__(self, layout: Layout, number: int) -> None:
        scenario, plant = layout.scenario, layout.plant
        self.layout, self.number = layout, number
        self.agenda = Agenda()
        self.journal = Journal(kept=number == 0)
        self.streams = Streams(seed=scenario.seed, replication=number)
        self.groups = [Group(name, LINES[scenario.dispatch_rule](layout)) for name in layout.groups]
        self.units = self._units()
        self.crew = Crew(layout, self.groups) if scenario.operators and plant.operators else None
        self.board = Board(layout.deck.counts)
        self.breakdowns = Breakdowns(layout, self.agenda, self.journal, self.streams)
        self.arrivals = Arrivals(layout, self.streams)
        self.tally = Tally(scenario.warm_up)
        self.open: dict[int, Job] = {}
        """Jobs that have arrived and are not over, in the order of arrival."""
        self.timers = 0
        """Jobs that wait for their date."""
        self.over = False
        self._begin()

    def play(self, most_events: int) -> int:
        """Let events happen until it is over, or so many have; return how many did."""
        agenda = self.agenda
        events = agenda.events
        happens = (
            self._warm_up,
            self._repair,
            self._change_shift,
            self._end,
            self._fail,
            self._arrive,
            self._authorise,
            self._finish,
        )
        played = 0
        while played < most_events and not self.over:
            time, kind, number, subject = heappop(events)
            agenda.now = time
            happens[kind](subject, number)
            played += 1
            if not events or events[0][0] > time:
                self._settle()
                if not events:
                    self.over = True  # whoever waits now waits for ever
        return played

    @property
    def done(self) -> float:
        """Return how much of it is over, from 0 to 1."""
        horizon = self.layout.horizon
        if horizon is not None:
            return min(1.0, self.agenda.now / horizon)
        return self.tally.jobs_over / max(1, len(self.layout.orders))

    # What happens: each takes what it happens to, and the number of the event.

    def _arrive(self, source: int, _number: int) -> None:
        job = self.arrivals.next(self.agenda, source)
        self.open[job.number] = job
        self.journal.note_job(self.agenda.now, Happening.ARRIVED, job, job.pieces)
        self._enter(job)

    def _authorise(self, job: Job, _number: int) -> None:
        self.timers -= 1
        self._ask(job, self.agenda.now)

    def _end(self, place: Place, number: int) -> None:
        """End an attempt at a step."""
        job = place.job
        if place.due != number or job is None:
            return
        agenda = self.agenda
        now = agenda.now
        unit, step = place.unit, job.step
        begun, begins = job.since, place.begins
        if begins > begun:
            setup = begins - begun
            job.set_up += setup
            unit.setting_up += setup
            begun = begins
        spent = now - begun
        job.processed += spent
        unit.processing += spent
        job.since = now
        job.attempts += job.load
        if self.journal.kept:
            self.journal.note_visit(place, job, now, begun=begins)
        place.job = None
        place.due = NEVER
        if place.worker is not None and self.crew is not None:
            self.crew.free(agenda, place.worker)
            place.worker = None
        group = unit.group
        group.free.append(place)
        if group.line.jobs and not group.stirred:
            group.stirred = True
            agenda.stirred.append(group)
        if step.faulty and not self._all_good(job) and not self._passes(job):
            return
        if step.gives:
            self.board.give(job, step.gives)
        steps = job.route.steps
        following = step.place[1] + 1
        if following == len(steps):
            job.completed = now
            self.journal.note_job(now, Happening.COMPLETED, job, job.pieces)
            self._close(job)
            return
        job.step = step = steps[following]
        if step.gated:
            self._enter(job)
        else:
            self._queue(job)

    def _fail(self, unit: Unit, _number: int) -> None:
        self.breakdowns.fail(unit)

    def _repair(self, unit: Unit, _number: int) -> None:
        self.breakdowns.repair(unit)

    def _change_shift(self, calendar: str, _number: int) -> None:
        if self.crew is not None:
            self.crew.change(self.agenda, calendar)

    def _warm_up(self, _subject: None, _number: int) -> None:
        """Begin to count."""
        for counted in (*self.units, self.crew):
            if counted is not None:
                counted.count_from(self.agenda.now)

    def _finish(self, _subject: None, _number: int) -> None:
        self.over = True

    # Where a job goes next.

    def _enter(self, job: Job) -> None:
        """Bring a job to its step, or let it wait for its date first."""
        step = job.step
        if not step.dated:
            self._ask(job, job.arrived)
            return
        date = max(job.arrived, job.due - self.layout.scenario.polca_k * job.pieces * step.ahead)
        if date > self.agenda.now:
            self.timers += 1
            self.agenda.put(date, Kind.AUTHORISED.value, job)
        else:
            self._ask(job, date)

    def _ask(self, job: Job, date: float) -> None:
        """Let a job wait for cards if its step takes any."""
        if job.step.takes:
            self.board.wait(job, date)
        else:
            self._queue(job)

    def _queue(self, job: Job) -> None:
        """Let a job join the queue of its step."""
        agenda = self.agenda
        now = agenda.now
        if job.released is None:
            job.released = now
            self.journal.note_job(now, Happening.RELEASED, job, job.pieces)
        if job.since != now:
            job.waited += now - job.since
            job.since = now
        group = self.groups[job.step.group]
        job.queued = True
        job.still = group.stood_still if group.still_since is None else group.still(now)
        group.line.join(job, now)
        if group.free and not group.stirred:
            group.stirred = True
            agenda.stirred.append(group)

    def _all_good(self, job: Job) -> bool:
        """Tell at a glance that a first attempt has no faulty piece, which most have not."""
        step, load = job.step, job.load
        few = load <= AT_ONCE and step.faulty <= 0.5 and job.attempt == 1  # noqa: PLR2004 - the rarer is drawn
        return few and job.luck[step.place[1]] <= (1 - step.faulty) ** load

    def _passes(self, job: Job) -> bool:
        """Judge an attempt; tell whether the job goes on to its next step."""
        step, now = job.step, self.agenda.now
        again, scrap = judged(
            self.streams,
            job.entity,
            _part(job),
            pieces=job.load,
            faulty=step.faulty,
            rework=step.rework if job.attempt < self.layout.scenario.most_attempts else 0.0,
            first=job.luck[step.place[1]] if job.attempt == 1 else None,
        )
        if scrap:
            job.pieces -= scrap
            job.scrapped += scrap
            self.journal.note_job(now, Happening.SCRAPPED, job, scrap)
        if again:
            job.reworked += again
            job.load = again
            job.attempt += 1
            self.journal.note_job(now, Happening.REWORKED, job, again)
            self._queue(job)
            return False
        job.load, job.attempt = job.pieces, 1
        if not job.pieces:
            self._close(job)
        return job.pieces > 0

    def _close(self, job: Job) -> None:
        """Let a job leave for good."""
        if job.held:
            self.board.give(job, tuple(job.held))
        del self.open[job.number]
        self.tally.count(job, self.agenda.now)
        self._stop_if(not self.open)

    def _stop_if(self, nothing_moves: bool) -> None:  # noqa: FBT001 - said once, right above
        """End what has no horizon when nothing will ever happen again to any job."""
        if nothing_moves and not (self.timers or self.arrivals.left) and self.layout.horizon is None:
            self.over = True

    # Who begins, once all of a moment has happened.

    def _settle(self) -> None:
        if self.board.stirred:
            self._admit()
        stirred = self.agenda.stirred
        for group in stirred:
            group.stirred = False
            if group.free and group.line.jobs:
                self._serve(group)
        stirred.clear()

    def _admit(self) -> None:
        """Hand out cards."""
        admitted = self.board.admitted()
        for job in admitted:
            self._queue(job)
        blocked = self.board.blocked(admitted)
        if self.layout.scenario.release_policy is ReleasePolicy.POLCA:
            for job in blocked:
                self.journal.note_job(self.agenda.now, Happening.BLOCKED, job, job.pieces)
        self._stop_if(self.board.waiting == len(self.open))  # each waits for a card that another one holds

    def _serve(self, group: Group) -> None:
        """Begin all that can begin in a group: attempts at a step, each with the setup that comes first."""
        agenda, line, free = self.agenda, group.line, group.free
        now = agenda.now
        worker: Worker | None = None
        while free and line.jobs:
            if self.crew is not None:
                worker = self.crew.choose(group, now)
                if worker is None:
                    return
            job, at = line.choose(free, now)
            place = free.pop(at)
            since = job.since
            if group.stood_still > job.still:
                still = group.stood_still - job.still
                job.broken += still
                since += still
            job.waited += now - since
            place.queued, place.came, job.since = job.since, now, now
            job.queued = False
            place.job, place.worker = job, worker
            family = job.route.family
            setup = 0.0
            if place.family != family:
                setup = self.layout.setups[place.family].get(family, 0.0)
                place.family = family
            place.set_up = setup > 0
            place.begins = begins = now + setup
            whole = job.attempt == 1 and job.load == job.quantity
            place.until = until = begins + (job.hours[job.step.place[1]] if whole else self._hours(job))
            place.due = agenda.number = number = agenda.number + 1
            heappush(agenda.events, (until, _ENDED, number, place))

    def _hours(self, job: Job) -> float:
        """Return the time of an attempt that not all pieces go through."""
        at = job.step.place[1]
        if job.attempt == 1:
            draw = self.streams.draws(Source.PROCESSING, *job.entity, count=at + 1)[at]
        else:
            draw = self.streams.block(Source.PROCESSING_AGAIN, *job.entity, part=_part(job))[0]
        return self.layout.durations((job.step.mean,), job.route.variation, job.load, (draw,))[0]

    # How it begins.

    def _units(self) -> list[Unit]:
        """Return the machines, and put their places before the queues of their groups."""
        groups = {group.group_id: group for group in self.groups}
        units = []
        places = 0
        for number, machine in enumerate(self.layout.plant.machines):
            group = groups[machine.machine_group_id]
            unit = Unit(number, machine.machine_id, group)
            unit.places = [Place(places + place, unit) for place in range(machine.capacity)]
            places += machine.capacity
            group.free += unit.places
            group.standing += 1
            units.append(unit)
        return units

    def _begin(self) -> None:
        scenario = self.layout.scenario
        self.arrivals.begin(self.agenda)
        self.breakdowns.begin(self.units)
        if self.crew is not None:
            self.crew.begin(self.agenda)
        if scenario.warm_up:
            self.agenda.put(scenario.warm_up, Kind.WARMED_UP.value, None)
        if scenario.horizon is not None:
            self.agenda.put(scenario.horizon, Kind.FINISHED.value, None)
        self._stop_if(not self.arrivals.left)


def _part(job: Job) -> int:
    """Return the name of an attempt among the random numbers of its job."""
    return job.step.place[1] * 1024 + job.attempt
