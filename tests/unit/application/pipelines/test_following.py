"""A run that succeeded makes the releases that its projects ask for: each once, whatever stops it."""

from pathlib import Path
from typing import Any

import pytest

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import JobFilter
from taskforce.core.paging import Page
from taskforce.core.pipelines.delivery import Product, Release
from taskforce.core.pipelines.model import Run, RunStatus
from taskforce.core.pipelines.task import kept_of
from taskforce.core.principals import DEFAULT_PROJECT
from tests.delivery_builders import a_release, made
from tests.pipeline_builders import SHA
from tests.unit.application.pipelines.cast import Configs, Scene, steps

ON_MAIN = {"release": {"on": [{"branch": "main"}]}, "artifacts": [{"name": "image", "uri": "oci://a"}]}


def configured(*names: str, **more: Any) -> Configs:  # noqa: ANN401 - any key of a project
    """Projects that are released when main is pushed."""
    projects = {name: {"build": steps(f"build-{name}")} for name in names or ("app",)}
    return Configs(phases={"build": {}}, projects=projects, more={**ON_MAIN, **more})


def a_product(name: str = "app") -> Product:
    return Product(project=DEFAULT_PROJECT, repository="acme/shop", name=name)


async def releases(scene: Scene, name: str = "app") -> list[Release]:
    return list((await scene.releases.list(a_product(name), Page(limit=100))).items)


async def of_releases(scene: Scene, run: Run) -> list[str]:
    return [one for one in await scene.told(run) if one.startswith("release.")]


async def test_a_run_of_a_branch_that_is_named_releases_its_commit(tmp_path: Path) -> None:
    scene = Scene(tmp_path, configured())
    run = await scene.run()
    assert run.status is RunStatus.SUCCESS
    (release,) = await releases(scene)
    assert (release.release_number, release.commit_sha, release.run) == (1, SHA, run.facts.id)
    assert release.trigger.triggered_by == "ann"
    assert {one.alias for one in release.aliases} == {"1", "main-1"}
    assert [one.name for one in release.artifacts] == ["image"]
    child = await scene.stage.job(release.id)
    assert (child.kind, child.parent, child.concurrency is not None) == ("release", run.facts.id, True)
    assert (await scene.told(run))[-3:] == [
        "release.completed release app 1",
        "pipeline.run.completed success",
        "complete",
    ]


@pytest.mark.parametrize("fields", [{"branch": "topic"}, {"trigger_type": "pull_request"}])
async def test_other_runs_release_nothing_and_say_why(tmp_path: Path, fields: dict[str, str]) -> None:
    scene = Scene(tmp_path, configured("app", "lib"))
    run = await scene.run(**fields)
    assert run.status is RunStatus.SUCCESS
    (told,) = await of_releases(scene, run)
    assert told.startswith("release.skipped release app, lib: ")
    assert scene.registry.packed == {}


async def test_a_working_folder_is_not_released(tmp_path: Path) -> None:
    scene = Scene(tmp_path, configured(release={"on": [{"manual": True}]}))
    run = await scene.run(repository="/home/ann/shop", trigger_type="manual")
    assert run.status is RunStatus.SUCCESS
    (told,) = await of_releases(scene, run)
    assert told.startswith("release.skipped release app: a working folder is nothing that others can build")


async def test_a_repository_that_releases_nothing_is_silent(tmp_path: Path) -> None:
    scene = Scene(tmp_path, configured(release={}))
    assert await of_releases(scene, await scene.run()) == []
    assert await of_releases(scene, await scene.run(repository="/home/ann/shop")) == []


async def test_a_failed_run_releases_nothing(tmp_path: Path) -> None:
    configs = Configs(phases={"build": {}}, projects={"app": {"build": steps("b", run="b")}}, more=ON_MAIN)
    scene = Scene(tmp_path, configs)
    scene.programs.do = {"b": lambda *_: (_ for _ in ()).throw(RuntimeError("broken"))}
    run = await scene.run()
    assert (run.status, await releases(scene)) == (RunStatus.FAILED, [])


