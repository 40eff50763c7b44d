"""One replication as it goes: jobs come, wait for cards and in queues, are set up, processed, and leave."""

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
from taskforce.core.scenarios.engine.parts import NEVER, Group, Place, Unit, Worker, put_down
from taskforce.core.scenarios.engine.quality import judged
from taskforce.core.scenarios.engine.streams import Source, Streams
from taskforce.core.scenarios.engine.tally import Tally
from taskforce.core.scenarios.outcome import Happening
from taskforce.core.scenarios.scenario import ReleasePolicy

# Plain numbers: they are compared once for each event.
_SET_UP, _ENDED = Kind.SET_UP.value, Kind.ENDED.value
_QUEUED, _STARTED, _STOPPED = Happening.QUEUED, Happening.STARTED, Happening.ENDED


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
            self._begin_processing,
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
        self._note(Happening.ARRIVED, job, job.pieces)
        self._enter(job)

    def _authorise(self, job: Job, _number: int) -> None:
        self.timers -= 1
        self._ask(job, self.agenda.now)

    def _begin_processing(self, place: Place, number: int) -> None:
        """End the setup."""
        if place.due != number or place.job is None:
            return
        put_down(place, self.agenda.now)
        self._note(Happening.SETUP_ENDED, place.job, place.job.load, place)
        self._process(place, place.job)

    def _end(self, place: Place, number: int) -> None:
        """End an attempt at a step."""
        job = place.job
        if place.due != number or job is None:
            return
        agenda = self.agenda
        now = agenda.now
        unit, step, worker = place.unit, job.step, place.worker
        spent = now - job.since
        job.processed += spent
        unit.processing += spent
        job.since = now
        job.attempts += job.load
        lines = self.journal.lines
        if lines is not None:
            operator = worker.operator_id if worker is not None else ""
            lines.append((now, _STOPPED, job.job_id, unit.machine_id, step.step_id, operator, job.load))
        place.job = None
        place.due = NEVER
        group = unit.group
        group.free.append(place)
        if worker is not None and self.crew is not None:
            place.worker = None
            self.crew.free(agenda, worker)
        if not group.stirred:
            group.stirred = True
            agenda.stirred.append(group)
        if step.faulty and not self._passes(job):
            return
        if step.gives:
            self.board.give(job, step.gives)
        steps = job.route.steps
        at = step.place[1] + 1
        if at == len(steps):
            job.completed = now
            self._close(job, Happening.COMPLETED)
        else:
            job.step = steps[at]
            self._enter(job)

    def _fail(self, unit: Unit, _number: int) -> None:
        self.breakdowns.fail(unit)

    def _repair(self, unit: Unit, _number: int) -> None:
        self.breakdowns.repair(unit)

    def _change_shift(self, calendar: str, _number: int) -> None:
        if self.crew is not None:
            self.crew.change(self.agenda, calendar)

    def _warm_up(self, _subject: None, _number: int) -> None:
        """Begin to count."""
        now = self.agenda.now
        for unit in self.units:
            unit.count_from(now)
        if self.crew is not None:
            self.crew.count_from(now)

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
        agenda = self.agenda
        now = agenda.now
        step = job.step
        if job.released is None:
            job.released = now
            self._note(Happening.RELEASED, job, job.pieces)
        if job.since != now:
            job.waited += now - job.since
            job.since = now
        job.queued = True
        group = self.groups[step.group]
        job.still = group.still(now) if group.faulty else 0.0
        group.line.join(job, now)
        if not group.stirred:
            group.stirred = True
            agenda.stirred.append(group)
        lines = self.journal.lines
        if lines is not None:
            lines.append((now, _QUEUED, job.job_id, "", step.step_id, "", job.load))

    def _passes(self, job: Job) -> bool:
        """Judge an attempt; tell whether the job goes on to its next step."""
        step = job.step
        first = job.luck[step.place[1]] if job.attempt == 1 else None
        again, scrap = judged(
            self.streams,
            job.entity,
            _part(job),
            pieces=job.load,
            faulty=step.faulty,
            rework=step.rework if job.attempt < self.layout.scenario.most_attempts else 0.0,
            first=first,
        )
        if scrap:
            job.pieces -= scrap
            job.scrapped += scrap
            self._note(Happening.SCRAPPED, job, scrap)
        if again:
            job.reworked += again
            job.load = again
            job.attempt += 1
            self._note(Happening.REWORKED, job, again)
            self._queue(job)
            return False
        job.load = job.pieces
        job.attempt = 1
        if not job.pieces:
            self._close(job, None)
        return job.pieces > 0

    def _close(self, job: Job, event: Happening | None) -> None:
        """Let a job leave for good."""
        if event is not None:
            self._note(event, job, job.pieces)
        if job.held:
            self.board.give(job, tuple(job.held))
        del self.open[job.number]
        self.tally.count(job, self.agenda.now)
        if not self.open and not self.arrivals.left and self.layout.horizon is None:
            self.over = True

    # Who begins, once all of a moment has happened.

    def _settle(self) -> None:
        if self.board.stirred:
            self._admit()
        stirred = self.agenda.stirred
        for group in stirred:
            group.stirred = False
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
                self._note(Happening.BLOCKED, job, job.pieces)
        stuck = self.board.waiting and self.board.waiting == len(self.open)
        if stuck and not (self.timers or self.arrivals.left) and self.layout.horizon is None:
            self.over = True  # each waits for a card that another one holds

    def _serve(self, group: Group) -> None:
        """Begin all that can begin in a group."""
        line, free = group.line, group.free
        now = self.agenda.now
        worker: Worker | None = None
        while free and line:
            if self.crew is not None:
                worker = self.crew.choose(group, now)
                if worker is None:
                    return
            job, at = line.choose(free, now)
            place = free.pop(at)
            place.worker = worker
            if group.faulty:
                still = group.still(now) - job.still
                job.broken += still
                job.waited += now - job.since - still
            else:
                job.waited += now - job.since
            job.since = now
            job.queued = False
            place.job = job
            family = job.route.family
            if place.family != family:
                setup = self.layout.setups[place.family].get(family)
                place.family = family
                if setup:
                    place.setting_up = True
                    place.until = now + setup
                    place.due = self.agenda.put(place.until, _SET_UP, place)
                    self._note(Happening.SETUP_STARTED, job, job.load, place)
                    continue
            self._process(place, job)

    def _process(self, place: Place, job: Job) -> None:
        """Begin an attempt at a step."""
        agenda = self.agenda
        now = agenda.now
        step, route = job.step, job.route
        at = step.place[1]
        if job.attempt == 1:
            draw = job.draws[at]
        else:
            draw = self.streams.block(Source.PROCESSING_AGAIN, *job.entity, part=_part(job))[0]
        place.setting_up = False
        place.until = until = now + self.layout.duration(step.mean, route.variation, job.load, draw)
        agenda.number = place.due = number = agenda.number + 1
        heappush(agenda.events, (until, _ENDED, number, place))
        lines = self.journal.lines
        if lines is not None:
            operator = place.worker.operator_id if place.worker is not None else ""
            machine = place.unit.machine_id
            lines.append((now, _STARTED, job.job_id, machine, step.step_id, operator, job.load))

    def _note(self, event: Happening, job: Job, quantity: int, place: Place | None = None) -> None:
        """Write a line of the timeline."""
        lines = self.journal.lines
        if lines is None:
            return
        machine = operator = ""
        if place is not None:
            machine = place.unit.machine_id
            operator = place.worker.operator_id if place.worker is not None else ""
        lines.append((self.agenda.now, event, job.job_id, machine, job.step.step_id, operator, quantity))

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
        else:
            self.over = not self.arrivals.left


def _part(job: Job) -> int:
    """Return the name of an attempt among the random numbers of its job."""
    return job.step.place[1] * 1024 + job.attempt
