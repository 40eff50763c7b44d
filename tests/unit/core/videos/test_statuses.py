"""The state machine: its words, and which follows which."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.videos.changes import CompleteVideo, ContinueVideo, EnterStage, changed
from taskforce.core.videos.model import FilmFacts, KeptFilm, VideoProject
from taskforce.core.videos.statuses import MOVES, Stage, VideoStatus, may_follow, status_of
from tests.builders import NOON
from tests.video_builders import a_ref, a_video

FACTS = FilmFacts(seconds=18, frames=432, width=1280, height=720, has_sound=True)
FILM = KeptFilm(ref=a_ref("film.mp4", kind="film", media_type="video/mp4"), facts=FACTS)


def test_every_word_has_its_followers() -> None:
    assert MOVES.keys() == set(VideoStatus)
    assert MOVES[VideoStatus.COMPLETE] == frozenset()
    assert all(may_follow(status, status) for status in VideoStatus)


def test_all_but_complete_can_be_resumed() -> None:
    assert [status for status in VideoStatus if not status.can_resume] == [VideoStatus.COMPLETE]


def test_nothing_goes_back_to_an_earlier_stage_by_itself() -> None:
    for before, after in pairwise(Stage):
        assert after.is_after(before)
        assert not may_follow(VideoStatus(after.value), VideoStatus(before.value))


@settings(deadline=None)
@given(
    job=st.sampled_from(JobStatus),
    is_stopping=st.booleans(),
    stage=st.none() | st.sampled_from(Stage),
    has_film=st.booleans(),
)
def test_whatever_a_job_says_there_is_a_word_for_it(
    job: JobStatus, *, is_stopping: bool, stage: Stage | None, has_film: bool
) -> None:
    status = status_of(job, is_stopping=is_stopping, stage=stage, has_film=has_film)
    assert status.is_under_way == (not job.is_over and not is_stopping)


class Life(RuleBasedStateMachine):
    """Whatever happens to a project: what is seen next may follow what was seen before."""

    def __init__(self) -> None:
        super().__init__()
        self.video: VideoProject = a_video()
        self.job = JobStatus.QUEUED
        self.is_stopping = False
        self.seen = VideoStatus.PENDING

    def is_running(self) -> bool:
        return self.job is JobStatus.RUNNING

    @precondition(lambda self: self.job in {JobStatus.QUEUED, JobStatus.WAITING})
    @rule()
    def claim(self) -> None:
        self.job = JobStatus.RUNNING

    @precondition(is_running)
    @rule(to=st.sampled_from([JobStatus.QUEUED, JobStatus.WAITING]))
    def give_back(self, to: JobStatus) -> None:
        self.job = to

    @precondition(is_running)
    @rule(stage=st.sampled_from(Stage))
    def enter(self, stage: Stage) -> None:
        self.video = changed(self.video, EnterStage(video=self.video.id, stage=stage, at=NOON))

    @precondition(is_running)
    @rule()
    def complete(self) -> None:
        once = changed(self.video, CompleteVideo(video=self.video.id, film=FILM, at=NOON))
        assert changed(once, CompleteVideo(video=self.video.id, film=FILM, at=NOON)) is once
        self.video, self.job = once, JobStatus.SUCCEEDED

    @precondition(is_running)
    @rule(to=st.sampled_from([JobStatus.FAILED, JobStatus.SUCCEEDED]))
    def end(self, to: JobStatus) -> None:
        self.job = to

    @precondition(lambda self: not self.job.is_over)
    @rule()
    def stop(self) -> None:
        self.is_stopping = True

    @precondition(lambda self: not self.job.is_over and self.is_stopping)
    @rule()
    def be_stopped(self) -> None:
        self.job = JobStatus.CANCELLED

    @precondition(lambda self: self.job.is_over and self.status.can_resume)
    @rule()
    def resume(self) -> None:
        change = ContinueVideo(
            video=self.video.id, after=self.video.job, job=JobId(self.video.job + "+"), at=NOON
        )
        self.video, self.job, self.is_stopping = changed(self.video, change), JobStatus.QUEUED, False

    @precondition(lambda self: self.job is JobStatus.SUCCEEDED)
    @rule()
    def be_looked_at(self) -> None:
        pass

    @property
    def status(self) -> VideoStatus:
        told = self.video.told(self.job, is_stopping=self.is_stopping, reason="why", at=NOON)
        assert (told.error is not None) == (told.status is VideoStatus.FAILED)
        return told.status

    @invariant()
    def what_is_seen_may_follow_what_was_seen(self) -> None:
        status = self.status
        assert may_follow(self.seen, status), (self.seen, status)
        self.seen = status


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
