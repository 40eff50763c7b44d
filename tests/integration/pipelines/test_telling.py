"""What GitHub is told of runs, releases and deployments by a whole house, and that it holds up none."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.pipelines.api_of_deliveries import deliveries_api
from tests.integration.pipelines.api_of_runs import RunsApi, a_shop, runs_api
from tests.services.github_peer import TOKEN, GithubPeer, github_peer
from tests.services.github_sender import SECRET, pushed, sent

PATIENCE = 60.0


@pytest.fixture
def peer() -> Iterator[GithubPeer]:
    with github_peer() as peer:
        yield peer


def at(peer: GithubPeer, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any setting
    return {"github_token": TOKEN, "github_url": peer.url, "public_url": "https://ci.example", **more}


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def states(peer: GithubPeer, context: str = "taskforce/push") -> list[str]:
    """What was told of commits, each word once where it came several times in a row."""
    told = [status["state"] for status in peer.statuses if status["context"] == context]
    return [state for before, state in zip(["", *told], told, strict=False) if state != before]


def tellings(runs: RunsApi) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = runs.client.get("/api/v1/jobs?kind=forge&limit=100").json()["items"]
    return found


def test_a_push_is_told_as_pending_then_as_what_became_of_it(tmp_path: Path, peer: GithubPeer) -> None:
    good, bad = a_shop(tmp_path / "good"), a_shop(tmp_path / "bad", "{name: compile, run: exit 3}")
    peer.repositories.add("acme/broken")
    settings = at(peer, github_webhook_secret=(SECRET,))
    with runs_api(tmp_path / "home", {"acme/shop": good, "acme/broken": bad}, **settings) as runs:
        run = runs.client.post("/v1/webhooks/github", **sent(pushed(good.head))).json()["run_id"]
        until(lambda: states(peer)[-1:] == ["success"])
        runs.start("acme/broken", trigger_type="pull_request")
        until(lambda: states(peer, "taskforce/pull_request")[-1:] == ["failure"])
    assert states(peer) in (["pending", "success"], ["success"])
    last = next(status for status in reversed(peer.statuses) if status["state"] == "success")
    assert last["sha"] == good.head
    assert last["target_url"] == f"https://ci.example/v1/runs/{run}"


def test_a_run_that_was_cancelled_is_told_as_an_error(tmp_path: Path, peer: GithubPeer) -> None:
    shop = a_shop(tmp_path / "shop", "{name: compile, run: sleep 60}")
    with runs_api(tmp_path / "home", {"acme/shop": shop}, **at(peer)) as runs:
        run = runs.start()
        until(lambda: states(peer) == ["pending"])
        runs.client.delete(f"/v1/runs/{run}")
        until(lambda: states(peer) == ["pending", "error"])


def test_what_was_to_be_told_when_the_process_stopped_is_told_by_the_next(
    tmp_path: Path, peer: GithubPeer
) -> None:
    known = {"acme/shop": a_shop(tmp_path / "shop")}
    with runs_api(tmp_path / "home", known, **at(peer, workers=0)) as runs:
        runs.start()
    assert peer.asked == []
    with runs_api(tmp_path / "home", known, **at(peer)) as runs:
        runs.client.get("/health/ready")
        other = runs.start(trigger_type="manual")
        runs.until(other)
        until(lambda: states(peer)[-1:] == ["success"])


def test_a_github_that_is_away_holds_up_no_run_and_is_told_later(tmp_path: Path) -> None:
    settings = {"github_token": TOKEN, "github_url": "http://127.0.0.1:1", "workers": 1}
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop")}, **settings) as runs:
        assert runs.until(runs.start())["status"] == "success"
        until(lambda: [job["status"] for job in tellings(runs)].count("waiting"))


def test_a_no_of_github_is_a_failed_telling_and_no_failed_run(tmp_path: Path, peer: GithubPeer) -> None:
    peer.repositories.clear()
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop")}, **at(peer)) as runs:
        assert runs.until(runs.start())["status"] == "success"
        until(lambda: tellings(runs) and {job["status"] for job in tellings(runs)} == {"failed"})
        error = tellings(runs)[0]["error"]
    assert "404 Not Found. There is no such repository" in error["message"]


def test_without_a_token_nothing_is_to_be_told(tmp_path: Path) -> None:
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop")}) as runs:
        runs.until(runs.start())
        assert tellings(runs) == []


def test_releases_are_tagged_and_deployments_told(tmp_path: Path, peer: GithubPeer) -> None:
    with deliveries_api(tmp_path, **at(peer, github_tags=True)) as deliveries:
        release = deliveries.release()
        answer = deliveries.client.post(
            "/v1/deployments", json={"release_id": release["id"], "environment": "dev"}
        )
        assert answer.status_code == 201, answer.text
        until(lambda: [one["state"] for one in peer.deployment_statuses][-1:] == ["success"])
        until(lambda: peer.refs)
    (deployment,) = peer.deployments
    assert (deployment["environment"], deployment["production_environment"]) == ("dev/app", False)
    assert peer.refs == {("acme/shop", "refs/tags/releases/app/1"): deployment["ref"]}
