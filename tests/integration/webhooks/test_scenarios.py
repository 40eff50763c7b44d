"""What is told outside of runs of scenarios: as of every other job."""

from pathlib import Path

from taskforce.application.webhooks.schemas import CreateWebhook
from taskforce.core.identity import JobId
from taskforce.core.scenarios.scenario import ScenarioConfig
from tests.integration.scenarios.plays import ME, import_plant, is_over, job_when, start
from tests.integration.webhooks.teller import idle
from tests.integration.webhooks.test_delivering import house
from tests.services.receiver import receiver


async def test_a_run_that_is_completed_and_one_that_fails_are_told(tmp_path: Path) -> None:
    with receiver() as there:
        async with house(tmp_path) as container:
            asked = {"url": there.url("/all"), "event_types": ["taskforce.scenario.*"]}
            made = await container.webhooks().create(ME, CreateWebhook.model_validate(asked))
            await import_plant(container, "two-machine-line")
            run = await start(container, ScenarioConfig(name="base"))
            completed = await job_when(container, run, is_over)
            desk = container.desk()
            wrong = completed.input | {"scenario": {"release_policy": "CONWIP"}}
            broken = await desk.accept(desk.new("scenario", ME, wrong, subject=None, alone=False))
            await job_when(container, JobId(broken.id), is_over)
            await idle(container)
            bodies = [one.verified(made.secret or "") for one in there.on("/all")]
    assert [(body["subject"], body["type"]) for body in bodies if body["subject"] == run] == [
        (run, f"taskforce.scenario.{name}.v1") for name in ("started", "complete")
    ]
    assert [body["type"] for body in bodies if body["subject"] == broken.id] == [
        f"taskforce.scenario.{name}.v1" for name in ("started", "error", "complete")
    ]
