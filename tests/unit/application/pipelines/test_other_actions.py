"""Steps that another job does, or somebody outside; and what is shown while a program runs."""

import asyncio
import json
from pathlib import Path

import pytest

from taskforce.application.pipelines.showing import MOST, LiveOutput
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import JobFailed
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.signals import ANSWER
from taskforce.core.pipelines.events import STEP_COMPLETED
from taskforce.core.pipelines.model import Run, RunStatus
from taskforce.core.pipelines.task import STEP_REPORT
from taskforce.core.principals import DEFAULT_PROJECT
from tests.unit.application.pipelines.cast import Configs, Scene, steps, words

ASKED = {"name": "ask", "action": "below", "with": {"size": 3}}
SIGNED = {"name": "sign", "action": "external", "timeout": "5m"}
KEY = "build/app/sign/report"


def one_task(*parts: object) -> Configs:
    return Configs(phases={"build": {}}, projects={"app": {"build": parts}})  # type: ignore[dict-item]


async def test_a_job_of_another_kind_does_a_step_and_its_result_is_the_log(tmp_path: Path) -> None:
    async def below(job: Job, _: JobContext) -> JsonObject:
        return {"doubled": job.input["size"] * 2}  # type: ignore[operator]

    scene = Scene(tmp_path, one_task(ASKED, *steps("after")), below=below)
    run = await scene.run()
    assert run.status is RunStatus.SUCCESS
    step = run.phases[0].tasks[0].steps[0]
    (_, log) = await scene.stage.store.artifacts(run.facts.id)
    assert log.ref.key == step.logs_key
    assert b'"doubled": 6' in await scene.stage.artifacts.read(log.ref)
    child = next(job for job in scene.stage.store.jobs() if job.kind == "below")
    assert (child.subject, child.parent) == ("about/it", run.facts.id)


@pytest.mark.parametrize("more", [-1, 0, 1])
async def test_a_result_of_more_than_a_mebibyte_is_stored_beside_the_record(
    tmp_path: Path, more: int
) -> None:
    text = "x" * (1024 * 1024 + more - len('{"text":""}'))

    async def below(_: Job, __: JobContext) -> JsonObject:
        return {"text": text}

    scene = Scene(tmp_path, one_task(ASKED), below=below)
    run = await scene.run()
    assert run.status is RunStatus.SUCCESS
    child = next(job for job in scene.stage.store.jobs() if job.kind == "below")
    kept = {one.ref.kind: one.ref for one in await scene.stage.store.artifacts(run.facts.id)}
    log = json.loads(await scene.stage.artifacts.read(kept["step_log"]))
    if more <= 0:
        assert log == {"text": text}
        assert set(kept) == {"step_log"}
        return
    ref = kept["step_result"]
    assert (ref.key, ref.size) == (
        f"pipeline-runs/{run.facts.id}/results/below/{child.id}.json",
        1024 * 1024 + 1,
    )
    assert json.loads(await scene.stage.artifacts.read(ref)) == {"text": text}
    assert log == {"result": ref.model_dump(mode="json")}
    events = await scene.stage.store.events(run.facts.id, after=0, limit=100)
    (told,) = (one.event.details for one in events if one.event.type == STEP_COMPLETED)
    assert told["result"] == ref.model_dump(mode="json")


async def test_a_job_that_fails_fails_its_step_and_is_tried_again_if_that_says_so(tmp_path: Path) -> None:
    tries: list[str] = []

    async def below(job: Job, _: JobContext) -> JsonObject:
        tries.append(job.id)
        raise JobFailed("no_luck", "It had no luck.")

    scene = Scene(tmp_path, one_task({**ASKED, "retries": 1}), below=below)
    run = await scene.run()
    assert run.error == "build/app/ask: It had no luck."
    assert len(set(tries)) == 2


async def asked_in_vain(tmp_path: Path, *, seconds: int, timeout: str) -> tuple[Scene, Run]:
    """A run of a step that another job does, which waits for ever; so much time passes."""

    async def below(_: Job, ctx: JobContext) -> JsonObject:
        await ctx.wait_for("ask", ANSWER)
        return {}

    scene = Scene(tmp_path, one_task({**ASKED, "timeout": timeout}, *steps("after")), below=below)
    run = await scene.run()
    scene.stage.clock.pass_(seconds=seconds)
    await scene.stage.settle()
    return scene, await scene.standing(run.facts.id)


