"""The API over repositories that tests make: runs are started, awaited and read as clients do."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from tests.integration.doors.api_client import api
from tests.integration.pipelines.repositories import Repository, a_repository

Json = dict[str, Any]
PATIENCE = 60.0


@contextmanager
def runs_api(home: Path, repositories: Mapping[str, Repository], **settings: Any) -> Iterator["RunsApi"]:  # noqa: ANN401 - any setting
    """An app that knows these repositories by name."""
    known = {name: str(repository.folder) for name, repository in repositories.items()}
    given = {"git_allow_local": True, "request_paths": True, "model_probe": False}
    fields = {"repositories": known, **given, **settings}
    with api(home, **fields) as client:
        yield RunsApi(client, repositories)


class RunsApi:
    """What a client of the API does with runs."""

    def __init__(self, client: TestClient, repositories: Mapping[str, Repository]) -> None:
        self.client = client
        self._repositories = repositories

    def body(self, repository: str = "acme/shop", **fields: Any) -> Json:  # noqa: ANN401 - any field
        """The seed's request for a run."""
        return {
            "repository": repository,
            "branch": "main",
            "commit_sha": self._repositories[repository].head,
            "triggered_by": "alice@company.com",
            "trigger_type": "push",
            **fields,
        }

    def start(self, repository: str = "acme/shop", **fields: Any) -> str:  # noqa: ANN401 - any field
        answer = self.client.post("/v1/runs", json=self.body(repository, **fields))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def get(self, run: str) -> Json:
        answer = self.client.get(f"/v1/runs/{run}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def until(self, run: str, *statuses: str) -> Json:
        """Wait until a run stands so; return it."""
        wanted = statuses or ("success", "failed", "cancelled")
        end = time.monotonic() + PATIENCE
        while (found := self.get(run))["status"] not in wanted:
            assert time.monotonic() < end, found
            time.sleep(0.02)
        return found

    def until_step(self, run: str, name: str, status: str) -> Json:
        """Wait until a step stands so; return it."""
        end = time.monotonic() + PATIENCE
        while True:
            found = self.get(run)
            for step in steps_of(found).values():
                if step["name"] == name and step["status"] == status:
                    return step
            assert time.monotonic() < end, found
            time.sleep(0.02)

    def events(self, run: str) -> list[Json]:
        answer = self.client.get(f"/api/v1/jobs/{run}/events", headers={"Accept": "application/json"})
        found: list[Json] = answer.json()["items"]
        return found


def steps_of(run: Json) -> dict[str, Json]:
    """The steps of a run by their paths."""
    return {
        f"{phase['name']}/{task['project_name']}/{step['name']}": step
        for phase in run["phases"]
        for task in phase["tasks"]
        for step in task["steps"]
    }


def a_shop(folder: Path, *steps: str, phases: str = "build: {}") -> Repository:
    """A repository of one project; each step is a line of YAML."""
    listed = "".join(f"      - {step}\n" for step in steps or ("{name: compile, run: echo compiled}",))
    return a_repository(
        folder,
        {
            ".forge/repo.yaml": f"phases:\n  {phases}\n",
            ".forge/project.yaml": f"name: app\nphases:\n  build:\n    steps:\n{listed}",
        },
    )
