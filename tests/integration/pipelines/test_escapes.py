"""Names that would lead out of where they belong are refused by each door, and leave nothing behind."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.delivery_builders import a_commit
from tests.integration.pipelines.api_of_deliveries import DeliveriesApi, deliveries_api, problem

ESCAPES = [
    "../../etc",
    "..",
    ".",
    "/etc/passwd",
    "a/../../etc",
    "a\\..\\..\\etc",
    "..\\etc",
    "a\0b",
    "a\nb",
    "\u202e/etc",
    "\uff0e\uff0e/etc",
    "\u2025/etc",
    "a\u2215b",
    "e\u0301tc",
    "-rf",
    "--upload-pack=x",
    "~root",
    "$HOME",
    "file:///etc",
    "%2e%2e%2fetc",
    "",
    " ",
    "a" * 1_001,
]
NOBODY = "660630e7-187a-4c7b-9b4e-a5a5bb79c051"


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeliveriesApi]:
    folder = tmp_path_factory.mktemp("escapes")
    with deliveries_api(folder) as found:
        found.release()
        found.client.get(
            "/v1/logs/a", params={"expires": 1, "signature": "0" * 64}
        )  # makes the key of a home
        before = set(folder.rglob("*"))
        yield found
        assert set(folder.rglob("*")) <= before, "nothing was written by what was refused"


@pytest.mark.parametrize("name", ESCAPES)
def test_a_release_of_it_is_refused(seed: DeliveriesApi, name: str) -> None:
    for field in ("repository", "project", "commit_sha"):
        answer = seed.client.post("/v1/releases", json=seed.body(**{field: name}))
        assert problem(answer) == (400, "invalid_request"), field
        assert answer.json()["errors"][0]["pointer"] == f"/{field}"
    body = seed.body()
    body["artifacts"][0]["name"] = name
    answer = seed.client.post("/v1/releases", json=body)
    assert problem(answer) == (400, "invalid_request")
    assert answer.json()["errors"][0]["pointer"] == "/artifacts/0/name"


@pytest.mark.parametrize("name", ESCAPES)
def test_an_alias_of_it_is_refused(seed: DeliveriesApi, name: str) -> None:
    given = seed.client.post("/v1/releases/acme/shop/app/aliases", json={"release_id": "1", "alias": name})
    assert problem(given)[0] == 400
    (release,) = seed.plain.get("/v1/releases/acme/shop/app").json()["releases"]
    assert release["commit_sha"] == a_commit(1)


@pytest.mark.parametrize("name", [name for name in ESCAPES if name != "-rf"])
def test_a_run_of_it_is_refused(seed: DeliveriesApi, name: str) -> None:
    body = {
        "repository": "acme/shop",
        "branch": "main",
        "commit_sha": "a" * 40,
        "triggered_by": "ann",
        "trigger_type": "push",
    }
    for field in ("repository", "commit_sha"):
        answer = seed.client.post("/v1/runs", json={**body, field: name})
        assert problem(answer) in {(400, "invalid_request"), (403, "folder_not_allowed")}, field


@pytest.mark.parametrize("name", ESCAPES)
def test_a_path_of_it_leads_nowhere(seed: DeliveriesApi, name: str) -> None:
    said = quote(name, safe="").replace(".", "%2E")
    for path in (
        f"/v1/releases/{said}/app/1",
        f"/v1/releases/acme/{said}/app/1",
        f"/v1/releases/acme/shop/{said}/1",
        f"/v1/releases/acme/shop/app/{said}",
        f"/v1/deployments/{said}/acme/shop/app",
        f"/v1/deployments/dev/{said}/app",
        f"/v1/deployments/dev/acme/shop/{said}",
        f"/v1/approvals/{said}/dev",
        f"/v1/approvals/{NOBODY}/{said}",
        f"/v1/runs/{said}",
        f"/v1/runs/{NOBODY}/logs/{said}/app/step",
        f"/v1/runs/{NOBODY}/logs/build/{said}/step",
        f"/v1/runs/{NOBODY}/logs/build/app/{said}",
    ):
        answer = seed.plain.get(path)
        assert answer.status_code in {400, 404, 405}, path


@pytest.mark.parametrize("name", ESCAPES)
def test_a_log_of_it_is_not_ours(seed: DeliveriesApi, name: str) -> None:
    asked: dict[str, str | int] = {"expires": 2**33, "signature": "0" * 64}
    for key in (name, f"pipeline-runs/{NOBODY}/logs/{name}"):
        answer = seed.plain.get(f"/v1/logs/{quote(key, safe='')}", params=asked)
        assert answer.status_code in {400, 403, 404}, key
