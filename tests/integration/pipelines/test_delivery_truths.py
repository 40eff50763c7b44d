"""What holds of releases and deployments under load, under refusal, and over the real git protocol."""

import asyncio
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from taskforce import Taskforce
from taskforce.core.errors import NotFound
from taskforce.core.pipelines.delivery import Environment
from taskforce.core.pipelines.deploying import UNSURE
from taskforce.settings import Settings
from tests.integration.pipelines.api_of_deliveries import Json, deliveries_api, problem
from tests.integration.processes import until
from tests.services.git_server import GitServer, git_server

ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    folder = tmp_path / "served"
    folder.mkdir()
    with git_server(folder) as found:
        yield found


def test_fifty_releases_at_once_have_the_numbers_one_to_fifty(tmp_path: Path) -> None:
    with deliveries_api(tmp_path) as deliveries:
        bodies = [deliveries.body() for _ in range(50)]
        with ThreadPoolExecutor(max_workers=50) as pool:
            answers = list(pool.map(lambda body: deliveries.client.post("/v1/releases", json=body), bodies))
        assert {answer.status_code for answer in answers} <= {201, 202}
        for answer in answers:
            job = f"/api/v1/jobs/{answer.json()['id']}"
            while deliveries.client.get(job).json()["status"] != "succeeded":
                pass
        listed = deliveries.client.get("/v1/releases/acme%2Fshop/app", params={"limit": 100}).json()
        assert [one["release_number"] for one in listed["releases"]] == list(range(50, 0, -1))
        assert {one["commit_sha"] for one in listed["releases"]} == {body["commit_sha"] for body in bodies}


def test_one_commit_that_is_released_many_times_at_once_is_one_release(tmp_path: Path) -> None:
    with deliveries_api(tmp_path) as deliveries:
        body = deliveries.body()
        with ThreadPoolExecutor(max_workers=8) as pool:
            answers = list(pool.map(lambda _: deliveries.client.post("/v1/releases", json=body), range(8)))
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        (made,) = (answer.json()["id"] for answer in answers if answer.status_code == 201)
        for answer in answers:
            if answer.status_code == 409:
                assert answer.json()["error"]["details"] == {"release_id": made}


def test_fifty_deployments_may_be_under_way(tmp_path: Path) -> None:
    with deliveries_api(tmp_path) as deliveries:
        made = deliveries.release()
    with deliveries_api(tmp_path, workers=0) as deliveries:
        body = {"release_id": made["id"], "environment": "dev"}

        def ask() -> Any:  # noqa: ANN401 - an answer
            return deliveries.client.post("/v1/deployments", json=body, headers=ASYNC)

        first, *_ = answers = [ask() for _ in range(50)]
        assert {answer.status_code for answer in answers} == {202}
        refused = ask()
        assert problem(refused) == (429, "too_many_deployments")
        assert int(refused.headers["Retry-After"]) >= 1
        assert deliveries.client.post(f"/api/v1/jobs/{first.json()['id']}/cancel").status_code == 202
        assert ask().status_code == 202
        history = "/v1/deployments/dev/acme/shop/app/history"
        oldest = deliveries.client.get(history, params={"offset": 50}).json()["deployments"][0]
        assert (oldest["status"], oldest["reason"]) == ("failed", "The job was cancelled.")


def test_a_refused_push_is_503_and_leaves_nothing_active(server: GitServer, tmp_path: Path) -> None:
    server.repository("closed.git", hook="exit 1")
    with deliveries_api(tmp_path, gitops_url=server.url("closed.git")) as deliveries:
        made = deliveries.release()
        body = {"release_id": made["id"], "environment": "dev"}
        refused = deliveries.client.post("/v1/deployments", json=body)
        assert problem(refused) == (503, "push_refused")
        assert "pre-receive hook declined" in refused.json()["detail"]
        assert problem(deliveries.client.get("/v1/deployments/dev/acme/shop/app"))[0] == 404
        (row,) = deliveries.client.get("/v1/deployments/dev/acme/shop/app/history").json()["deployments"]
        assert (row["status"], row["deployed_at"]) == ("failed", None)
        assert "pre-receive hook declined" in row["reason"]


def test_without_a_repository_a_deployment_says_what_to_set(tmp_path: Path) -> None:
    with deliveries_api(tmp_path, gitops_url=None) as deliveries:
        body = {"release_id": deliveries.release()["id"], "environment": "dev"}
        refused = deliveries.client.post("/v1/deployments", json=body)
        assert problem(refused) == (503, "push_refused")
        assert "gitops_url" in refused.json()["detail"]


def test_a_push_that_takes_long_is_accepted(server: GitServer, tmp_path: Path) -> None:
    server.repository("slow.git", hook="sleep 3")
    with deliveries_api(tmp_path, gitops_url=server.url("slow.git")) as deliveries:
        body = {"release_id": deliveries.release()["id"], "environment": "dev"}
        answer = deliveries.client.post("/v1/deployments", json=body, headers={"Prefer": "wait=1"})
        assert (answer.status_code, answer.headers["Preference-Applied"]) == (202, "wait=1")
        current = deliveries.until_current(answer.json(), "/v1/deployments/dev/acme/shop/app")
        assert current["gitops_commit_sha"]


