"""Every endpoint, field, status word and code that the seed says of releases, deployments and approvals."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.integration.pipelines.api_of_deliveries import (
    DeliveriesApi,
    Json,
    deliveries_api,
    problem,
    spellings,
)

NOBODY = "660630e7-187a-4c7b-9b4e-a5a5bb79c051"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
CREATED = {"id", "release_number", "oci_uri", "canonical_id", "created_at"}
RELEASE = {
    *("id", "repository", "project", "commit_sha", "release_number", "oci_uri", "oci_digest", "created_at"),
    *("created_by", "artifacts", "aliases", "trigger"),
}
CURRENT = {
    *("deployment_id", "release_id", "release_number", "environment", "status", "deployed_at", "deployed_by"),
    "gitops_commit_sha",
}
APPROVAL = {"approval_id", "approver", "approved_at", "expires_at", "status"}
EVENTS = {
    "release.created": {
        *("release_id", "repository", "project", "commit_sha", "release_number", "trigger_type"),
    },
    "deployment.created": {
        *("deployment_id", "release_id", "environment", "deployed_by", "gitops_commit_sha"),
    },
    "deployment.completed": {
        *("deployment_id", "environment", "status", "reconciliation_duration_seconds"),
    },
}
PART = {"total", "limit", "offset"}


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeliveriesApi]:
    with deliveries_api(tmp_path_factory.mktemp("seed")) as found:
        yield found


@pytest.fixture(scope="module")
def release(seed: DeliveriesApi) -> Json:
    return seed.release(repository="acme/first")


# ------------------------------------------------------------ releases


def test_a_release_is_created_as_the_seed_says(seed: DeliveriesApi) -> None:
    body = seed.body(repository="acme/created")
    answer = seed.client.post("/v1/releases", json=body)
    made = answer.json()
    assert (answer.status_code, made.keys()) == (201, CREATED)
    assert UUID.fullmatch(made["id"])
    assert MOMENT.fullmatch(made["created_at"])
    assert made["release_number"] == 1
    assert made["canonical_id"] == f"acme/created/app/{body['commit_sha']}"
    assert made["oci_uri"].endswith(f":1-{body['commit_sha']}")
    assert answer.headers["Location"] == "/v1/releases/acme%2Fcreated/app/1"
    events = seed.events(made["id"])
    assert events["release.created"].keys() == EVENTS["release.created"]
    assert events["release.created"]["trigger_type"] == "manual"


def test_a_commit_is_released_once(seed: DeliveriesApi) -> None:
    body = seed.body(repository="acme/once")
    first = seed.client.post("/v1/releases", json=body).json()
    again = seed.client.post("/v1/releases", json=body)
    assert problem(again) == (409, "resource_conflict")
    assert again.json()["error"]["details"] == {"release_id": first["id"]}
    assert seed.client.post("/v1/releases", json={**body, "project": "tools"}).status_code == 201


def test_a_release_under_a_key_is_made_once(seed: DeliveriesApi) -> None:
    body, key = seed.body(repository="acme/keyed"), {"Idempotency-Key": "k1"}
    first, again = (seed.client.post("/v1/releases", json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = seed.client.post("/v1/releases", json=seed.body(), headers=key)
    assert problem(other) == (422, "idempotency_key_reused")


def test_a_release_that_nobody_waits_for_is_a_job(seed: DeliveriesApi) -> None:
    wish = {"Prefer": "respond-async"}
    answer = seed.client.post("/v1/releases", json=seed.body(repository="acme/async"), headers=wish)
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json()['id']}"
    assert answer.json()["kind"] == "release"


@pytest.mark.parametrize("name", ["repository", "project", "commit_sha", "artifacts"])
def test_a_release_needs_the_fields_of_the_seed(seed: DeliveriesApi, name: str) -> None:
    body = seed.body()
    del body[name]
    assert problem(seed.client.post("/v1/releases", json=body)) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("repository", one) for one in ("", "../../etc", "a//b", "/srv/shop", "acme/..", "a b")],
        *[("project", one) for one in ("", "App", "../app", "a/b", "1app")],
        *[("commit_sha", one) for one in ("abc123def456", "g" * 40, "A" * 40, "HEAD")],
        ("pipeline_run_id", "no-uuid"),
        ("surprise", 1),
    ],
)
def test_a_release_of_something_wrong_is_refused(seed: DeliveriesApi, name: str, value: object) -> None:
    body = seed.body(**{name: value})
    assert problem(seed.client.post("/v1/releases", json=body)) == (400, "invalid_request")


@pytest.mark.parametrize(("name", "value"), [("name", "../../etc"), ("type", "folder"), ("surprise", 1)])
def test_a_release_of_a_wrong_artifact_is_refused(seed: DeliveriesApi, name: str, value: object) -> None:
    body = seed.body()
    body["artifacts"][0][name] = value
    assert problem(seed.client.post("/v1/releases", json=body)) == (400, "invalid_request")


def test_a_release_of_a_run_that_is_not_there_is_refused(seed: DeliveriesApi) -> None:
    body = seed.body(pipeline_run_id=NOBODY)
    assert problem(seed.client.post("/v1/releases", json=body)) == (404, "resource_not_found")


def test_a_release_is_shown_with_every_field_of_the_seed(seed: DeliveriesApi) -> None:
    body = seed.body(repository="acme/shown")
    made = seed.client.post("/v1/releases", json=body).json()
    shown = seed.client.get("/v1/releases/acme%2Fshown/app/1").json()
    assert shown.keys() == RELEASE
    assert shown["artifacts"] == body["artifacts"]
    assert shown["artifacts"][0].keys() == {"name", "type", "tracking_oci_uri", "primary_published_uri"}
    assert shown["aliases"] == [{"alias": "1", "alias_type": "numeric"}]
    assert shown["trigger"] == {"trigger_type": "manual", "branch": "", "triggered_by": "local"}
    for name in ("repository", "project", "commit_sha"):
        assert shown[name] == body[name]
    for name in ("id", "release_number", "oci_uri", "created_at"):
        assert shown[name] == made[name]
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", shown["oci_digest"])
    assert shown["created_by"] == "local"


@pytest.mark.parametrize("repository", spellings("acme/named"))
def test_a_release_has_many_names_in_both_spellings(seed: DeliveriesApi, repository: str) -> None:
    first = "/v1/releases/acme%2Fnamed/app/1"
    if not seed.client.get(first).is_success:
        seed.release(repository="acme/named")
    commit = seed.client.get(first).json()["commit_sha"]
    place = f"/v1/releases/{repository}/app"
    given = seed.client.post(f"{place}/aliases", json={"release_id": "1", "alias": "stable"})
    assert given.status_code == 201
    assert {"alias": "stable", "alias_type": "custom"} in given.json()["aliases"]
    for name in ("1", commit, "stable"):
        answer = seed.client.get(f"{place}/{name}")
        assert (answer.status_code, answer.json()["commit_sha"]) == (200, commit)
    assert seed.client.delete(f"{place}/aliases/stable").status_code == 204
    assert problem(seed.client.delete(f"{place}/aliases/stable")) == (404, "resource_not_found")
    assert problem(seed.client.get(f"{place}/stable")) == (404, "resource_not_found")


def test_an_ambiguous_commit_is_told_with_its_candidates(seed: DeliveriesApi) -> None:
    commits = ["abcdef0" + f"{number:033x}" for number in (1, 2)]
    for commit in commits:
        seed.release(repository="acme/twins", commit_sha=commit)
    answer = seed.client.get("/v1/releases/acme/twins/app/abcdef0")
    assert problem(answer) == (409, "commit_ambiguous")
    assert answer.json()["error"]["details"] == {"candidates": commits}
    assert seed.client.get(f"/v1/releases/acme/twins/app/{commits[1][:40]}").json()["release_number"] == 2


@pytest.mark.parametrize(
    ("alias", "code"), [("7", 409), ("abcdef1", 409), ("aliases", 409), ("a/b", 400), ("", 400)]
)
def test_a_name_that_is_none_is_refused(seed: DeliveriesApi, release: Json, alias: str, code: int) -> None:
    words = {"release_id": str(release["release_number"]), "alias": alias}
    assert seed.client.post("/v1/releases/acme/first/app/aliases", json=words).status_code == code


@pytest.mark.parametrize("repository", spellings("acme/listed"))
def test_releases_are_listed_as_the_seed_says(seed: DeliveriesApi, repository: str) -> None:
    place = f"/v1/releases/{repository}/app"
    while seed.client.get("/v1/releases/acme%2Flisted/app").json()["total"] < 3:
        seed.release(repository="acme/listed")
    answer = seed.plain.get(place, params={"limit": 2, "offset": 1})
    body = answer.json()
    assert (answer.status_code, body.keys()) == (200, {"releases"} | PART)
    assert (body["total"], body["limit"], body["offset"]) == (3, 2, 1)
    assert [one["release_number"] for one in body["releases"]] == [2, 1]
    assert body["releases"][0].keys() == {"id", "commit_sha", "release_number", "created_at"}
    assert answer.headers["X-Total-Count"] == "3"
    defaults = seed.plain.get(place).json()
    assert (defaults["limit"], defaults["offset"]) == (20, 0)
    assert problem(seed.plain.get(place, params={"limit": 0})) == (400, "invalid_request")
    assert problem(seed.plain.get(place, params={"page": 1})) == (400, "invalid_request")


def test_three_plain_segments_are_a_release_before_they_are_a_list(seed: DeliveriesApi) -> None:
    seed.release(repository="acme", project="shop")
    seed.release(repository="acme/shop", project="one")
    by_alias = {"release_id": "1", "alias": "one"}
    assert "releases" in seed.plain.get("/v1/releases/acme/shop/one").json()
    assert seed.client.post("/v1/releases/acme/shop/aliases", json=by_alias).status_code == 201
    assert seed.plain.get("/v1/releases/acme/shop/one").json()["repository"] == "acme"
    assert seed.plain.get("/v1/releases/acme%2Fshop/one").json()["total"] == 1
    assert problem(seed.plain.get("/v1/releases/acme/shop/two")) == (404, "resource_not_found")
    assert problem(seed.plain.get(f"/v1/releases/acme/shop/{'1' * 70}")) == (404, "resource_not_found")
    assert seed.plain.get("/v1/releases/Acme/Shop/two").json()["releases"] == []
    assert seed.plain.get("/v1/releases/acme/nothing").json()["releases"] == []


@pytest.mark.parametrize(
    "path", ["acme", "a/b/c/d/e", "acme%2F..%2Fetc/app/1", "acme%/app", "..%2f..%2fetc/app"]
)
def test_what_is_no_path_of_a_release_is_not_found(seed: DeliveriesApi, path: str) -> None:
    assert problem(seed.client.get(f"/v1/releases/{path}")) == (404, "resource_not_found")


# ------------------------------------------------------------ deployments


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_a_deployment_is_created_as_the_seed_says(
    seed: DeliveriesApi, release: Json, environment: str
) -> None:
    body = {"release_id": release["id"], "environment": environment}
    answer = seed.client.post("/v1/deployments", json=body)
    made = answer.json()
    assert (answer.status_code, made.keys()) == (201, {"id", "deployment_id", "gitops_commit_sha", "status"})
    assert (made["deployment_id"], made["status"]) == (made["id"], "pending")
    path = f"{environment}/apps/acme/first/app/release.yaml"
    commit = seed.client.get("/v1/releases/acme/first/app/1").json()["commit_sha"]
    assert f'release: "{commit}"' in seed.pointer(made["gitops_commit_sha"], path)
    for repository in spellings("acme/first"):
        current = seed.until_current(made, f"/v1/deployments/{environment}/{repository}/app")
        assert current.keys() == CURRENT
        assert MOMENT.fullmatch(current.pop("deployed_at"))
        assert current == {
            "deployment_id": made["id"],
            "release_id": release["id"],
            "release_number": 1,
            "environment": environment,
            "status": "active",
            "deployed_by": "local",
            "gitops_commit_sha": made["gitops_commit_sha"],
        }
    events = seed.events(made["id"])
    for name in ("deployment.created", "deployment.completed"):
        assert events[name].keys() == EVENTS[name]
    assert events["deployment.created"]["gitops_commit_sha"] == made["gitops_commit_sha"]
    assert events["deployment.completed"]["status"] == "active"


def test_the_history_of_a_place_is_listed_as_the_seed_says(seed: DeliveriesApi) -> None:
    made = [seed.deploy(seed.release(repository="acme/past")) for _ in range(2)]
    seed.until_current(made[1], "/v1/deployments/dev/acme/past/app")
    for repository in spellings("acme/past"):
        answer = seed.client.get(f"/v1/deployments/dev/{repository}/app/history", params={"limit": 5})
        body = answer.json()
        assert (answer.status_code, body.keys()) == (200, {"deployments"} | PART)
        assert [one["id"] for one in body["deployments"]] == [made[1]["id"], made[0]["id"]]
        assert [one["status"] for one in body["deployments"]] == ["active", "superseded"]
        fields = {"id", "release_number", "status", "deployed_at", "deployed_by"}
        assert body["deployments"][0].keys() == fields | {"reason"}
        assert (body["total"], body["limit"], body["offset"]) == (2, 5, 0)
    assert seed.client.get("/v1/deployments/staging/acme/past/app/history").json()["total"] == 0
    assert seed.client.get("/v1/deployments/staging/a/b/history").json()["total"] == 0
    assert problem(seed.client.get("/v1/deployments/staging/acme/past/app"))[0] == 404
    assert problem(seed.client.get("/v1/deployments/moon/acme/past/app")) == (400, "invalid_request")


def test_a_project_named_history_is_found_where_nothing_else_is_meant(seed: DeliveriesApi) -> None:
    made = seed.deploy(seed.release(repository="acme/odd", project="history"))
    seed.until_current(made, "/v1/deployments/dev/acme%2Fodd/history")
    assert seed.plain.get("/v1/deployments/dev/acme/odd/history").json()["deployment_id"] == made["id"]


def test_a_release_that_is_not_there_is_not_deployed(seed: DeliveriesApi) -> None:
    body = {"release_id": NOBODY, "environment": "dev"}
    assert problem(seed.client.post("/v1/deployments", json=body)) == (404, "resource_not_found")


@pytest.mark.parametrize("changes", [{"environment": "moon"}, {"release_id": "1"}, {"surprise": 1}])
def test_a_deployment_of_something_wrong_is_refused(
    seed: DeliveriesApi, release: Json, changes: Json
) -> None:
    body = {"release_id": release["id"], "environment": "dev", **changes}
    assert problem(seed.client.post("/v1/deployments", json=body)) == (400, "invalid_request")


def test_a_deployment_under_a_key_is_one(seed: DeliveriesApi, release: Json) -> None:
    body, key = {"release_id": release["id"], "environment": "dev"}, {"Idempotency-Key": "d1"}
    first, again = (seed.client.post("/v1/deployments", json=body, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"


# ------------------------------------------------------------ approvals and production


def test_production_is_deployed_under_an_approval_alone(seed: DeliveriesApi) -> None:
    made = seed.release(repository="acme/prod")
    other = seed.release(repository="acme/prod")
    body = {"release_id": made["id"], "environment": "production"}

    def ask(approval: str | None) -> Any:  # noqa: ANN401 - an answer
        return seed.client.post("/v1/deployments", json={**body, "approval_id": approval})

    assert problem(ask(None)) == (400, "approval_missing")
    assert problem(ask(NOBODY)) == (404, "resource_not_found")
    assert problem(ask(seed.approve(other)["approval_id"])) == (409, "approval_spent")
    assert problem(ask(seed.approve(made, "staging")["approval_id"])) == (409, "approval_spent")
    approval = seed.approve(made)
    deployed = ask(approval["approval_id"])
    assert deployed.status_code == 201
    seed.until_current(deployed.json(), "/v1/deployments/production/acme/prod/app")
    assert seed.client.delete(f"/v1/approvals/{approval['approval_id']}").status_code == 204
    assert problem(ask(approval["approval_id"])) == (409, "approval_spent")


def test_an_approval_is_created_and_shown_as_the_seed_says(seed: DeliveriesApi) -> None:
    made = seed.release(repository="acme/approved")
    body = {"release_id": made["id"], "environment": "production", "justification": "Tested on staging."}
    answer = seed.client.post("/v1/approvals", json=body)
    approval = answer.json()
    assert (answer.status_code, approval.keys()) == (201, APPROVAL)
    assert (approval["approver"], approval["status"]) == ("local", "active")
    begun, ends = (datetime.fromisoformat(approval[name]) for name in ("approved_at", "expires_at"))
    assert ends - begun == timedelta(days=7)
    shown = seed.client.get(f"/v1/approvals/{made['id']}/production")
    assert (shown.status_code, shown.json()) == (
        200,
        {**approval, "justification": "Tested on staging."},
    )
    for release in ("acme%2Fapproved/app/1", "acme/approved/app/1", "acme%2Fapproved%2Fapp%2F1"):
        assert seed.client.get(f"/v1/approvals/{release}/production").json() == shown.json()
    again = seed.client.post("/v1/approvals", json=body)
    assert problem(again) == (409, "resource_conflict")
    assert again.json()["error"]["details"] == {"approval_id": approval["approval_id"]}
    assert problem(seed.client.get(f"/v1/approvals/{made['id']}/staging")) == (404, "resource_not_found")
    assert problem(seed.client.get(f"/v1/approvals/{NOBODY}/staging")) == (404, "resource_not_found")
    assert problem(seed.client.get("/v1/approvals/nothing/staging")) == (404, "resource_not_found")
    assert problem(seed.client.get(f"/v1/approvals/{made['id']}/moon")) == (400, "invalid_request")


def test_a_revoked_approval_says_so_and_another_may_follow(seed: DeliveriesApi) -> None:
    made = seed.release(repository="acme/revoked")
    approval = seed.approve(made)
    for _ in range(2):
        assert seed.client.delete(f"/v1/approvals/{approval['approval_id']}").status_code == 204
    assert seed.client.get(f"/v1/approvals/{made['id']}/production").json()["status"] == "revoked"
    assert seed.approve(made)["status"] == "active"
    assert problem(seed.client.delete(f"/v1/approvals/{NOBODY}")) == (404, "resource_not_found")


NO_WORDS = [{"justification": text} for text in ("", " \n", "a" * 4_001, "Why\0")]


@pytest.mark.parametrize(
    "changes", [*NO_WORDS, {"environment": "moon"}, {"release_id": "x"}, {"surprise": 1}]
)
def test_an_approval_of_something_wrong_is_refused(seed: DeliveriesApi, release: Json, changes: Json) -> None:
    body = {"release_id": release["id"], "environment": "staging", "justification": "Why", **changes}
    assert problem(seed.client.post("/v1/approvals", json=body)) == (400, "invalid_request")


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "2199-01-01T00:00:00Z", "tomorrow"])
def test_an_approval_ends_within_a_year(seed: DeliveriesApi, release: Json, until: str) -> None:
    body = {"release_id": release["id"], "environment": "staging", "justification": "Why"}
    answer = seed.client.post("/v1/approvals", json={**body, "expires_at": until})
    assert problem(answer) == (400, "invalid_request")


def test_each_path_tells_its_methods(seed: DeliveriesApi) -> None:
    table = {
        "/v1/releases": "POST, OPTIONS",
        "/v1/releases/acme/shop": "GET, HEAD, OPTIONS",
        "/v1/releases/acme%2Fshop/app/1": "GET, HEAD, OPTIONS",
        "/v1/releases/acme/shop/app/aliases": "POST, OPTIONS",
        "/v1/releases/acme/shop/app/aliases/stable": "DELETE, OPTIONS",
        "/v1/deployments": "POST, OPTIONS",
        "/v1/deployments/dev/acme/shop/app": "GET, HEAD, OPTIONS",
        "/v1/deployments/dev/acme/shop/app/history": "GET, HEAD, OPTIONS",
        "/v1/approvals": "POST, OPTIONS",
        f"/v1/approvals/{NOBODY}": "DELETE, OPTIONS",
        f"/v1/approvals/{NOBODY}/production": "GET, HEAD, OPTIONS",
    }
    for path, methods in table.items():
        answer = seed.client.put(path, json={})
        assert (answer.status_code, answer.headers["Allow"]) == (405, methods), path
