"""What finds logs of runs that are over promises, whatever it is kept in."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Claims, Commit
from taskforce.core.pipelines.changes import ActivateDeployment
from taskforce.core.pipelines.delivery import Environment
from taskforce.core.pipelines.retention import RunEnvironment, log_terms
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import LEASE, OTHER_PROJECT, a_lease, an_artifact, success
from tests.delivery_builders import a_deployment, a_release, asked, made
from tests.integration.contracts.stores import Stores
from tests.pipeline_builders import a_run, created

DAY = timedelta(days=1).total_seconds()
DAYS = {RunEnvironment.DEVELOPMENT: 7, RunEnvironment.STAGING: 30, RunEnvironment.PRODUCTION: 90}


async def ended(stores: Stores, clock: SetClock, *keys: str, **fields: Any) -> Job:  # noqa: ANN401 - any field of a run
    """A run that ends now, with artifacts of these keys below its own; without any, with a log."""
    job, facts = a_run(created_at=clock.now(), **fields)
    job = await stores.jobs.submit(job, changes=[created(facts)], lease=a_lease())
    kept = [f"pipeline-runs/{job.id}/{key}" for key in keys or ("logs/build/app/test.log",)]
    artifacts = [an_artifact(job, key=key) for key in (*kept, f"default/{job.id}/steps/long.json")]
    await stores.jobs.commit(job, Commit(artifacts=tuple(artifacts)), lease=LEASE)
    return await stores.jobs.end(job, Commit(), success())


async def over(
    stores: Stores,
    now: datetime,
    environment: str = "development",
    **more: Any,  # noqa: ANN401 - a page
) -> list[JobId]:
    terms = log_terms(RunEnvironment(environment), DAYS, now=now)
    page = {"after": None, "limit": 100, **more}
    return list(await stores.log_pruning.over(DEFAULT_PROJECT, terms, **page))


@pytest.mark.parametrize(("environment", "days"), [("development", 7), ("staging", 30), ("production", 90)])
async def test_logs_are_over_after_the_days_of_their_environment(
    stores: Stores, clock: SetClock, environment: str, days: int
) -> None:
    run = await ended(stores, clock)
    await ended(stores, clock, project=OTHER_PROJECT)
    going, facts = a_run(created_at=clock.now())
    await stores.jobs.submit(going, changes=[created(facts)], lease=a_lease())
    clock.pass_(seconds=days * DAY)
    assert await over(stores, clock.now(), environment) == []
    clock.pass_(seconds=1)
    assert await over(stores, clock.now(), environment) == [run.id]


async def test_what_is_forgotten_is_not_found_again_and_the_rest_of_the_run_stays(
    stores: Stores, clock: SetClock
) -> None:
    runs = sorted(
        [(await ended(stores, clock, "logs/a/b/c.log", "results/mission/d.json")).id for _ in range(3)]
    )
    clock.pass_(seconds=8 * DAY)
    assert await over(stores, clock.now(), limit=2) == runs[:2]
    assert await over(stores, clock.now(), after=runs[1]) == runs[2:]
    for _ in range(2):
        await stores.log_pruning.forget(runs[0])
    assert await over(stores, clock.now()) == runs[1:]
    kept = [artifact.ref.key for artifact in await stores.jobs.artifacts(runs[0])]
    assert kept == [f"default/{runs[0]}/steps/long.json"]
    assert len(await stores.jobs.artifacts(runs[1])) == 3
    run = await stores.runs.get(runs[0], project=DEFAULT_PROJECT)
    assert run.facts.id == runs[0]


@pytest.mark.parametrize(
    ("environment", "days"),
    [(Environment.DEV, 7), (Environment.STAGING, 30), (Environment.PRODUCTION, 90)],
)
async def test_logs_of_what_was_deployed_are_kept_as_long_as_its_place_says(
    stores: Stores, clock: SetClock, environment: Environment, days: int
) -> None:
    run = await ended(stores, clock)
    release = a_release(run=run.id)
    job, deployment = a_deployment(release, environment=environment)
    changes = [made(release), asked(deployment)]
    await stores.jobs.submit(job, changes=changes)
    clock.pass_(seconds=5 * DAY)
    leased = await stores.jobs.claim(Claims(kinds=frozenset({"deployment"})), a_lease())
    assert leased is not None
    active = ActivateDeployment(deployment=deployment.id, at=clock.now())
    await stores.jobs.end(leased, Commit(changes=(active,)), success())
    clock.pass_(seconds=days * DAY)
    assert await over(stores, clock.now()) == []
    clock.pass_(seconds=1)
    assert await over(stores, clock.now()) == [run.id]


async def test_a_deployment_that_came_to_no_place_keeps_no_log(stores: Stores, clock: SetClock) -> None:
    run = await ended(stores, clock)
    release = a_release(run=run.id)
    job, deployment = a_deployment(release, environment=Environment.PRODUCTION)
    await stores.jobs.submit(job, changes=[made(release), asked(deployment)])
    clock.pass_(seconds=8 * DAY)
    assert await over(stores, clock.now()) == [run.id]


async def test_a_run_that_is_out_of_sight_has_no_logs(stores: Stores, clock: SetClock) -> None:
    run = await ended(stores, clock)
    clock.pass_(seconds=8 * DAY)
    await stores.pruning.prune(run.id, before=clock.now(), at=clock.now())
    assert await over(stores, clock.now()) == []
