"""What a store of runs promises, whatever it is kept in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit, JobStore
from taskforce.core.paging import Page
from taskforce.core.pipelines.changes import MovePhase, MoveStep, MoveTask
from taskforce.core.pipelines.errors import (
    RunNotFound,
    RunUnderWay,
    StatusRefused,
    TooManyRuns,
    WorkNotFound,
)
from taskforce.core.pipelines.identity import StepId, TaskId, phase_id, step_id, task_id
from taskforce.core.pipelines.model import PhaseStatus, Run, RunStatus, TriggerType, WorkStatus
from taskforce.core.pipelines.ports import RunFilter, RunStore
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import LEASE, NOON, OTHER_PROJECT, a_lease, failure, success
from tests.pipeline_builders import SHA, a_run, created, planned

LATER = NOON + timedelta(seconds=5)
EVERYTHING = RunFilter(project=DEFAULT_PROJECT, repository="acme/shop")


async def begun(store: JobStore, *changes: Change, **fields: object) -> Job:
    """Store a run that a worker plays, with its parts."""
    job, facts = a_run(**fields)
    job = await store.submit(job, changes=[created(facts)], lease=a_lease())
    await written(store, job, planned(job), *changes)
    return job


async def written(store: JobStore, job: Job, *changes: Change) -> None:
    await store.commit(job, Commit(changes=changes), lease=LEASE)


def step(job: Job, name: str = "compile", phase: str = "build") -> StepId:
    return step_id(job.id, phase, "app", name)


def moves(job: Job, status: WorkStatus, *, phase: str = "build", **end: Any) -> list[Change]:  # noqa: ANN401 - any field of a move
    """Phase, task and first step, all moved to a word."""
    return [
        MovePhase(phase=phase_id(job.id, phase), status=PhaseStatus(status.value), at=LATER),
        MoveTask(task=task_id(job.id, phase, "app"), status=status, at=LATER),
        MoveStep(step=step(job, phase=phase), status=status, at=LATER, **end),
    ]


async def got(store: RunStore, job: Job) -> Run:
    return await store.get(job.id, project=DEFAULT_PROJECT)


async def test_a_run_that_waits_for_a_worker_is_pending(job_store: JobStore, run_store: RunStore) -> None:
    job, facts = a_run()
    await job_store.submit(job, changes=[created(facts)])
    assert await got(run_store, job) == Run(facts=facts, status=RunStatus.PENDING)


async def test_a_run_has_its_parts_in_the_order_of_the_plan(job_store: JobStore, run_store: RunStore) -> None:
    job = await begun(job_store)
    run = await got(run_store, job)
    assert run.status is RunStatus.RUNNING
    assert run.started_at == NOON
    assert run.phases == planned(job).phases
    assert [step.name for step in run.phases[0].tasks[0].steps] == ["compile", "test"]


async def test_the_latest_run_of_a_commit_is_that_of_the_same_trigger(
    job_store: JobStore, run_store: RunStore
) -> None:
    _, facts = a_run()
    with pytest.raises(RunNotFound):
        await run_store.latest(facts)
    first = await begun(job_store)
    await job_store.end(first, Commit(), failure())
    newer, newer_facts = a_run(created_at=LATER)
    await job_store.submit(newer, changes=[created(newer_facts)])
    await begun(job_store, created_at=LATER + timedelta(1), trigger_type=TriggerType.PULL_REQUEST)
    await begun(job_store, created_at=LATER + timedelta(1), commit_sha="f" * 40)
    latest = await run_store.latest((await got(run_store, first)).facts)
    assert (latest.facts, latest.status) == (newer_facts, RunStatus.PENDING)


async def test_a_run_of_another_project_is_not_there(job_store: JobStore, run_store: RunStore) -> None:
    job = await begun(job_store)
    with pytest.raises(RunNotFound):
        await run_store.get(job.id, project=OTHER_PROJECT)
    with pytest.raises(RunNotFound):
        await run_store.get(JobId("nothing"), project=DEFAULT_PROJECT)


async def test_parts_move_with_their_times_and_results(job_store: JobStore, run_store: RunStore) -> None:
    job = await begun(job_store)
    await written(job_store, job, *moves(job, WorkStatus.RUNNING))
    end: dict[str, Any] = {"exit_code": 3, "error": "Broken.", "logs_key": "pipeline-runs/x/logs/a/b/c.log"}
    await written(job_store, job, *moves(job, WorkStatus.FAILED, **end))
    phase = (await got(run_store, job)).phases[0]
    task, first = phase.tasks[0], phase.tasks[0].steps[0]
    assert (phase.status, task.status, first.status) == ("failed", "failed", "failed")
    assert (first.exit_code, first.error, first.logs_key) == tuple(end.values())
    for part in (phase, task, first):
        assert (part.started_at, part.completed_at) == (LATER, LATER)
    assert phase.tasks[0].steps[1].status is WorkStatus.PENDING


async def test_a_word_said_again_changes_nothing(job_store: JobStore, run_store: RunStore) -> None:
    job = await begun(job_store)
    await written(job_store, job, *moves(job, WorkStatus.RUNNING))
    await written(job_store, job, *moves(job, WorkStatus.SUCCESS, exit_code=0))
    before = await got(run_store, job)
    await written(job_store, job, *moves(job, WorkStatus.SUCCESS, exit_code=9))
    assert await got(run_store, job) == before


async def test_a_word_that_does_not_follow_is_refused_and_writes_nothing(
    job_store: JobStore, run_store: RunStore
) -> None:
    job = await begun(job_store)
    before = await got(run_store, job)
    with pytest.raises(StatusRefused):
        await written(job_store, job, MoveStep(step=step(job), status=WorkStatus.SUCCESS, at=LATER))
    assert await got(run_store, job) == before


async def test_a_part_that_is_not_there_is_told(job_store: JobStore) -> None:
    job = await begun(job_store)
    unknown = MoveStep(step=StepId("nothing"), status=WorkStatus.RUNNING, at=LATER)
    with pytest.raises(WorkNotFound):
        await written(job_store, job, unknown)


async def test_a_run_that_is_said_twice_is_the_first(job_store: JobStore, run_store: RunStore) -> None:
    job, facts = a_run()
    job = await job_store.submit(job, changes=[created(facts)], lease=a_lease())
    await written(job_store, job, created(replace(facts, branch="other")))
    assert (await got(run_store, job)).facts == facts


async def test_a_run_that_was_cancelled_says_that_nothing_runs(
    job_store: JobStore, run_store: RunStore
) -> None:
    job = await begun(job_store)
    await written(job_store, job, *moves(job, WorkStatus.RUNNING))
    await job_store.release(job)
    await job_store.cancel(job.id, project=DEFAULT_PROJECT)
    run = await got(run_store, job)
    assert (run.status, run.completed_at) == (RunStatus.CANCELLED, NOON)
    assert [phase.status for phase in run.phases] == ["failed", "skipped"]
    assert [task.status for phase in run.phases for task in phase.tasks] == ["failed", "pending"]
    build, deploy = run.phases
    assert {part.completed_at for part in (build, build.tasks[0], build.tasks[0].steps[0])} == {NOON}
    assert {part.completed_at for part in (deploy, deploy.tasks[0], deploy.tasks[0].steps[0])} == {None}
    for placed in (
        await run_store.task(task_id(job.id, "build", "app"), project=DEFAULT_PROJECT),
        await run_store.task_of_step(step(job), project=DEFAULT_PROJECT),
    ):
        assert placed.task == run.phases[0].tasks[0]


async def test_a_run_that_failed_says_why(job_store: JobStore, run_store: RunStore) -> None:
    job = await begun(job_store)
    await job_store.end(job, Commit(), failure(message="compile failed"))
    run = await got(run_store, job)
    assert (run.status, run.error) == (RunStatus.FAILED, "compile failed")


async def test_runs_are_listed_newest_first_without_their_parts(
    job_store: JobStore, run_store: RunStore
) -> None:
    jobs = [await begun(job_store, created_at=NOON + timedelta(seconds=number)) for number in range(5)]
    await begun(job_store, repository="acme/other")
    found = await run_store.list(EVERYTHING, Page(limit=2, offset=1))
    assert [run.facts.id for run in found.items] == [jobs[3].id, jobs[2].id]
    assert found.total == 5
    assert all(run.phases == () for run in found.items)


async def test_runs_are_listed_by_branch_and_by_status(job_store: JobStore, run_store: RunStore) -> None:
    running = await begun(job_store)
    done = await begun(job_store, branch="topic")
    await job_store.end(done, Commit(), success())
    waiting, facts = a_run(branch="topic")
    await job_store.submit(waiting, changes=[created(facts)])
    given_back = await begun(job_store)
    await job_store.release(given_back)

    async def ids(**wanted: object) -> set[str]:
        found = await run_store.list(replace(EVERYTHING, **wanted), Page())  # type: ignore[arg-type]
        assert found.total == len(found.items)
        return {run.facts.id for run in found.items}

    assert await ids(branch="topic") == {done.id, waiting.id}
    assert await ids(status=RunStatus.PENDING) == {waiting.id}
    assert await ids(status=RunStatus.RUNNING) == {running.id, given_back.id}
    assert await ids(status=RunStatus.SUCCESS, branch="topic") == {done.id}
    assert await ids(status=RunStatus.FAILED) == set()
    assert await ids(project=ProjectId("other")) == set()


async def test_a_repository_has_so_many_runs_that_are_not_over_and_no_more(
    job_store: JobStore, run_store: RunStore
) -> None:
    first, second = await begun(job_store), await begun(job_store)
    await begun(job_store, repository="acme/other")
    await begun(job_store, project=OTHER_PROJECT)
    job, facts = a_run()
    with pytest.raises(TooManyRuns, match="acme/shop has 2 runs that are not over"):
        await job_store.submit(job, changes=[created(facts, most=2)])
    with pytest.raises(JobNotFound):
        await job_store.get(job.id, project=None)
    await job_store.end(first, Commit(), success())
    await job_store.submit(job, changes=[created(facts, most=2)])
    asked = [first.id, second.id, JobId("gone")]
    assert await run_store.over(asked) == {first.id, JobId("gone")}


async def test_a_commit_is_run_alone_however_long_it_is_spelled(
    job_store: JobStore,
) -> None:
    under_way = await begun(job_store, commit_sha=SHA[:10])
    for spelled in (SHA, SHA[:7], SHA[:10]):
        job, facts = a_run(commit_sha=spelled)
        with pytest.raises(RunUnderWay, match=under_way.id):
            await job_store.submit(job, changes=[created(facts, is_alone=True)])
    others = {"commit_sha": "f" * 40}, {"trigger_type": TriggerType.MANUAL}, {"repository": "acme/other"}
    for fields in others:
        job, facts = a_run(**fields)
        await job_store.submit(job, changes=[created(facts, is_alone=True)])
    await job_store.end(under_way, Commit(), success())
    job, facts = a_run()
    await job_store.submit(job, changes=[created(facts, is_alone=True)])


async def test_a_task_and_the_task_of_a_step_are_found(job_store: JobStore, run_store: RunStore) -> None:
    job = await begun(job_store)
    placed = await run_store.task(task_id(job.id, "deploy", "app"), project=DEFAULT_PROJECT)
    assert (placed.run, placed.phase, placed.task) == (job.id, "deploy", planned(job).phases[1].tasks[0])
    assert placed.report_key(placed.task.steps[0]) == "deploy/app/compile/report"
    found = await run_store.task_of_step(step(job, "test", "deploy"), project=DEFAULT_PROJECT)
    assert found == placed


async def test_tasks_and_steps_of_others_are_not_there(job_store: JobStore, run_store: RunStore) -> None:
    job = await begun(job_store)
    for project, task, part in (
        (OTHER_PROJECT, task_id(job.id, "build", "app"), step(job)),
        (DEFAULT_PROJECT, TaskId("nothing"), StepId("nothing")),
    ):
        with pytest.raises(WorkNotFound):
            await run_store.task(task, project=project)
        with pytest.raises(WorkNotFound):
            await run_store.task_of_step(part, project=project)


async def test_what_somebody_outside_reports_is_written(job_store: JobStore, run_store: RunStore) -> None:
    job = await begun(job_store)
    await run_store.report(MoveStep(step=step(job), status=WorkStatus.RUNNING, at=LATER))
    await run_store.report(
        MoveTask(task=task_id(job.id, "build", "app"), status=WorkStatus.RUNNING, at=LATER)
    )
    task = (await got(run_store, job)).phases[0].tasks[0]
    assert (task.status, task.steps[0].status) == ("running", "running")
    with pytest.raises(StatusRefused):
        await run_store.report(MoveStep(step=step(job, "test"), status=WorkStatus.FAILED, at=LATER))


def test_the_lock_of_a_run_is_its_commits_and_triggers() -> None:
    _, facts = a_run()
    same = [facts, replace(facts, branch="other", triggered_by="bert")]
    others = [replace(facts, commit_sha=SHA[::-1]), replace(facts, repository="acme/other")]
    assert len({run.lock for run in same}) == 1
    assert len({run.lock for run in (*same, *others)}) == 3
    assert len(facts.lock) <= 200
