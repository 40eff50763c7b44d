"""Runs side by side: the same numbers as one after the other, and none that goes on when it is cancelled."""

import asyncio
import os
from pathlib import Path

from dependency_injector import providers

from taskforce.application.factory import Container
from taskforce.application.scenarios.schemas import (
    ExperimentView,
    GetExperiment,
    GetScenarioRun,
    StartExperiment,
)
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.scenarios.kinds import EXPERIMENT
from taskforce.core.scenarios.scenario import ReleasePolicy, ScenarioConfig
from taskforce.core.scenarios.task import ExperimentTask, RunTask
from taskforce.infrastructure.processes.computing import Computing, cores
from tests.integration.processes import PATIENCE, until
from tests.integration.scenarios.plays import (
    ME,
    a_container,
    computing_below,
    import_plant,
    is_over,
    job_of,
    job_when,
    start,
    sums_of,
)

LONG = ScenarioConfig(replications=1_000)
RULES = ["EDD", "SPT", "ATC", "FIFO"]


async def experiment(container: Container, *, parallelism: int) -> JobId:
    asked = StartExperiment(
        project_id=DEFAULT_PROJECT,
        base=ScenarioConfig(replications=3),
        sweeps={"dispatch_rule": list(RULES)},
        parallelism=parallelism,
    )
    return JobId((await container.experiments().create(ME, asked)).experiment_id)


async def shown(container: Container, experiment_id: JobId) -> ExperimentView:
    asked = GetExperiment(project_id=DEFAULT_PROJECT, experiment_id=experiment_id)
    return await container.experiments().get(ME, asked)


async def cancel(container: Container, run: JobId) -> None:
    await container.scenario_runs().cancel(ME, GetScenarioRun(project_id=DEFAULT_PROJECT, run_id=run))


def is_computing(job: Job) -> bool:
    return job.progress.percent > 0


async def test_runs_side_by_side_come_to_the_same_bytes_as_one_after_the_other(tmp_path: Path) -> None:
    made = []
    with a_container(tmp_path, workers=4) as container:
        await import_plant(container, "high-mix")
        for parallelism in (1, 4):
            job = await experiment(container, parallelism=parallelism)
            assert (await job_when(container, job, is_over)).status is JobStatus.SUCCEEDED
            runs = (await shown(container, job)).runs
            assert [run.seed for run in runs] == [0, 1, 2, 3]
            made.append([sums_of(await job_of(container, JobId(run.run_id))) for run in runs])
    assert made[0] == made[1]
    assert len({sums["kpis.json"] for sums in made[0]}) == len(RULES)


async def test_a_run_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    with a_container(tmp_path, workers=2) as container:
        await import_plant(container, "two-machine-line")
        first = await job_of(container, await start(container, ScenarioConfig()))
        unfit = ScenarioConfig(name="unfit", release_policy=ReleasePolicy.CONWIP, wip_caps={"nowhere": 1})
        task = ExperimentTask(
            plant=RunTask.model_validate(first.input).plant,
            scenarios=(unfit, ScenarioConfig(name="fit")),
            parallelism=2,
        )
        desk = container.desk()
        job = await desk.accept(
            desk.new(EXPERIMENT, ME, task.model_dump(mode="json"), subject=None, alone=False)
        )
        await job_when(container, job.id, is_over)
        view = await shown(container, job.id)
    assert view.message.startswith("1 of 2 runs failed; the first: ")
    assert [run.status.value for run in view.runs] == ["failed", "completed"]
    assert "nowhere" in view.runs[0].message
    assert "\n" not in view.runs[0].message  # a traceback is for its log


async def test_a_run_that_is_cancelled_ends_whether_it_computes_or_waits_for_a_place(tmp_path: Path) -> None:
    with a_container(tmp_path, workers=2) as container:
        container.computing.override(providers.Object(Computing(processes=1)))
        await import_plant(container, "high-mix")
        computing = await start(container, LONG)
        await job_when(container, computing, is_computing)
        waiting = await start(container, LONG)
        await job_when(container, waiting, lambda job: job.status is JobStatus.RUNNING)
        for run in (waiting, computing):
            assert computing_below(os.getpid())
            await cancel(container, run)
            assert (await job_when(container, run, is_over)).status is JobStatus.CANCELLED
        assert not computing_below(os.getpid())
        assert (await job_of(container, waiting)).progress.percent == 0


async def test_an_experiment_that_is_cancelled_leaves_nothing_that_computes(tmp_path: Path) -> None:
    with a_container(tmp_path, workers=4) as container:
        await import_plant(container, "high-mix")
        asked = StartExperiment(
            project_id=DEFAULT_PROJECT, base=LONG, sweeps={"dispatch_rule": list(RULES)}, parallelism=3
        )
        job = JobId((await container.experiments().create(ME, asked)).experiment_id)
        async with asyncio.timeout(PATIENCE):
            while not 0 < (await shown(container, job)).progress_pct < 100:  # noqa: ASYNC110 - it is what others see
                await asyncio.sleep(0.02)
        assert 0 < len(computing_below(os.getpid())) <= cores()
        await container.experiments().cancel(ME, GetExperiment(project_id=DEFAULT_PROJECT, experiment_id=job))
        assert (await job_when(container, job, is_over)).status is JobStatus.CANCELLED
        for run in (await shown(container, job)).runs:
            await job_when(container, JobId(run.run_id), is_over)
        assert {run.message for run in (await shown(container, job)).runs} == {"cancelled"}
        until(lambda: not computing_below(os.getpid()))
