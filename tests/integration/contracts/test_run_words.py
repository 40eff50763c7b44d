"""Whatever is said of a run, in whatever order: its words move as the seed says, alike in every store."""

from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit
from taskforce.core.pipelines.changes import MovePhase, MoveStep, MoveTask
from taskforce.core.pipelines.identity import phase_id, step_id, task_id
from taskforce.core.pipelines.model import PhaseStatus, Run, RunStatus, WorkStatus
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import LEASE, NOON, a_lease, failure, success
from tests.integration.contracts.twins import Twin, Twins, twins
from tests.pipeline_builders import a_run, created, planned

PHASES = ("build", "deploy")
STEPS = ("compile", "test")
FOLLOWS = {
    "pending": {"running", "skipped"},
    "running": {"success", "failed"},
    "success": set(),
    "failed": set(),
    "skipped": set(),
}
ENDS = {"succeed": success(), "fail": failure(message="It broke.")}
phases = st.sampled_from(PHASES)
words = st.one_of(
    st.tuples(st.just("phase"), phases, st.sampled_from(PhaseStatus)),
    st.tuples(st.just("task"), phases, st.sampled_from(WorkStatus)),
    *(st.tuples(st.just(name), phases, st.sampled_from(WorkStatus)) for name in STEPS),
    st.tuples(st.sampled_from(["cancel", "give back", *ENDS]), st.just(""), st.just(None)),
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    with twins(tmp_path_factory.mktemp("twins"), SetClock(NOON)) as found:
        yield found


@given(deeds=st.lists(words, max_size=14))
@settings(deadline=None, max_examples=60)
def test_words_move_forward_alone_and_an_ended_run_runs_nowhere(
    stores: Twins, deeds: list[tuple[str, str, PhaseStatus | WorkStatus | None]]
) -> None:
    job, facts = a_run()

    async def begin(twin: Twin) -> Job:
        held = await twin.jobs.submit(job, changes=[created(facts)], lease=a_lease())
        await twin.jobs.commit(held, Commit(changes=(planned(job),)), lease=LEASE)
        return held

    held = stores.say(begin)
    assert isinstance(held, Job)
    before = _standing(stores, job)
    for what, phase, word in deeds:
        stores.clock.pass_(seconds=1)
        if word is None:
            stores.say(partial(_end, held, what))
        else:
            stores.say(partial(_commit, held, _change(job, what, phase, word, stores.clock)))
        after = _standing(stores, job)
        _check(before, after)
        before = after


async def _commit(held: Job, change: Change, twin: Twin) -> None:
    await twin.jobs.commit(held, Commit(changes=(change,)), lease=LEASE)


async def _end(held: Job, what: str, twin: Twin) -> None:
    if what in ENDS:
        await twin.jobs.end(held, Commit(), ENDS[what])
    elif what == "give back":
        await twin.jobs.release(held)
    else:
        await twin.jobs.cancel(held.id, project=DEFAULT_PROJECT)


def _change(job: Job, what: str, phase: str, word: PhaseStatus | WorkStatus, clock: SetClock) -> Change:
    if what == "phase":
        return MovePhase(phase=phase_id(job.id, phase), status=PhaseStatus(word.value), at=clock.now())
    status = WorkStatus(word.value)
    if what == "task":
        return MoveTask(task=task_id(job.id, phase, "app"), status=status, at=clock.now())
    return MoveStep(step=step_id(job.id, phase, "app", what), status=status, at=clock.now(), exit_code=0)


def _standing(stores: Twins, job: Job) -> Run:
    run = stores.say(lambda twin: twin.runs.get(job.id, project=DEFAULT_PROJECT))
    assert isinstance(run, Run)
    return run


def _check(before: Run, after: Run) -> None:
    """What holds between two moments."""
    if before.status.is_over:
        assert after == before
    told = list(_parts(after))
    for was, now in zip(_parts(before), told, strict=True):
        assert now == was or now in FOLLOWS[was] or after.status.is_over
    if after.status.is_over:
        assert "running" not in told
        assert "pending" not in [phase.status.value for phase in after.phases]
    assert (after.completed_at is not None) == after.status.is_over
    assert after.status is not RunStatus.FAILED or after.error


def _parts(run: Run) -> Iterator[str]:
    for phase in run.phases:
        yield phase.status.value
        for task in phase.tasks:
            yield task.status.value
            yield from (step.status.value for step in task.steps)
