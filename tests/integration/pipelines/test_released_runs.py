"""A release of a run has the run's branch, trigger and people; and MCP clients deliver as all others do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taskforce.application.executor import AgentExecutor
from taskforce.application.factory import close_container, open_container
from taskforce.core.principals import local_principal
from taskforce.mcp.arguments import read
from taskforce.mcp.services import NoStop, Services
from taskforce.mcp.tools import BY_NAME
from taskforce.settings import Settings
from tests.delivery_builders import a_commit
from tests.integration.pipelines.api_of_runs import Json, RunsApi, a_shop, runs_api

SHOP = {"repo": "acme/shop", "project": "app"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunsApi]:
    folder = tmp_path_factory.mktemp("released")
    shops = {name: a_shop(folder / name) for name in ("acme/shop", "acme/tagged", "acme/asked")}
    with runs_api(folder / "home", shops) as found:
        yield found


def released(runs: RunsApi, repository: str, **fields: Any) -> Json:  # noqa: ANN401 - any field of the run
    """Run a repository and release what it built; return the release."""
    body = runs.body(repository, **fields)
    run = runs.until(runs.start(repository, **fields))["id"]
    asked = {"repository": repository, "project": "app", "commit_sha": body["commit_sha"], "artifacts": []}
    made = runs.client.post("/v1/releases", json={**asked, "pipeline_run_id": run})
    assert made.status_code == 201, made.text
    found: Json = runs.client.get(f"/v1/releases/{repository}/app/1").json()
    return found


@pytest.mark.parametrize(
    ("repository", "fields", "trigger", "names"),
    [
        ("acme/shop", {"branch": "main"}, ("branch_push", "main"), {"1", "main-1"}),
        ("acme/tagged", {"branch": "refs/tags/v1.2.3"}, ("tag", ""), {"1", "v1.2.3"}),
        ("acme/asked", {"trigger_type": "manual"}, ("manual", "main"), {"1", "main-1"}),
    ],
)
def test_a_release_tells_what_made_it(
    runs: RunsApi, repository: str, fields: Json, trigger: tuple[str, str], names: set[str]
) -> None:
    release = released(runs, repository, **fields)
    assert release["trigger"] == {
        "trigger_type": trigger[0],
        "branch": trigger[1],
        "triggered_by": "alice@company.com",
    }
    assert {one["alias"] for one in release["aliases"]} == names


def test_a_run_of_something_else_is_refused(runs: RunsApi) -> None:
    run = runs.start("acme/asked", trigger_type="pull_request")
    asked = {"repository": "acme/asked", "project": "app", "commit_sha": a_commit(1), "artifacts": []}
    refused = runs.client.post("/v1/releases", json={**asked, "pipeline_run_id": run})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/pipeline_run_id"


async def nobody(number: int, message: str) -> None:
    """Nobody listens."""


async def test_mcp_clients_deliver_too(tmp_path: Path) -> None:
    container = open_container(Settings(home=tmp_path, model_probe=False))
    services = Services(
        missions=container.missions(),
        sessions=container.sessions(),
        jobs=container.jobs(),
        runs=container.runs(),
        releases=container.releases(),
        deployments=container.deployments(),
        approvals=container.approvals(),
        scenario_runs=container.scenario_runs(),
        experiments=container.experiments(),
        debriefs=container.debriefs(),
        executor=AgentExecutor(container),
        principal=local_principal(),
        stop=NoStop(),
    )

    async def call(name: str, **words: Any) -> Json:  # noqa: ANN401 - any argument
        offer = BY_NAME[name]
        return (await offer.call(services, read(words, offer.asked), nobody)).model_dump(mode="json")

    try:
        asked = {"repository": "acme/shop", "project": "app", "commit_sha": a_commit(7), "artifacts": []}
        job = await call("releases_create", **asked)
        assert (await call("jobs_watch", job_id=job["id"], wait_seconds=30))["items"]
        release = await call("releases_get", **SHOP, release_id="1")
        assert release["id"] == job["id"]
        assert (await call("releases_list", **SHOP))["total"] == 1
        await call("releases_alias", **SHOP, release_id="1", alias="stable")
        assert await call("releases_unalias", **SHOP, alias="stable") == {"alias": "stable"}
        pair = {"release_id": release["id"], "environment": "dev"}
        approval = (await call("approvals_create", **pair, justification="Why not."))["approval_id"]
        assert await call("approvals_revoke", approval_id=approval) == {"approval_id": approval}
        assert (await call("approvals_get", **pair))["status"] == "revoked"
        deployed = await call("deployments_create", **pair)
        assert deployed["kind"] == "deployment"
        await call("jobs_watch", job_id=deployed["id"], wait_seconds=30)
        (row,) = (await call("deployments_history", environment="dev", **SHOP))["deployments"]
        assert (row["status"], "gitops_url" in row["reason"]) == ("failed", True)
    finally:
        close_container(container)