def test_a_deployment_that_is_cancelled_while_it_is_pushed_may_have_arrived(
    server: GitServer, tmp_path: Path
) -> None:
    """The server takes what it was sent to its end, whoever has left; the row says so."""
    begun, go = tmp_path / "begun", tmp_path / "go"
    server.repository("ops.git", hook=f"touch '{begun}'; until test -e '{go}'; do sleep 0.02; done")
    place, where = "/v1/deployments/dev/acme/shop/app", "dev/apps/acme/shop/app/release.yaml"
    with deliveries_api(tmp_path, gitops_url=server.url("ops.git")) as deliveries:
        release, ops = deliveries.release(), server.folder / "ops.git"
        body = {"release_id": release["id"], "environment": "dev"}
        job = deliveries.client.post("/v1/deployments", json=body, headers=ASYNC).json()["id"]
        until(begun.exists, what="the push")
        assert deliveries.client.post(f"/api/v1/jobs/{job}/cancel").status_code == 202
        until(lambda: deliveries.client.get(f"/api/v1/jobs/{job}").json()["status"] == "cancelled")
        go.touch()
        until(lambda: log_of(ops), what="the commit of the push")
        assert job in git(ops, "show", f"main:{where}")
        (row,) = deliveries.client.get(f"{place}/history").json()["deployments"]
        assert (row["status"], row["reason"]) == ("failed", f"The job was cancelled. {UNSURE}")
        assert problem(deliveries.client.get(place))[0] == 404
        assert "deployment.created" not in deliveries.events(job)
        again = deliveries.deploy(release)
        current = deliveries.until_current(again, place)
        assert log_of(ops)[0] == current["gitops_commit_sha"]
        assert again["id"] in git(ops, "show", f"main:{where}")


def log_of(repository: Path) -> list[str]:
    """The commits of a bare repository's branch main, newest first; none while it has none."""
    return git(repository, "log", "--format=%H", "--branches").split()


def git(repository: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(repository), *words], capture_output=True, text=True, check=True
    ).stdout


def test_deployments_side_by_side_all_reach_the_repository(server: GitServer, tmp_path: Path) -> None:
    ops = server.repository("ops.git")
    with deliveries_api(tmp_path, gitops_url=server.url("ops.git")) as deliveries:
        made = [deliveries.release(project=name) for name in ("api", "web")]
        asked = [(release, place) for release in made for place in ("dev", "staging")]
        with ThreadPoolExecutor(max_workers=4) as pool:
            done: list[Json] = list(pool.map(lambda one: deliveries.deploy(*one), asked))
        commits = {one["gitops_commit_sha"] for one in done}
        assert set(log_of(ops)) == commits
        assert len(commits) == 4
        for release, place in asked:
            name = release["canonical_id"].split("/")[2]
            deliveries.until_current(
                done[asked.index((release, place))], f"/v1/deployments/{place}/acme/shop/{name}"
            )


def test_who_deploys_may_not_be_who_approved(tmp_path: Path) -> None:
    with deliveries_api(tmp_path, own_approvals=False) as deliveries:
        made = deliveries.release()
        approval = deliveries.approve(made)["approval_id"]
        body = {"release_id": made["id"], "environment": "production", "approval_id": approval}
        assert problem(deliveries.client.post("/v1/deployments", json=body)) == (403, "own_approval")


def test_an_approval_under_a_key_is_told_as_it_was_made(tmp_path: Path) -> None:
    with deliveries_api(tmp_path) as deliveries:
        body = {"release_id": deliveries.release()["id"], "environment": "dev", "justification": "Tested."}
        key = {"Idempotency-Key": "a1"}
        first = deliveries.client.post("/v1/approvals", json=body, headers=key)
        assert deliveries.client.delete(f"/v1/approvals/{first.json()['approval_id']}").status_code == 204
        again = deliveries.client.post("/v1/approvals", json=body, headers=key)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["Idempotent-Replayed"] == "true"
        other = deliveries.client.post("/v1/approvals", json={**body, "environment": "staging"}, headers=key)
        assert problem(other) == (422, "idempotency_key_reused")


def test_the_library_does_what_the_api_does(server: GitServer, tmp_path: Path) -> None:
    server.repository("ops.git")
    settings = Settings(
        home=tmp_path / "home",
        gitops_url=server.url("ops.git"),  # type: ignore[arg-type] # pydantic makes it a secret
        git_allow_local=True,
        own_approvals=True,
        model_probe=False,
    )

    async def deliver() -> None:
        async with Taskforce.open(settings) as tf:
            commit = "c0ffee" + "0" * 34
            made = await tf.releases.create(repository="acme/shop", project="app", commit_sha=commit)
            await tf.releases.alias(repo="acme/shop", project="app", release_id="1", alias="stable")
            shown = await tf.releases.get(repo="acme/shop", project="app", release_id="stable")
            assert (shown.id, shown.release_number) == (made.id, 1)
            assert (await tf.releases.list(repo="acme/shop", project="app")).total == 1
            await tf.releases.unalias(repo="acme/shop", project="app", alias="stable")
            with pytest.raises(NotFound):
                await tf.releases.get(repo="acme/shop", project="app", release_id="stable")
            approval = await tf.approvals.create(
                release_id=made.id, environment="production", justification="Tested."
            )
            deployed = await tf.deployments.create(
                release_id=made.id, environment="production", approval_id=approval.approval_id
            )
            assert len(deployed.gitops_commit_sha) == 40
            await tf.approvals.revoke(approval_id=approval.approval_id)
            found = await tf.approvals.get(release_id=made.id, environment=Environment.PRODUCTION)
            assert found.status.value == "revoked"
            history = await tf.deployments.history(
                environment=Environment.PRODUCTION, repo="acme/shop", project="app"
            )
            assert history.items[0].id == deployed.id

    asyncio.run(deliver())
