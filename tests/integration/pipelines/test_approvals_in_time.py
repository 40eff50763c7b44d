"""An approval counts until its moment has come, by the clock of the API."""

from datetime import timedelta
from pathlib import Path

from dependency_injector import providers
from fastapi.testclient import TestClient

from taskforce.api.server import create_app
from taskforce.application.factory import close_container, open_container
from taskforce.infrastructure.system.clock import SetClock
from taskforce.settings import Settings
from tests.builders import NOON
from tests.delivery_builders import a_commit
from tests.integration.pipelines.api_of_deliveries import problem

WEEK = timedelta(days=7)


def test_an_expired_approval_says_so_deploys_nothing_and_makes_room(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    container = open_container(Settings(home=tmp_path, own_approvals=True, model_probe=False))
    container.clock.override(providers.Object(clock))
    client = TestClient(create_app(container))
    try:
        body = {"repository": "acme/shop", "project": "app", "commit_sha": a_commit(1), "artifacts": []}
        release = client.post("/v1/releases", json=body).json()["id"]
        pair = {"release_id": release, "environment": "production"}
        asked = {**pair, "justification": "Tested on staging."}
        first = client.post("/v1/approvals", json=asked).json()
        place = f"/v1/approvals/{release}/production"

        clock.pass_(seconds=WEEK.total_seconds() - 1)
        assert client.get(place).json()["status"] == "active"
        assert problem(client.post("/v1/approvals", json=asked)) == (409, "resource_conflict")
        clock.pass_(seconds=1)
        assert client.get(place).json()["status"] == "expired"
        refused = client.post("/v1/deployments", json={**pair, "approval_id": first["approval_id"]})
        assert problem(refused) == (409, "approval_spent")
        assert "expired" in refused.json()["detail"]

        second = client.post("/v1/approvals", json=asked)
        assert (second.status_code, second.json()["status"]) == (201, "active")
        assert client.get(place).json()["approval_id"] == second.json()["approval_id"]
        assert client.delete(f"/v1/approvals/{first['approval_id']}").status_code == 204
        assert client.get(place).json()["status"] == "active"
    finally:
        close_container(container)
