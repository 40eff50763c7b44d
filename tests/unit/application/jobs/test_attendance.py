"""Whether somebody plays a job."""

from datetime import timedelta

from taskforce.application.jobs.attendance import Attendance
from taskforce.core.identity import WorkerId
from taskforce.core.jobs.model import Job, JobStatus, Outcome
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.system.roster import MemoryRoster
from tests.builders import a_job

ADA = WorkerId("host:1:ada")
LEASE = timedelta(seconds=30)


class Room:
    def __init__(self) -> None:
        self.clock = SetClock()
        self.roster = MemoryRoster()
        self.lacks = Attendance(roster=self.roster, clock=self.clock).lacks

    def leased(self) -> Job:
        self.roster.enlist(ADA)
        return a_job().claim(ADA, now=self.clock.now(), lease=LEASE)


def test_a_queued_job_lacks_a_worker() -> None:
    assert Room().lacks(a_job())


def test_a_leased_job_has_one_until_its_lease_ends() -> None:
    room = Room()
    job = room.leased()

    assert not room.lacks(job)
    room.clock.pass_(seconds=30)
    assert room.lacks(job)


def test_a_leased_job_lacks_one_as_soon_as_that_is_known_to_be_dead() -> None:
    room = Room()
    job = room.leased()
    room.roster.leave(ADA)

    assert room.lacks(job)


def test_a_job_that_waits_or_is_over_needs_none() -> None:
    room = Room()
    now = room.clock.now()

    assert not room.lacks(room.leased().park(now=now, wake_at=None))
    assert not room.lacks(room.leased().end(Outcome(status=JobStatus.SUCCEEDED), now=now))
