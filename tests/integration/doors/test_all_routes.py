"""Every route, for every role and for a foreign project: one table says who may, and hides the rest."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Mount, Route

from taskforce.api.strict import StrictRoute
from taskforce.core.access.permissions import ANSWER_OTHERS, APPROVE, OPEN, SIGNED, TABLE
from taskforce.core.identity import ProjectId
from taskforce.core.principals import DEFAULT_PROJECT, Role
from tests.integration.doors.guarded import KEY, House, furnish, guarded

NOWHERE = "00000000-0000-7000-8000-000000000000"
BODIES: dict[str, dict[str, Any]] = {
    "missions.execute": {"mission": "say hello", "model": "local:planner"},
    "missions.stream": {"mission": "say hello", "model": "local:planner"},
    "sessions.create": {},
    "sessions.fork": {},
    "sessions.replay": {},
    "sessions.respond": {"wait_id": NOWHERE, "answer": "yes"},
    "sessions.resume": {},
    "keys.create": {"name": "another"},
    "projects.create": {"name": "another"},
    "members.set": {"role": "viewer"},
    "jobs.prune": {"older_than": "30d", "dry_run": True},
    "webhooks.create": {"url": "https://hooks.example/a"},
    "webhooks.update": {"enabled": False},
    "webhooks.replay": {"delivery_id": NOWHERE},
    "runs.create": {
        "repository": "acme/shop",
        "branch": "main",
        "commit_sha": "a" * 40,
        "triggered_by": "ann",
        "trigger_type": "push",
    },
    "tasks.report": {"status": "running"},
    "steps.report": {"status": "running"},
    "releases.create": {"repository": "acme/shop", "project": "app", "commit_sha": "a" * 40, "artifacts": []},
    "releases.alias": {"release_id": "1", "alias": "stable"},
    "deployments.create": {"release_id": NOWHERE, "environment": "dev"},
    "scenario_imports.validate": {},
    "scenario_imports.commit": {},
    "scenario_runs.create": {},
    "experiments.create": {"sweeps": {"dispatch_rule": ["EDD"]}},
    "debriefs.create": {"run_id": NOWHERE},
    "sources.create": {"repo_url": "https://git.example/acme/skills"},
    "sources.update": {"branch": "stable"},
    "source_artifacts.update": {"excluded": True},
    "collections.take": {"entry_id": NOWHERE},
    "scans.create": {"url": "https://git.example/acme/skills"},
    "videos.generate": {"prompt": "A river.", "run_through": "storyboarding"},
    "videos.resume": {"run_through": "storyboarding"},
    "videos.rename": {"title": "The river"},
    "video_forks.create": {"run_through": "storyboarding"},
    "approvals.create": {"release_id": NOWHERE, "environment": "dev", "justification": "So."},
}
UNMADE = {
    **dict.fromkeys(("run_id", "task_id", "step_id", "approval_id", "release_id", "experiment_id"), NOWHERE),
    **dict.fromkeys(("source_id", "entry_id", "item_id"), NOWHERE),
    "path": "SKILL.md",
    "key": f"pipeline-runs/{NOWHERE}/logs/a.log",
    "phase": "build",
    "project_name": "app",
    "step": "test",
    "environment": "dev",
    "repo": "acme",
    "project": "app",
    "alias": "stable",
    "scene_index": "0",
    "part": "start",
}
"""What paths of pipelines, plants, films and sources name: nothing that is there, in whatever project."""
LISTS = {"releases.list", "deployments.history"}
"""Lists of what a name of one's own says: of others they are empty."""
BY_NO_ROLE = OPEN | SIGNED
"""What no role opens; `test_github_door` tells what a signature does."""
NOT_OPERATIONS = {"/openapi.json", "/docs/static", "/mcp"}
"""Routes of other sorts: the document and its pages are open, MCP asks the gate itself."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with guarded(tmp_path_factory.mktemp("home"), workers=2) as made:
        yield made


@pytest.fixture(scope="module")
def own(house: House) -> dict[str, str]:
    return UNMADE | furnish(house, DEFAULT_PROJECT)


@pytest.fixture(scope="module")
def foreign(house: House) -> dict[str, str]:
    return UNMADE | furnish(house, house.project("theirs"))


def operations(house: House) -> list[tuple[str, str, str]]:
    """Each operation: its id, its method, its path."""
    document = house.client.get("/openapi.json").json()
    return [
        (said["operationId"], method.upper(), path)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    ]


def test_the_table_knows_each_operation_and_no_other(house: House) -> None:
    ids = {name for name, _, _ in operations(house)}
    assert ids == (TABLE.keys() | BY_NO_ROLE) - {
        ANSWER_OTHERS,
        APPROVE,
        "docs.redoc",
        "docs.root",
        "docs.swagger",
    }
    assert not TABLE.keys() & BY_NO_ROLE


def test_no_route_is_beside_the_gate(house: House) -> None:
    app: Any = house.client.app
    others = {
        route.path for route in app.routes if isinstance(route, Route | Mount) and not _is_guarded(route)
    }
    assert others == NOT_OPERATIONS
    assert all(route.operation_id for route in app.routes if isinstance(route, StrictRoute))


def _is_guarded(route: Any) -> bool:  # noqa: ANN401 - any route
    return isinstance(route, StrictRoute)


def test_the_roles_are_what_their_words_say() -> None:
    may = {role: {name for name, roles in TABLE.items() if role in roles} for role in Role}
    assert may[Role.SERVICE] == {"steps.report", "tasks.report"}
    assert may[Role.ADMIN] == TABLE.keys() - may[Role.SERVICE]
    assert may[Role.VIEWER] < may[Role.OPERATOR]
    assert may[Role.VIEWER] < may[Role.APPROVER]
    approving = {"sessions.respond", APPROVE, "approvals.create", "approvals.revoke"}
    assert may[Role.APPROVER] - may[Role.VIEWER] == approving
    assert APPROVE not in may[Role.OPERATOR]
    assert {name for name in may[Role.ADMIN] if name.startswith("keys.")} & may[Role.OPERATOR] == set()


def test_every_route_is_open_to_the_roles_of_the_table_alone(house: House, own: dict[str, str]) -> None:
    seen = {}
    for name, method, path in operations(house):
        for role in Role if name not in SIGNED else ():
            if name == "sessions.delete" and role in TABLE[name]:
                continue  # the others need it
            answer = house.ask(role, method, path.format(**own), json=BODIES.get(name))
            seen[name, role] = answer.status_code
            if name not in OPEN and role not in TABLE[name]:
                assert answer.status_code == 403, (name, role, answer.text)
                assert answer.json()["error"]["code"] == "authorization_failed"
            else:
                assert answer.status_code not in {401, 403}, (name, role, answer.text)
                assert answer.status_code < 500, (name, role, answer.text)
    assert len(seen) > 100


def stored(house: House) -> list[int]:
    """How much there is of everything."""
    lists = ("jobs", "keys", "projects", "projects/default/members")
    return [house.ask(Role.ADMIN, "GET", f"/api/v1/{path}").json()["total"] for path in lists]


def test_nobody_unknown_gets_anywhere(house: House, own: dict[str, str]) -> None:
    before = stored(house)
    for number, (name, method, path) in enumerate(operations(house)):
        if name in BY_NO_ROLE:
            continue
        stranger = TestClient(house.client.app, client=(f"203.0.113.{number}", 1))  # each may fail some times
        for headers in ({}, {KEY: "tf_live_nothing"}, {"Authorization": "Bearer nothing"}):
            answer = stranger.request(method, path.format(**own), headers=headers, content=b"{broken")
            assert answer.status_code == 401, (name, answer.text)
            assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="taskforce"')
            assert ('error="invalid_token"' in answer.headers["WWW-Authenticate"]) == bool(headers)
    assert stored(house) == before
    assert house.client.get("/health").status_code == 200


def test_what_is_of_a_foreign_project_is_not_there(house: House, foreign: dict[str, str]) -> None:
    tried = 0
    for name, method, path in operations(house):
        if "{" not in path or name in BY_NO_ROLE or Role.ADMIN not in TABLE[name]:
            continue
        answer = house.ask(Role.ADMIN, method, path.format(**foreign), json=BODIES.get(name))
        if name in LISTS:
            assert answer.json()["total"] == 0
            continue
        assert answer.status_code == 404, (name, answer.status_code, answer.text)
        assert answer.json()["error"]["code"] == "resource_not_found"
        tried += 1
    assert tried >= 19
    places = {"jobs": "job_id", "sessions": "session_id", "artifacts": "artifact_id"}
    own_key = {KEY: house.key(ProjectId(foreign["project_id"]))}
    for place, name in places.items():
        assert house.client.get(f"/api/v1/{place}/{foreign[name]}", headers=own_key).status_code == 200


def test_a_foreign_project_cannot_be_named(
    house: House, foreign: dict[str, str], own: dict[str, str]
) -> None:
    told = set()
    for project in (foreign["project_id"], NOWHERE, "../default", "x" * 500):
        for name, method, path in operations(house):
            if name in BY_NO_ROLE or ("/" in project and "{project_id}" in path):
                continue
            answer = house.ask(
                Role.ADMIN,
                method,
                path.format(**{**own, "project_id": project}),
                json=BODIES.get(name),
                headers={"X-Project-ID": project},
            )
            assert answer.status_code == 404, (name, project, answer.text)
            told.add(answer.json()["detail"])
    assert len(told) == 1, "one answer for what is not there and what is not yours"


def test_lists_hold_nothing_foreign(house: House, foreign: dict[str, str]) -> None:
    known = {"principal", *UNMADE}
    for path in ("jobs", "sessions", "keys", "projects"):
        answer = house.ask(Role.ADMIN, "GET", f"/api/v1/{path}?limit=100")
        assert answer.status_code == 200
        assert not any(value in answer.text for name, value in foreign.items() if name not in known)


def test_a_key_of_a_member_reaches_the_other_project_with_the_role_it_has_there(house: House) -> None:
    project = house.project("shared")
    key = house.keys[Role.OPERATOR]
    there = {KEY: key, "X-Project-ID": project}
    assert house.client.get("/api/v1/jobs", headers=there).status_code == 404
    house.member(project, f"key:{key.split('_')[2]}", Role.VIEWER)
    assert house.client.get("/api/v1/jobs", headers=there).status_code == 200
    assert house.client.post("/api/v1/sessions", json={}, headers=there).status_code == 403
    seen = house.client.get("/api/v1/projects", headers={KEY: key}).json()
    assert {item["project_id"] for item in seen["items"]} == {"default", project}
    house.member(project, f"key:{key.split('_')[2]}", None)
    made = house.client.post("/api/v1/sessions", json={}, headers=there)
    assert made.status_code == 201, "without a role of its own it has that of the key"


def test_whoever_creates_a_project_over_http_is_its_admin(house: House) -> None:
    made = house.ask(Role.ADMIN, "POST", "/api/v1/projects", json={"name": "Mine"})
    assert made.status_code == 201
    path = made.headers["Location"]
    shown = house.ask(Role.ADMIN, "GET", path)
    assert shown.json() == made.json()
    members = house.ask(Role.ADMIN, "GET", f"{path}/members").json()
    assert [(one["principal"], one["role"]) for one in members["items"]] == [
        (f"key:{house.keys[Role.ADMIN].split('_')[2]}", "admin")
    ]
    assert house.ask(Role.VIEWER, "GET", path).status_code == 404


def test_a_path_in_another_project_than_the_header_is_not_there(house: House) -> None:
    other = {"X-Project-ID": NOWHERE}
    answer = house.ask(Role.ADMIN, "GET", "/api/v1/projects/default", headers=other)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_not_found")
    same = {"X-Project-ID": "default"}
    assert house.ask(Role.ADMIN, "GET", "/api/v1/projects/default", headers=same).status_code == 200
