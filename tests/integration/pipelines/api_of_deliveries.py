"""The API over a GitOps repository that tests make: releases are made, approved and deployed."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi.testclient import TestClient

from tests.delivery_builders import a_commit
from tests.integration.doors.api_client import api

Json = dict[str, Any]
PATIENCE = 30.0


@contextmanager
def deliveries_api(folder: Path, **settings: Any) -> Iterator["DeliveriesApi"]:  # noqa: ANN401 - any setting
    """An app that deploys to a bare repository in the folder."""
    ops = folder / "ops.git"
    subprocess.run(["git", "init", "-q", "-b", "main", "--bare", str(ops)], check=True)
    fields = {"gitops_url": str(ops), "git_allow_local": True, "own_approvals": True, "model_probe": False}
    with api(folder / "home", **{**fields, **settings}) as client:
        yield DeliveriesApi(client, ops)


class DeliveriesApi:
    """What a client of the API does with releases, deployments and approvals."""

    def __init__(self, client: TestClient, ops: Path) -> None:
        self.client = client
        self.plain = TestClient(client.app)
        """Compares nothing with the document, whose templates do not tell `owner/name` from two segments."""
        self.ops = ops
        self._commits = 0

    def body(self, **fields: Any) -> Json:  # noqa: ANN401 - any field
        """The seed's request for a release of a new commit."""
        self._commits += 1
        artifact = {
            "name": "image",
            "type": "container",
            "tracking_oci_uri": "oci://tracking/app:1",
            "primary_published_uri": "oci://public/app:1",
        }
        defaults = {"repository": "acme/shop", "project": "app", "commit_sha": a_commit(self._commits)}
        return {**defaults, "artifacts": [artifact], **fields}

    def release(self, **fields: Any) -> Json:  # noqa: ANN401 - any field
        """Make a release; return the answer's body."""
        answer = self.client.post("/v1/releases", json=self.body(**fields))
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    def approve(self, release: Json, environment: str = "production", **fields: Any) -> Json:  # noqa: ANN401 - the same
        body = {"release_id": release["id"], "environment": environment, "justification": "Tested.", **fields}
        answer = self.client.post("/v1/approvals", json=body)
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    def deploy(self, release: Json, environment: str = "dev", **fields: Any) -> Json:  # noqa: ANN401 - the same
        body = {"release_id": release["id"], "environment": environment, **fields}
        answer = self.client.post("/v1/deployments", json=body)
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    def until_current(self, deployment: Json, path: str) -> Json:
        """Wait until a deployment is the one that a path shows."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.client.get(path)
            if answer.status_code == 200 and answer.json()["deployment_id"] == deployment["id"]:
                found: Json = answer.json()
                return found
            assert time.monotonic() < end, answer.text
            time.sleep(0.02)

    def events(self, job: str) -> dict[str, Json]:
        """The details of a job's events, by their types."""
        answer = self.client.get(f"/api/v1/jobs/{job}/events", headers={"Accept": "application/json"})
        return {event["event_type"]: event["details"] for event in answer.json()["items"]}

    def pointer(self, commit: str, path: str) -> str:
        """A file of the GitOps repository at a commit."""
        words = ["git", "-C", str(self.ops), "show", f"{commit}:{path}"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def problem(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - an answer
    """The status and code of an error, whose body is the seed's."""
    error: Json = json.loads(answer.content)["error"]
    assert error.keys() == {"code", "message", "details"}
    return answer.status_code, error["code"]


def spellings(repository: str) -> tuple[str, str]:
    """The ways in which a path may name a repository."""
    return quote(repository, safe=""), repository
