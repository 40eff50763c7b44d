"""Who may do what in the marketplace over HTTP: roles are 403, other projects 404, nobody 401."""

from collections.abc import Iterator

import pytest

from taskforce.core.identity import ProjectId
from taskforce.core.principals import Role
from tests.integration.doors.guarded import KEY, House, guarded

BASE = "/api/v1/marketplace"
REPOSITORY = {"repo_url": "https://git.example/acme/skills"}


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with guarded(tmp_path_factory.mktemp("home"), workers=0, synchronous="NORMAL") as made:
        yield made


@pytest.fixture(scope="module")
def other(gate: House) -> ProjectId:
    return gate.project("theirs")


def placed(gate: House, **fields: object) -> str:
    made = gate.ask(Role.OPERATOR, "POST", f"{BASE}/sources", json={**REPOSITORY, **fields})
    assert made.status_code == 201, made.text
    place: str = made.headers["location"]
    return place


def test_what_is_of_a_project_is_not_there_for_another(gate: House, other: ProjectId) -> None:
    place = placed(gate)
    theirs = {KEY: gate.key(other)}
    asked = {
        ("GET", place): None,
        ("PATCH", place): {"branch": "mine"},
        ("DELETE", place): None,
        ("POST", f"{place}/rescan"): None,
        ("GET", f"{place}/artifacts"): None,
        ("POST", f"{place}/import"): {"entry_id": place.rpartition("/")[2]},
    }
    for (method, path), body in asked.items():
        answer = gate.client.request(method, path, json=body, headers=theirs)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_not_found"), path
        assert gate.client.request(method, path, json=body).status_code == 401, path
    listed = gate.client.get(f"{BASE}/sources", headers=theirs)
    assert listed.json()["total"] == 0
    assert gate.client.get(f"{BASE}/audit", headers=theirs).json()["total"] == 0
    assert gate.ask(Role.OPERATOR, "GET", place).json()["branch"] == "main"


def test_a_public_one_is_seen_and_not_touched_by_another_project(gate: House, other: ProjectId) -> None:
    place = placed(gate, branch="public", visibility="public")
    theirs = {KEY: gate.key(other)}
    assert gate.client.get(place, headers=theirs).status_code == 200
    for path in (f"{place}/rescan", f"{place}/import"):
        body = {"entry_id": place.rpartition("/")[2]} if path.endswith("import") else None
        answer = gate.client.post(path, json=body, headers=theirs)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "source_is_foreign")


def test_a_private_one_is_its_adders_and_the_admins(gate: House) -> None:
    place = placed(gate, branch="private", visibility="private")
    seen = {
        role: gate.ask(role, "GET", place).status_code for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN)
    }
    assert seen == {Role.VIEWER: 404, Role.OPERATOR: 200, Role.ADMIN: 200}


def test_who_only_looks_changes_nothing_and_the_audit_is_for_admins(gate: House) -> None:
    place = placed(gate, branch="roles")
    for method, path, body in (
        ("POST", f"{BASE}/sources", REPOSITORY),
        ("PATCH", place, {"branch": "mine"}),
        ("DELETE", place, None),
        ("POST", f"{place}/rescan", None),
        ("POST", f"{BASE}/scans", {"url": REPOSITORY["repo_url"]}),
    ):
        answer = gate.ask(Role.VIEWER, method, path, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "authorization_failed"), path
    assert gate.ask(Role.VIEWER, "GET", place).status_code == 200
    audits = {
        role: gate.ask(role, "GET", f"{BASE}/audit").status_code for role in (Role.OPERATOR, Role.ADMIN)
    }
    assert audits == {Role.OPERATOR: 403, Role.ADMIN: 200}


def test_an_admin_of_one_project_sees_no_other_and_waits_like_everybody(gate: House) -> None:
    every = gate.ask(Role.ADMIN, "GET", f"{BASE}/sources?all_projects=true")
    assert every.status_code == 403
    place = placed(gate, branch="busy")
    assert gate.ask(Role.OPERATOR, "POST", f"{place}/rescan").status_code == 202
    again = gate.ask(Role.OPERATOR, "POST", f"{place}/rescan?force=true")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "scan_running")
