"""The seed's six events, and ours of a cancelled run, reach a receiver word for word, through a crash."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.integration.pipelines.api_of_runs import a_shop
from tests.integration.pipelines.repositories import Repository, a_repository
from tests.integration.processes import until
from tests.integration.wire import Server, serving
from tests.services.receiver import LOOPBACK, Received, Receiver, in_turn, receiver, status

Json = dict[str, Any]
TYPES = [
    "taskforce.pipeline.pipeline.run.*",
    "taskforce.release.release.created.v1",
    "taskforce.deployment.deployment.c*",
]
PATIENCE = 90.0
ALICE = "alice@company.com"


@dataclass(slots=True)
class Told:
    """What was done over HTTP, and what the receiver was told of it."""

    repositories: dict[str, Repository]
    runs: dict[str, str]
    """Their ids, by repository."""
    release: Json
    deployment: Json
    got: list[Received]
    secret: str

    def of(self, job: str) -> list[Json]:
        """The messages about a job in the order in which they came, each once."""
        mine = [one for one in self.got if one.id.startswith(f"{job}/")]
        return [next(same).verified(self.secret) for _, same in groupby(mine, key=lambda one: one.id)]

    def run(self, repository: str, *types: str) -> list[Json]:
        """The data of a run's events, which are of these types."""
        told = self.of(self.runs[repository])
        assert [one["event_type"] for one in told] == [f"pipeline.run.{type}" for type in types]
        return [data_of(one) for one in told]

    def facts(self, repository: str, **more: object) -> Json:
        head = self.repositories[repository].head
        return {"run_id": self.runs[repository], "repository": repository, "commit_sha": head, **more}


def data_of(message: Json) -> Json:
    """A message's data; around them is what the seed has, and nothing else."""
    assert message.keys() == {"event_type", "timestamp", "data"}
    assert message["timestamp"].endswith("Z")
    assert datetime.fromisoformat(message["timestamp"]).tzinfo is not None
    found: Json = message["data"]
    return found


def repositories_in(folder: Path) -> dict[str, Repository]:
    released = {
        ".forge/repo.yaml": "phases:\n  build: {}\n",
        ".forge/project.yaml": "name: app\nphases:\n  build:\n    steps:\n"
        "      - {name: compile, run: echo compiled}\nrelease:\n  on:\n    - {branch: main}\n",
    }
    return {
        "acme/good": a_repository(folder / "good", released),
        "acme/bad": a_shop(folder / "bad", "{name: compile, run: exit 3}"),
        "acme/slow": a_shop(folder / "slow", "{name: compile, run: sleep 600}"),
    }


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("told")
    repositories = repositories_in(folder)
    ops = a_repository(folder / "ops", {"README": "Where releases are.\n"})
    ops.git("config", "receive.denyCurrentBranch", "ignore")
    settings: Json = {
        "repositories": ",".join(f"{name}={one.folder}" for name, one in repositories.items()),
        "git_allow_local": True,
        "gitops_url": ops.folder,
        "private_networks": LOOPBACK,
        "lease": 2,
    }
    with receiver() as there:
        runs, secret = _until_it_dies(folder / "home", there, repositories, settings)
        with serving(folder / "home", **settings) as server:
            runs |= {name: _started(server, name, repositories) for name in ("acme/bad", "acme/slow")}
            _until(server, runs["acme/slow"], "running")
            assert server.ask("DELETE", f"/v1/runs/{runs['acme/slow']}").status == 204
            _until(server, runs["acme/good"], "success")
            release = server.get("/v1/releases/acme/good/app/main-1")
            asked = {"release_id": release["id"], "environment": "dev"}
            deployed = server.ask("POST", "/v1/deployments", asked)
            assert deployed.status in {201, 202}, deployed
            until(lambda: len(set(there.ids())) >= 10, seconds=PATIENCE, what="ten events")
            deployment = server.get("/v1/deployments/dev/acme/good/app")
        yield Told(repositories, runs, release, deployment, there.on("/"), secret)