@pytest.mark.parametrize(("timeout", "said"), [("5m", "5m"), ("50m", "30m")])
async def test_a_job_that_takes_longer_than_its_step_or_phase_may_is_cancelled(
    tmp_path: Path, timeout: str, said: str
) -> None:
    scene, run = await asked_in_vain(tmp_path, seconds=30 * 60, timeout=timeout)
    assert run.status is RunStatus.FAILED
    assert (
        run.error == f"build/app/ask: Its below took longer than the {said} that it might, and was cancelled."
    )
    assert scene.programs.ran == []
    (child,) = (job for job in scene.stage.store.jobs() if job.kind == "below")
    assert child.status is JobStatus.CANCELLED


async def test_the_jobs_of_a_run_are_cancelled_with_it(tmp_path: Path) -> None:
    scene, run = await asked_in_vain(tmp_path, seconds=0, timeout="5m")
    await scene.stage.store.cancel(run.facts.id, project=DEFAULT_PROJECT)
    assert {job.status for job in scene.stage.store.jobs()} == {JobStatus.CANCELLED}
    assert (await scene.standing(run.facts.id)).status is RunStatus.CANCELLED


async def waiting(tmp_path: Path, *more: object) -> tuple[Scene, Run]:
    scene = Scene(tmp_path, one_task(SIGNED, *more))
    run = await scene.run()
    assert words(run)["build/app/sign"] == "running"
    return scene, run


async def reported(scene: Scene, run: Run, **said: object) -> Run:
    payload: JsonObject = {**said}  # type: ignore[dict-item]
    await scene.stage.answer(run.facts.id, KEY, STEP_REPORT, payload)
    await scene.stage.settle()
    return await scene.standing(run.facts.id)


async def test_a_run_waits_for_an_external_step_and_goes_on_with_its_word(tmp_path: Path) -> None:
    scene, run = await waiting(tmp_path, *steps("after"))
    assert run.status is RunStatus.RUNNING
    run = await reported(scene, run, status="success", exit_code=0, logs_key="pipeline-runs/x/logs/a")
    assert run.status is RunStatus.SUCCESS
    step = run.phases[0].tasks[0].steps[0]
    assert (step.exit_code, step.logs_key) == (0, "pipeline-runs/x/logs/a")


async def test_an_external_step_that_failed_fails_its_task(tmp_path: Path) -> None:
    scene, run = await waiting(tmp_path, *steps("after"))
    run = await reported(scene, run, status="failed", exit_code=2, error="No key.")
    assert (run.status, run.error) == (RunStatus.FAILED, "build/app/sign: No key.")
    assert scene.programs.ran == []


async def test_a_task_that_was_reported_fails_also_where_its_step_is_not_required(tmp_path: Path) -> None:
    scene = Scene(tmp_path, one_task({**SIGNED, "required": False}, *steps("after")))
    run = await reported(scene, await scene.run(), status="failed", error="No key.", ends_task=True)
    assert (run.status, scene.programs.ran) == (RunStatus.FAILED, [])


async def test_nobody_is_waited_for_for_ever(tmp_path: Path) -> None:
    scene, run = await waiting(tmp_path)
    scene.stage.clock.pass_(seconds=301)
    await scene.stage.settle()
    run = await scene.standing(run.facts.id)
    assert run.error == "build/app/sign: Nobody reported within 5m."


async def test_live_output_is_gathered_and_what_is_too_much_is_said() -> None:
    shown: list[str] = []
    output = LiveOutput(shown.append)
    output("one ")
    output("two\n")
    assert shown == []
    await asyncio.sleep(0.3)
    assert shown == ["one two\n"]
    output("x" * (MOST + 5))
    output("y")
    output.flush()
    assert shown[1].startswith("xxx")
    assert shown[1].endswith("[… 6 characters left out, the log holds them …]\n")
    output("")
    output.flush()
    assert len(shown) == 2
