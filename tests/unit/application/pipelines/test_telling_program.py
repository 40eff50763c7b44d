"""The telling program: what stands at that moment is told, until the forge has taken it."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from taskforce.application.pipelines.telling_program import AGAIN, TellingProgram
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import OPENING, KeyedEvent
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.pipelines.delivery import Environment
from taskforce.core.pipelines.forge import CommitStatus
from taskforce.core.pipelines.forge_errors import ForgeAway, ForgeRefused
from taskforce.core.pipelines.model import RunStatus
from taskforce.core.pipelines.ports import Forge, RunStore
from taskforce.core.pipelines.telling import KIND, TellTask, Topic
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.pipelines.memory import MemoryRuns, MemoryRunStore
from taskforce.infrastructure.pipelines.memory_delivery import (
    MemoryDeliveries,
    MemoryDeploymentStore,
    MemoryReleaseStore,
)
from taskforce.infrastructure.pipelines.memory_forge import MemoryForge
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import a_job
from tests.pipeline_builders import SHA
from tests.stage import Stage
from tests.unit.application.pipelines.cast import DONE, Configs, Scene, failed, steps
from tests.unit.application.pipelines.delivery_cast import DeliveryStage, Ops

NUMBERS = count(1)
APP = Configs(phases={"build": {}}, projects={"app": {"build": steps("compile")}})


@dataclass
class Moody(MemoryForge):
    """It is away as often as a test says, and asks for a wait; or it says no."""

    away: int = 0
    wait: timedelta = timedelta(seconds=1)
    refuses: bool = False
    asked: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    async def set_commit_status(self, status: CommitStatus) -> None:
        self.asked += 1
        if self.refuses:
            raise ForgeRefused("it", "404 Not Found")
        if self.away:
            self.away -= 1
            raise ForgeAway("it is asleep", retry_after=self.wait)
        await super().set_commit_status(status)


def of_runs(scene: Scene, forge: Forge) -> Scene:
    """Let a scene tell a forge of its runs."""
    nothing = MemoryDeliveries(lambda _: None)
    scene.stage.programs[KIND] = TellingProgram(
        forge=forge,
        runs=scene.runs,
        releases=MemoryReleaseStore(nothing),
        deployments=MemoryDeploymentStore(nothing),
        public_url=None,
        tags=True,
    )
    return scene


def of_deliveries(stage: DeliveryStage, forge: Forge, *, tags: bool = True) -> DeliveryStage:
    """Let a stage tell a forge of its releases and deployments."""
    no_jobs = MemoryJobStore(SetClock(), {})
    no_runs: RunStore = MemoryRunStore(MemoryRuns(no_jobs.find), no_jobs)
    stage.programs[KIND] = TellingProgram(
        forge=forge,
        runs=no_runs,
        releases=stage.releases,
        deployments=stage.deployments,
        public_url=None,
        tags=tags,
    )
    return stage


async def handed_in(stage: Stage, topic: Topic, about: JobId) -> JobId:
    job_id = JobId(f"70000000-0000-7000-8000-{next(NUMBERS):012x}")
    task = TellTask(topic=topic, about=about).model_dump(mode="json")
    job = a_job(id=job_id, root=job_id, kind=KIND, input=task, created_at=stage.clock.now())
    opening = KeyedEvent(key=OPENING, event=stage.player.opening(job))
    return (await stage.store.submit(job.throttled(stage.player.throttle(job)), events=[opening])).id


async def told(stage: Stage, topic: Topic, about: JobId) -> Job:
    """Tell, and return the job as it stands when nothing is due."""
    job_id = await handed_in(stage, topic, about)
    await stage.settle()
    return await stage.job(job_id)


def states(forge: MemoryForge) -> list[tuple[str, str]]:
    return [(status.context, status.state.value) for status in forge.statuses]


async def test_a_run_is_told_as_it_stands(tmp_path: Path) -> None:
    forge = MemoryForge()
    scene = of_runs(Scene(tmp_path, APP, compile=lambda *_: failed()), forge)
    begun = await scene.begin()
    job = await told(scene.stage, Topic.RUN, begun)
    assert (await scene.standing(begun)).status is RunStatus.FAILED
    assert job.status is JobStatus.SUCCEEDED
    assert states(forge) == [("taskforce/push", "failure")]
    assert forge.statuses[0].commit_sha == SHA


async def test_an_older_run_of_the_commit_tells_how_the_newest_stands(tmp_path: Path) -> None:
    forge = MemoryForge()
    ends = iter([failed()])
    scene = of_runs(Scene(tmp_path, APP, compile=lambda *_: next(ends, DONE)), forge)
    first = await scene.run()
    scene.stage.clock.pass_(seconds=1)
    await scene.run()
    await told(scene.stage, Topic.RUN, first.facts.id)
    assert states(forge) == [("taskforce/push", "success")]


async def test_a_run_of_a_folder_is_told_nobody(tmp_path: Path) -> None:
    forge = MemoryForge()
    scene = of_runs(Scene(tmp_path, APP), forge)
    run = await scene.run(repository="/srv/shop", commit_sha="")
    assert (await told(scene.stage, Topic.RUN, run.facts.id)).status is JobStatus.SUCCEEDED
    assert forge.statuses == []


async def test_a_forge_that_is_away_is_asked_again_when_it_says_and_holds_up_no_run(tmp_path: Path) -> None:
    forge = Moody(away=2, wait=timedelta(hours=1))
    scene = of_runs(Scene(tmp_path, APP), forge)
    run = await scene.run()
    job = await told(scene.stage, Topic.RUN, run.facts.id)
    assert (run.status, job.status, forge.asked) == (RunStatus.SUCCESS, JobStatus.WAITING, 1)
    scene.stage.clock.pass_(seconds=3_599)
    await scene.stage.settle()
    assert forge.asked == 1
    for _ in range(2):
        scene.stage.clock.pass_(seconds=3_600 * 1.2)
        await scene.stage.settle()
    assert (forge.asked, states(forge)) == (3, [("taskforce/push", "success")])
    assert (await scene.stage.job(job.id)).status is JobStatus.SUCCEEDED


async def test_what_stands_otherwise_by_then_is_told_as_it_is_then(tmp_path: Path) -> None:
    forge = Moody(away=1)
    scene = of_runs(Scene(tmp_path, APP), forge)
    begun = await scene.begin()
    telling = await handed_in(scene.stage, Topic.RUN, begun)
    await scene.stage.settle()
    scene.stage.clock.pass_(seconds=60)
    await scene.stage.settle()
    assert (await scene.stage.job(telling)).status is JobStatus.SUCCEEDED
    assert states(forge) == [("taskforce/push", "success")]


@pytest.mark.parametrize("forge", [Moody(refuses=True), Moody(away=10**6)], ids=["refuses", "away"])
async def test_a_forge_that_takes_nothing_fails_the_telling_alone(tmp_path: Path, forge: Moody) -> None:
    scene = of_runs(Scene(tmp_path, APP), forge)
    run = await scene.run()
    job_id = (await told(scene.stage, Topic.RUN, run.facts.id)).id
    for _ in range(AGAIN.attempts):
        scene.stage.clock.pass_(seconds=AGAIN.most.total_seconds() * 1.2)
        await scene.stage.settle()
    assert (await scene.stage.job(job_id)).status is JobStatus.FAILED
    assert forge.asked == (1 if forge.refuses else AGAIN.attempts)
    assert (await scene.standing(run.facts.id)).status is RunStatus.SUCCESS


async def test_a_run_that_is_gone_is_told_no_more(tmp_path: Path) -> None:
    forge = Moody()
    scene = of_runs(Scene(tmp_path, APP), forge)
    job = await told(scene.stage, Topic.RUN, JobId("0" * 36))
    assert (job.status, forge.asked) == (JobStatus.FAILED, 0)


async def test_after_a_crash_it_is_told_again_and_counts_once() -> None:
    forge = MemoryForge()
    stage = of_deliveries(DeliveryStage(), forge)
    deployment = await stage.ask_deployment(await stage.a_release())
    await stage.settle()
    job_id = await handed_in(stage, Topic.DEPLOYMENT, deployment)
    stage.trap.place = "step.done:tell"
    await stage.settle()
    assert (await stage.job(job_id)).status is JobStatus.SUCCEEDED
    assert [status.state.value for _, status in forge.deploy_statuses] == ["success", "success"]
    assert len(forge.deployments) == 1


async def test_a_deployment_is_told_once_with_each_of_its_statuses() -> None:
    forge = MemoryForge()
    stage = of_deliveries(DeliveryStage(ops=Ops(refuses=True)), forge)
    good, bad = of_deliveries(DeliveryStage(), forge), stage
    for each in (good, bad):
        asked = await each.ask_deployment(await each.a_release())
        await each.settle()
        await told(each, Topic.DEPLOYMENT, asked)
        await told(each, Topic.DEPLOYMENT, asked)
    assert [one.environment for one in forge.deployments] == ["dev/app", "dev/app"]
    assert [(number, status.state.value) for number, status in forge.deploy_statuses] == [
        *(("0", "success"), ("0", "success")),
        *(("1", "failure"), ("1", "failure")),
    ]


@pytest.mark.parametrize(
    ("environment", "told_of_the_first"),
    [(Environment.PRODUCTION, ["success", "inactive"]), (Environment.STAGING, ["success"])],
)
async def test_one_that_is_superseded_is_told_inactive_where_github_does_not_see_to_it(
    environment: Environment, told_of_the_first: list[str]
) -> None:
    forge = MemoryForge()
    stage = of_deliveries(DeliveryStage(), forge)
    release = await stage.a_release()
    for _ in range(2):
        asked = await stage.ask_deployment(release, environment)
        await stage.settle()
        await told(stage, Topic.DEPLOYMENT, asked)
        stage.clock.pass_(seconds=1)
    states_of: dict[str, list[str]] = {number: [] for number in ("0", "1")}
    for number, status in forge.deploy_statuses:
        states_of[number].append(status.state.value)
    assert states_of == {"0": told_of_the_first, "1": ["success"]}


@pytest.mark.parametrize("tags", [True, False])
async def test_a_release_is_tagged_where_the_operator_wants_it(*, tags: bool) -> None:
    forge = MemoryForge()
    stage = of_deliveries(DeliveryStage(), forge, tags=tags)
    release = await stage.a_release()
    await told(stage, Topic.RELEASE, release.id)
    assert forge.tags == ({("acme/shop", "releases/app/1"): release.commit_sha} if tags else {})
