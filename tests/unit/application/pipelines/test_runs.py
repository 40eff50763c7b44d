"""Runs are played in order, stop where they must, and say how they stand."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from taskforce.application.pipelines.tidying import Tidying
from taskforce.core.jobs.model import JobStatus
from taskforce.core.pipelines.model import RunStatus
from taskforce.core.pipelines.ports import StepEnded
from taskforce.core.principals import DEFAULT_PROJECT
from tests.unit.application.pipelines.cast import DONE, Configs, Scene, failed, steps, words

TWO_GROUPS = Configs(
    phases={"build": {"group": 1}, "lint": {"group": 1}, "deploy": {"group": 2}},
    projects={
        "app": {"build": steps("a1", "a2"), "deploy": steps("a3")},
        "web": {"build": steps("w1"), "lint": steps("w2"), "deploy": steps("w3")},
    },
)


def one_task(*parts: Mapping[str, object], phase: Mapping[str, object] | None = None) -> Configs:
    return Configs(phases={"build": phase or {}}, projects={"app": {"build": list(parts)}})


async def test_groups_rise_and_the_steps_of_a_task_are_in_order(tmp_path: Path) -> None:
    scene = Scene(tmp_path, TWO_GROUPS)
    run = await scene.run()
    assert run.status is RunStatus.SUCCESS
    assert set(words(run).values()) == {"success"}
    ran = scene.programs.ran
    assert set(ran[:4]) == {"a1", "a2", "w1", "w2"}
    assert set(ran[4:]) == {"a3", "w3"}
    assert ran.index("a1") < ran.index("a2")


async def test_the_events_tell_the_way_and_end_as_the_seed_says(tmp_path: Path) -> None:
    scene = Scene(tmp_path, one_task(*steps("a")))
    told = await scene.told(await scene.run())
    assert told == [
        "pipeline.run.created acme/shop at main",
        "run.planned 1 phases",
        "phase.started build",
        "task.started build/app",
        "step.started build/app/a",
        "step.completed build/app/a",
        "task.completed build/app",
        "phase.completed build",
        "pipeline.run.completed success",
        "complete",
    ]


async def test_a_failing_step_fails_task_phase_and_run_and_later_phases_are_skipped(tmp_path: Path) -> None:
    scene = Scene(tmp_path, TWO_GROUPS, limit=4, a1=lambda *_: failed(3))
    run = await scene.run()
    assert run.status is RunStatus.FAILED
    assert run.error == "build/app/a1: It ended with exit code 3."
    assert words(run) == {
        "build": "failed",
        "build/app": "failed",
        "build/app/a1": "failed",
        "build/app/a2": "pending",
        "build/web": "success",
        "build/web/w1": "success",
        "lint": "success",
        "lint/web": "success",
        "lint/web/w2": "success",
        "deploy": "skipped",
        "deploy/app": "pending",
        "deploy/app/a3": "pending",
        "deploy/web": "pending",
        "deploy/web/w3": "pending",
    }
    assert run.phases[0].tasks[0].steps[0].exit_code == 3
    told = await scene.told(run)
    assert told[-4:-2] == [f"pipeline.run.failed {run.error}", "pipeline.run.completed failed"]


async def test_after_a_failure_no_task_begins(tmp_path: Path) -> None:
    scene = Scene(tmp_path, TWO_GROUPS, limit=1, a1=lambda *_: failed())
    run = await scene.run()
    assert scene.programs.ran == ["a1"]
    assert words(run)["build/web"] == words(run)["lint/web"] == "pending"
    assert words(run)["lint"] == "skipped"


async def test_what_is_not_required_fails_alone(tmp_path: Path) -> None:
    phases = {"lint": {"required": False}, "build": {"group": 2}}
    parts = [*steps("a", required=False), *steps("b")]
    configs = Configs(phases=phases, projects={"app": {"lint": steps("l"), "build": parts}})
    run = await Scene(tmp_path, configs, l=lambda *_: failed(), a=lambda *_: failed()).run()
    assert run.status is RunStatus.SUCCESS
    assert words(run) == {
        "lint": "failed",
        "lint/app": "failed",
        "lint/app/l": "failed",
        "build": "success",
        "build/app": "success",
        "build/app/a": "failed",
        "build/app/b": "success",
    }


async def test_a_step_is_tried_again_as_often_as_it_says(tmp_path: Path) -> None:
    outcomes = iter([failed(), failed(), DONE])
    scene = Scene(tmp_path, one_task(*steps("a", retries=2)), a=lambda *_: next(outcomes))
    run = await scene.run()
    assert run.status is RunStatus.SUCCESS
    assert scene.programs.ran == ["a", "a", "a"]
    (log,) = await scene.stage.store.artifacts(run.facts.id)
    assert log.ref.key == f"pipeline-runs/{run.facts.id}/logs/build/app/a.log"
    assert await scene.stage.artifacts.read(log.ref) == b"a\na\na\n"


async def test_a_step_that_keeps_failing_has_its_log_too(tmp_path: Path) -> None:
    scene = Scene(tmp_path, one_task(*steps("a", retries=1)), a=lambda *_: failed(2))
    run = await scene.run()
    step = run.phases[0].tasks[0].steps[0]
    assert (step.exit_code, step.logs_key) == (2, f"pipeline-runs/{run.facts.id}/logs/build/app/a.log")
    assert scene.programs.ran == ["a", "a"]


async def test_a_step_is_given_its_words_its_variables_and_the_time_that_is_left(tmp_path: Path) -> None:
    listed = {"name": "a", "run": ["make", "x"], "env": {"A": "1"}, "secrets": ["TOKEN"], "timeout": "45m"}
    scene = Scene(tmp_path, one_task(listed, *steps("b")))
    run = await scene.run()
    first, second = scene.programs.commands
    assert first.argv == ("make", "x")
    assert second.argv == ("sh", "-eu", "-c", "b")
    assert first.folder == "app"
    assert first.env == {"TASKFORCE_RUN_ID": run.facts.id, "A": "1"}
    assert first.secrets == {"TOKEN": "correct horse battery"}
    assert first.timeout.total_seconds() == 30 * 60  # what its phase may take


async def test_the_phases_time_is_shared_by_its_steps(tmp_path: Path) -> None:
    scene = Scene(tmp_path, one_task(*steps("a", "b"), phase={"timeout": "10m"}))

    def long(*_: object) -> StepEnded:
        scene.stage.clock.pass_(seconds=9 * 60)
        return DONE

    scene.programs.do = {"a": long}
    await scene.run()
    assert [command.timeout.total_seconds() for command in scene.programs.commands] == [600, 60]


async def test_a_secret_that_is_not_set_fails_its_step(tmp_path: Path) -> None:
    scene = Scene(tmp_path, one_task(*steps("a", secrets=["OTHER"])))
    run = await scene.run()
    assert run.error == "build/app/a: OTHER is not set in the worker's environment."
    assert scene.programs.ran == []


async def test_an_action_that_nobody_knows_fails_the_run_before_anything_runs(tmp_path: Path) -> None:
    scenario = {"name": "sim", "action": "scenario", "with": {}}
    scene = Scene(tmp_path, one_task(*steps("a"), scenario))
    run = await scene.run()
    assert run.status is RunStatus.FAILED
    assert "'scenario'" in run.error
    assert "needs the capability scenarios" in run.error
    assert scene.programs.ran == []
    assert run.phases == ()
    job = await scene.job(run)
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.details == {"phase": "discovery"}


async def test_the_tree_is_removed_when_the_run_is_over(tmp_path: Path) -> None:
    for do in (DONE, failed()):
        scene = Scene(tmp_path, one_task(*steps("a")), a=lambda *_, do=do: do)
        run = await scene.run()
        assert scene.sources.opened == [run.facts.id]
        assert scene.sources.kept == set()


async def test_the_tree_of_a_run_whose_worker_was_killed_is_removed_when_its_cancel_lands(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path, one_task(*steps("a", "b")))
    run = await scene.begin()
    scene.stage.trap.place = "step.start:build/app/b/1"
    assert await scene.stage.play_one()
    assert scene.sources.kept == {run}
    await scene.stage.store.cancel(run, project=DEFAULT_PROJECT)
    await scene.stage.settle()
    assert (await scene.standing(run)).status is RunStatus.CANCELLED
    assert (scene.programs.ran, scene.sources.kept) == (["a"], set())


async def test_phases_are_measured_when_they_end_by_usual_names(tmp_path: Path) -> None:
    def slow(*_: object) -> StepEnded:
        scene.stage.clock.pass_(seconds=20)
        return DONE

    phases = {"build": {"group": 1}, "odd": {"group": 2}, "test": {"group": 3}, "deploy": {"group": 4}}
    parts = {"build": steps("a"), "odd": steps("b"), "test": steps("c"), "deploy": steps("d")}
    configs = Configs(phases=phases, projects={"app": parts})
    scene = Scene(tmp_path, configs, a=slow, c=lambda *_: failed())
    scene.stage.trap.place = "step.start:odd/app/b/1"
    await scene.run()
    told = scene.meter.text()
    for phase, status in (("build", "success"), ("other", "success"), ("test", "failed")):
        assert f'phase_duration_seconds_count{{phase="{phase}",status="{status}"}} 1' in told
    assert 'phase_duration_seconds_sum{phase="build",status="success"} 20' in told
    assert "deploy" not in told
    assert "odd" not in told


async def test_what_a_run_left_that_was_cancelled_while_it_waited_is_removed_by_a_duty(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path, one_task(*steps("a"), {"name": "sign", "action": "external"}))
    run = await scene.run()
    duty = Tidying(sources=scene.sources, runs=scene.runs, every=timedelta())
    await duty.keep()
    assert scene.sources.kept == {run.facts.id}, "it goes on"
    await scene.stage.store.cancel(run.facts.id, project=DEFAULT_PROJECT)
    await duty.keep()
    assert scene.sources.kept == set()


async def test_what_a_lost_run_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    scene = Scene(tmp_path, one_task(*steps("a")))
    lost = await scene.begin()
    await scene.sources.open(lost, "acme/shop", "")
    await scene.stage.store.cancel(lost, project=DEFAULT_PROJECT)
    assert scene.sources.kept == {lost}
    await scene.run()
    assert scene.sources.kept == set()


async def test_a_run_that_is_cancelled_before_it_began_says_so(tmp_path: Path) -> None:
    scene = Scene(tmp_path, one_task(*steps("a")))
    run = await scene.begin()
    await scene.stage.store.cancel(run, project=DEFAULT_PROJECT)
    standing = await scene.standing(run)
    assert standing.status is RunStatus.CANCELLED
    assert (await scene.told(standing))[1] == "pipeline.run.cancelled cancelled"


@pytest.mark.parametrize("moment", ["start", "done", "done.recorded"])
async def test_after_a_crash_the_run_goes_on_at_its_first_unfinished_step(
    tmp_path: Path, moment: str
) -> None:
    phases = {"build": {"group": 1}, "deploy": {"group": 2}}
    parts = {"build": steps("a1", "a2"), "deploy": steps("a3", "a4")}
    scene = Scene(tmp_path, Configs(phases=phases, projects={"app": parts}))
    scene.stage.trap.place = f"step.{moment}:deploy/app/a3/1"
    run = await scene.run()
    assert run.status is RunStatus.SUCCESS
    assert scene.stage.plays == 2
    assert set(words(run).values()) == {"success"}
    again = ["a3"] if moment == "done" else []
    assert scene.programs.ran == ["a1", "a2", "a3", *again, "a4"]
    told = await scene.told(run)
    assert len(told) == len(set(told))


async def test_a_retried_job_has_its_own_rows_and_goes_on_at_what_failed(tmp_path: Path) -> None:
    outcomes = iter([failed(), DONE])
    scene = Scene(tmp_path, one_task(*steps("a", "b")), b=lambda *_: next(outcomes))
    first = await scene.run()
    again = await scene.stage.again(await scene.job(first))
    assert again.status is JobStatus.SUCCEEDED
    assert scene.programs.ran == ["a", "b", "b"]
    assert set(words(await scene.standing(again.id)).values()) == {"success"}
    assert words(await scene.standing(first.facts.id))["build/app/b"] == "failed"


async def test_a_rerun_keeps_what_succeeded_and_plays_the_rest_from_its_beginning(tmp_path: Path) -> None:
    outcomes = iter([failed(), DONE])
    scene = Scene(tmp_path, TWO_GROUPS, limit=1, w2=lambda *_: next(outcomes))
    first = await scene.run()
    assert scene.programs.ran == ["a1", "a2", "w1", "w2"]
    keeps = [
        {
            "phase": "build",
            "project_name": task.project_name,
            "steps": [{"name": s.name, "exit_code": s.exit_code, "logs_key": s.logs_key} for s in task.steps],
        }
        for task in first.phases[0].tasks
    ]
    scene.programs.ran.clear()
    second = await scene.run(rerun_of=first.facts.id, kept=keeps)
    assert scene.programs.ran == ["w2", "a3", "w3"]
    assert set(words(second).values()) == {"success"}
    kept = second.phases[0].tasks[0].steps[0]
    assert kept.logs_key == f"pipeline-runs/{first.facts.id}/logs/build/app/a1.log"
