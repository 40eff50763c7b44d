"""Who waits for a job in the process that plays it is told its end, also when that was a moment ago."""

from taskforce.application.jobs.ends import KEPT, Ends
from taskforce.core.identity import JobId
from tests.builders import a_job


def test_the_end_of_a_play_that_goes_on_can_be_waited_for() -> None:
    ends, job = Ends(), a_job()
    end = ends.expect(job.id)
    assert ends.of(job.id) is end
    assert not end.done()
    ends.tell(job.id, end, job)
    assert end.result() is job


def test_a_job_that_ended_of_late_is_still_known() -> None:
    ends, job = Ends(), a_job()
    ends.tell(job.id, ends.expect(job.id), job)
    end = ends.of(job.id)
    assert end is not None
    assert end.result() is job


def test_a_play_after_which_its_job_goes_on_is_forgotten() -> None:
    ends, job = Ends(), a_job()
    end = ends.expect(job.id)
    ends.tell(job.id, end, None)
    assert end.result() is None
    assert ends.of(job.id) is None


def test_a_job_that_was_lost_and_is_played_again_is_waited_for_by_its_newer_play() -> None:
    ends, job = Ends(), a_job()
    lost = ends.expect(job.id)
    newer = ends.expect(job.id)
    ends.tell(job.id, lost, None)
    assert ends.of(job.id) is newer


def test_only_the_latest_that_ended_are_kept() -> None:
    ends = Ends()
    jobs = [a_job() for _ in range(KEPT + 1)]
    for job in jobs:
        ends.tell(job.id, ends.expect(job.id), job)
    assert ends.of(jobs[0].id) is None
    assert all(ends.of(job.id) is not None for job in jobs[1:])


def test_of_a_job_that_is_played_elsewhere_nothing_is_known() -> None:
    assert Ends().of(JobId("elsewhere")) is None
