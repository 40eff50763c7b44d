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
from taskforce.core.scenarios.engine.parts import Group, Place, Unit, Worker
from taskforce.core.scenarios.engine.quality import judged
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
        board, stirred, serve = self.board, agenda.stirred, self._serve
        for played in range(most_events):
            if self.over:
                return played
            time, kind, number, subject = heappop(events)
            agenda.now = time
            happens[kind](subject, number)
            if events and events[0][0] <= time:
                continue
            if board.stirred:
                self._admit()
            for group in stirred:
                group.stirred = False
                serve(group)
            stirred.clear()
            if not events:
                self.over = True  # whoever waits now waits for ever
        return most_events

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
        if self.journal.kept:
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
        unit, step, worker = place.unit, job.step, place.worker
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
        if worker is not None and self.crew is not None:
            self.crew.free(agenda, worker)
            place.worker = None
        group = unit.group
        group.free.append(place)
        if group.line.jobs and not group.stirred:
            group.stirred = True
            agenda.stirred.append(group)
        if step.faulty and not (job.whole and job.good[step.at]) and not self._passes(job):
            return
        if step.gives:
            self.board.give(job, step.gives)
        following = step.following
        if following is None:
            self._complete(job)
            return
        job.step = following
        if following.gated:
            self._enter(job)
        else:
            self._queue(job, now)

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

    def _complete(self, job: Job) -> None:
        """Let a job leave that has been through all steps."""
        job.completed = now = self.agenda.now
        if self.journal.kept:
            self.journal.note_job(now, Happening.COMPLETED, job, job.pieces)
        self._close(job)

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
            self._let_in(job)

    def _let_in(self, job: Job) -> None:
        """Let a job on to its step that has all it was to wait for."""
        now = self.agenda.now
        if job.released is None:
            job.released = now
            if self.journal.kept:
                self.journal.note_job(now, Happening.RELEASED, job, job.pieces)
        if job.since != now:
            job.waited += now - job.since
            job.since = now
        self._queue(job, now)

    def _queue(self, job: Job, now: float) -> None:
        """Let a job join the queue of its step."""
        group = self.groups[job.step.group]
        job.still = group.stood_still if group.still_since is None else group.still(now)
        group.line.join(job, now)
        if group.free and not group.stirred:
            group.stirred = True
            self.agenda.stirred.append(group)

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
            first=self.streams.draws(Source.QUALITY, *job.entity, count=step.at + 1)[step.at]
            if job.attempt == 1
            else None,
        )
        if scrap:
            job.pieces -= scrap
            job.scrapped += scrap
            self.journal.note_job(now, Happening.SCRAPPED, job, scrap)
        if again:
            job.reworked += again
            job.load = again
            job.attempt += 1
            job.whole = False
            self.journal.note_job(now, Happening.REWORKED, job, again)
            self._queue(job, now)
            return False
        job.load, job.attempt = job.pieces, 1
        job.whole = job.pieces == job.quantity
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

    def _admit(self) -> None:
        """Hand out cards."""
        admitted = self.board.admitted()
        for job in admitted:
            self._let_in(job)
        blocked = self.board.blocked(admitted)
        if self.layout.scenario.release_policy is ReleasePolicy.POLCA:
            for job in blocked:
                self.journal.note_job(self.agenda.now, Happening.BLOCKED, job, job.pieces)
        self._stop_if(self.board.waiting == len(self.open))  # each waits for a card that another one holds

    def _serve(self, group: Group) -> None:
        """Begin all that can begin in a group: attempts at a step, each with the setup that comes first."""
        agenda, crew, line, free = self.agenda, self.crew, group.line, group.free
        now = agenda.now
        worker: Worker | None = None
        while free and line.jobs:
            if crew is not None:
                worker = crew.choose(group, now)
                if worker is None:
                    return
            job, at = line.choose(free, now)
            place = free.pop(at)
            step = job.step
            place.queued = since = job.since
            if group.stood_still > job.still:
                still = group.stood_still - job.still
                job.broken += still
                since += still
            job.waited += now - since
            place.came = job.since = begins = now
            place.job, place.worker = job, worker
            if place.family != step.family:
                begins += self.layout.setups[place.family].get(step.family, 0.0)
                place.family = step.family
            place.begins = begins
            place.until = until = begins + (job.hours[step.at] if job.whole else self._hours(job))
            place.due = agenda.number = number = agenda.number + 1
            heappush(agenda.events, (until, _ENDED, number, place))

    def _hours(self, job: Job) -> float:
        """Return the time of an attempt that not all pieces go through."""
        at = job.step.at
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
    return job.step.at * 1024 + job.attempt