@pytest.mark.parametrize(
    "place",
    [
        *("step.start:after/release/app/known", "step.done.recorded:after/release/app/known"),
        *("step.start:1/pack", "step.done:1/pack", "step.done.recorded:released", "job.ending"),
    ],
)
async def test_a_crash_at_any_place_leaves_one_release_and_repeats_no_step(
    tmp_path: Path, place: str
) -> None:
    scene = Scene(tmp_path, configured())
    scene.stage.trap.place = place
    run = await scene.run()
    assert scene.stage.trap.place is None
    assert run.status is RunStatus.SUCCESS
    assert [one.release_number for one in await releases(scene)] == [1]
    assert len(scene.registry.packed) == 1
    assert scene.programs.ran == ["build-app"]
    told = await scene.told(run)
    assert len(told) == len(set(told))


async def test_a_commit_that_is_released_already_stays_as_it_is(tmp_path: Path) -> None:
    scene = Scene(tmp_path, configured())
    await scene.run()
    again = await scene.run()
    assert again.status is RunStatus.SUCCESS
    told = "release.skipped release app: this commit is released already, as 1."
    assert await of_releases(scene, again) == [told]
    assert [one.release_number for one in await releases(scene)] == [1]


async def test_a_commit_that_somebody_else_releases_meanwhile_fails_no_run(tmp_path: Path) -> None:
    scene = Scene(tmp_path, configured())
    run = await scene.begin()
    await scene.stage.play_one()  # as far as to its release, which is handed in and not played
    scene.deliveries.create_release(made(a_release(1, product=a_product(), commit_sha=SHA)))
    await scene.stage.settle()
    standing = await scene.standing(run)
    assert standing.status is RunStatus.SUCCESS
    told = "release.skipped release app: this commit is released already, as 1."
    assert await of_releases(scene, standing) == [told]


async def test_a_release_that_cannot_be_made_fails_the_run_and_a_rerun_makes_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path, configured("app", "lib"))
    scene.registry.away = 3  # as often as one release tries
    run = await scene.run()
    assert run.status is RunStatus.FAILED
    assert {phase.status.value for phase in run.phases} == {"success"}
    job = await scene.job(run)
    assert job.outcome is not None
    assert job.outcome.failure is not None
    failure = job.outcome.failure
    assert (failure.code, failure.details) == ("release_failed", {"phase": "release"})
    assert failure.message == "release/app: It is away."
    assert await of_releases(scene, run) == [
        "release.completed release app",
        "release.completed release lib 1",
    ]
    ran = [*scene.programs.ran]
    kept = [one.model_dump(mode="json") for one in kept_of(run)]
    again = await scene.run(rerun_of=run.facts.id, kept=kept)
    assert (again.status, scene.programs.ran) == (RunStatus.SUCCESS, ran)
    for name in ("app", "lib"):
        assert [one.release_number for one in await releases(scene, name)] == [1]


async def the_child(scene: Scene, run: JobId) -> Job:
    wanted = JobFilter(project=DEFAULT_PROJECT, parent=run)
    (child,) = (await scene.stage.store.list(wanted, Page(limit=10))).items
    return child


async def test_a_retried_job_makes_a_release_that_somebody_cancelled(tmp_path: Path) -> None:
    scene = Scene(tmp_path, configured())
    run = await scene.begin()
    await scene.stage.play_one()  # as far as to its release, which is handed in and not played
    await scene.stage.store.cancel((await the_child(scene, run)).id, project=DEFAULT_PROJECT)
    await scene.stage.settle()
    assert (await scene.standing(run)).status is RunStatus.FAILED
    again = await scene.stage.again(await scene.stage.job(run))
    assert (again.status, scene.programs.ran) == (JobStatus.SUCCEEDED, ["build-app"])
    assert [one.release_number for one in await releases(scene)] == [1]


async def test_a_run_that_is_cancelled_takes_its_release_along(tmp_path: Path) -> None:
    scene = Scene(tmp_path, configured())
    run = await scene.begin()
    await scene.stage.play_one()
    await scene.stage.store.cancel(run, project=DEFAULT_PROJECT)
    await scene.stage.settle()
    assert (await scene.standing(run)).status is RunStatus.CANCELLED
    assert (await the_child(scene, run)).status is JobStatus.CANCELLED
    assert await releases(scene) == []