def _until_it_dies(
    home: Path, there: Receiver, repositories: dict[str, Repository], settings: Json
) -> tuple[dict[str, str], str]:
    """Serve until the first message is on its way: then the server is killed, and was not answered."""
    with serving(home, **settings) as server:

        def kill(handler: BaseHTTPRequestHandler) -> None:
            os.kill(server.process.pid, signal.SIGKILL)
            handler.close_connection = True

        url = there.url(behaves=in_turn(kill, status(204)))
        hook = server.ask("POST", "/api/v1/webhooks", {"url": url, "format": "seed", "event_types": TYPES})
        assert hook.status == 201, hook
        runs = {"acme/good": _started(server, "acme/good", repositories)}
        server.process.wait(seconds=PATIENCE)
    return runs, hook.body["secret"]


def _started(server: Server, repository: str, repositories: dict[str, Repository]) -> str:
    body = {
        "repository": repository,
        "branch": "main",
        "commit_sha": repositories[repository].head,
        "triggered_by": ALICE,
        "trigger_type": "push",
    }
    answer = server.ask("POST", "/v1/runs", body)
    assert answer.status == 201, answer
    return str(answer.body["id"])


def _until(server: Server, run: str, wanted: str) -> None:
    until(lambda: server.get(f"/v1/runs/{run}")["status"] == wanted, seconds=PATIENCE, what=wanted)


def whole(seconds: object) -> bool:
    return isinstance(seconds, int) and seconds >= 0


def test_what_was_on_its_way_when_the_server_died_is_sent_again(told: Told) -> None:
    ids = [one.id for one in told.got]
    assert ids.count(ids[0]) == 2
    assert len(set(ids)) == 10


def test_a_run_that_succeeds_is_created_and_completed(told: Told) -> None:
    created, completed = told.run("acme/good", "created", "completed")
    assert created == told.facts("acme/good", branch="main", triggered_by=ALICE)
    assert whole(completed.pop("duration_seconds"))
    assert completed == told.facts("acme/good", status="success")


def test_a_run_that_fails_says_so_before_it_is_completed(told: Told) -> None:
    created, failed, completed = told.run("acme/bad", "created", "failed", "completed")
    assert created == told.facts("acme/bad", branch="main", triggered_by=ALICE)
    message = "build/app/compile: It ended with exit code 3."
    assert failed == told.facts("acme/bad", failed_phase="build", error_message=message)
    assert whole(completed.pop("duration_seconds"))
    assert completed == told.facts("acme/bad", status="failed")


def test_a_run_that_is_cancelled_says_so_in_a_word_of_ours(told: Told) -> None:
    _, cancelled = told.run("acme/slow", "created", "cancelled")
    assert whole(cancelled.pop("duration_seconds"))
    assert cancelled == told.facts("acme/slow")


def test_a_release_of_a_run_is_told_once_it_is_there(told: Told) -> None:
    release = told.release
    (message,) = told.of(release["id"])
    assert message["event_type"] == "release.created"
    assert data_of(message) == {
        "release_id": release["id"],
        "repository": "acme/good",
        "project": "app",
        "commit_sha": told.repositories["acme/good"].head,
        "release_number": 1,
        "trigger_type": "branch_push",
    }
    assert release["trigger"] == {"trigger_type": "branch_push", "branch": "main", "triggered_by": ALICE}


def test_a_deployment_is_created_with_its_commit_and_completed(told: Told) -> None:
    deployment = told.deployment
    created, completed = told.of(deployment["deployment_id"])
    assert [created["event_type"], completed["event_type"]] == [
        "deployment.created",
        "deployment.completed",
    ]
    assert data_of(created) == {
        "deployment_id": deployment["deployment_id"],
        "release_id": told.release["id"],
        "environment": "dev",
        "deployed_by": deployment["deployed_by"],
        "gitops_commit_sha": deployment["gitops_commit_sha"],
    }
    data = data_of(completed)
    assert whole(data.pop("reconciliation_duration_seconds"))
    assert data == {
        "deployment_id": deployment["deployment_id"],
        "environment": "dev",
        "status": "active",
    }
