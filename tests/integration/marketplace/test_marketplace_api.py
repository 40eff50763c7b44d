"""The marketplace over HTTP, as the contract says: every answer is compared with the document too."""

import asyncio
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from taskforce.api.server import create_app
from taskforce.application.factory import Container
from tests.integration.doors.conformance import ConformingClient
from tests.integration.marketplace.sources_in_use import FILES, SKILL, ended
from tests.integration.marketplace.trees_of_git import Bare, a_bare

Json = dict[str, Any]
BASE = "/api/v1/marketplace"
SOURCES, COLLECTION = f"{BASE}/sources", f"{BASE}/collection"
NOWHERE = "00000000-0000-7000-8000-000000000000"
PAGE = b"<script>alert(1)</script>"
OFFERED = FILES | {
    "skills/profile/page.html": PAGE,
    "skills/report/SKILL.md": SKILL.replace(b"profile", b"report"),
    "agents/critic.md": b"Be kind.\n",
}


@pytest.fixture(scope="module")
def client(house: Container) -> TestClient:
    return ConformingClient(create_app(house))


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Bare:
    return a_bare(tmp_path_factory.mktemp("offered") / "there.git", OFFERED)


@pytest.fixture(scope="module")
def source(client: TestClient, house: Container, offered: Bare) -> Json:
    """A source that was scanned."""
    return scanned(client, house, added(client, offered)["id"])


@pytest.fixture
def place(source: Json) -> str:
    return f"{SOURCES}/{source['id']}"


@pytest.fixture
def entries(client: TestClient, place: str) -> dict[str, Json]:
    """What was found there, by path."""
    return {item["path"]: item for item in client.get(f"{place}/artifacts").json()["items"]}


@pytest.fixture(autouse=True)
def _emptied(client: TestClient) -> Iterator[None]:
    yield
    for item in client.get(COLLECTION, params={"limit": 100}).json()["items"]:
        client.delete(f"{COLLECTION}/{item['id']}")


def added(client: TestClient, bare: Bare, **fields: object) -> Json:
    answer = client.post(SOURCES, json={"repo_url": f"file://{bare.folder}", **fields})
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def scanned(client: TestClient, house: Container, source_id: str) -> Json:
    answer = client.post(f"{SOURCES}/{source_id}/rescan?force=true")
    assert answer.status_code == 202, answer.text
    asyncio.run(ended(house, answer.json()["job_id"]))
    found: Json = client.get(f"{SOURCES}/{source_id}").json()
    return found


def refused(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - httpx's answer
    """The status and the code of a problem, which says more than that."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(problem["detail"].split(". ")) > 1 or problem["errors"], "no hint"
    return answer.status_code, problem["error"]["code"]


# ------------------------------------------------------------ sources of the market


def test_a_source_is_added_shown_changed_and_deleted(client: TestClient, bare: Bare) -> None:
    made = client.post(SOURCES, json={"repo_url": f"file://{bare.folder}", "rescan_interval": "6h"})
    place = made.headers["location"]
    assert (made.status_code, place) == (201, f"{SOURCES}/{made.json()['id']}")
    told = {name: made.json()[name] for name in ("branch", "trust_level", "visibility", "status", "counts")}
    assert told == {
        "branch": "main",
        "trust_level": "untrusted",
        "visibility": "project",
        "status": "idle",
        "counts": {},
    }
    shown = client.get(place)
    assert shown.json() == made.json()
    known = client.get(place, headers={"if-none-match": shown.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    listed = client.get(SOURCES, params={"search": bare.folder.parent.name, "limit": 1})
    assert (listed.json()["items"], listed.headers["x-total-count"]) == ([made.json()], "1")
    changed = client.patch(place, json={"trust_level": "basic", "manual_map": {"docs": "command"}})
    assert (changed.status_code, changed.json()["trust_level"]) == (200, "basic")
    assert changed.json()["rescan_interval"] == made.json()["rescan_interval"], "what is left out stays"
    assert client.patch(place, json={"rescan_interval": None}).json()["next_scan_at"] is None
    assert client.get(place).headers["etag"] != shown.headers["etag"]
    assert client.delete(place).status_code == 204
    assert refused(client.delete(place)) == (404, "resource_not_found")


def test_a_repository_and_branch_is_one_source_and_the_other_is_named(client: TestClient, bare: Bare) -> None:
    first = added(client, bare)
    again = client.post(SOURCES, json={"repo_url": f"file://{bare.folder}"})
    assert refused(again) == (409, "source_exists")
    assert again.json()["error"]["details"] == {"source_id": first["id"]}
    assert added(client, bare, branch="other")["id"] != first["id"]


def test_what_creates_makes_one_under_a_key(client: TestClient, house: Container, bare: Bare) -> None:
    body = {"repo_url": f"file://{bare.folder}"}
    once = {"idempotency-key": f"add-{bare.folder.parent.name}"}
    made = [client.post(SOURCES, json=body, headers=once) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json() == made[1].json()
    place = f"{SOURCES}/{made[0].json()['id']}"
    once = {"idempotency-key": f"scan-{bare.folder.parent.name}"}
    begun = [client.post(f"{place}/rescan", headers=once) for _ in range(2)]
    assert [answer.status_code for answer in begun] == [202, 202]
    assert begun[0].json() == begun[1].json()
    once = {"idempotency-key": f"look-{bare.folder.parent.name}"}
    looks = [client.post(f"{BASE}/scans", json={"url": body["repo_url"]}, headers=once) for _ in range(2)]
    assert looks[0].json()["id"] == looks[1].json()["id"]
    for pair in (made, begun, looks):
        assert [answer.headers.get("idempotent-replayed") for answer in pair] == [None, "true"]
    other = client.post(
        SOURCES,
        json={**body, "branch": "x"},
        headers={"idempotency-key": made[0].request.headers["idempotency-key"]},
    )
    assert refused(other) == (422, "idempotency_key_reused")
    for job in (begun[0].json()["job_id"], looks[0].json()["id"]):
        asyncio.run(ended(house, job))


# ------------------------------------------------------------ rescans of the market


def test_a_rescan_is_accepted_and_its_source_is_polled(
    client: TestClient, house: Container, bare: Bare
) -> None:
    source_id = added(client, bare)["id"]
    answer = client.post(f"{SOURCES}/{source_id}/rescan")
    job, place = answer.json()["job_id"], f"{SOURCES}/{source_id}"
    assert (answer.status_code, answer.headers["location"], answer.json()["status_url"]) == (
        202,
        place,
        place,
    )
    assert f'</api/v1/jobs/{job}/events>; rel="monitor"' in answer.headers["link"]
    asyncio.run(ended(house, job))
    shown = client.get(place).json()
    assert (shown["status"], shown["counts"]) == ("success", {"skill": 1, "command": 1})
    early = client.post(f"{place}/rescan")
    assert refused(early) == (429, "rescan_too_soon")
    assert 1 <= int(early.headers["retry-after"]) <= 300


def test_a_scan_that_fails_leaves_its_reason_with_the_source(
    client: TestClient, house: Container, bare: Bare
) -> None:
    shown = scanned(client, house, added(client, bare, branch="nowhere")["id"])
    assert shown["status"] == "error"
    assert "nowhere" in shown["last_error"]
    assert client.get(f"{SOURCES}/{shown['id']}/artifacts").json()["items"] == []


def test_a_scan_is_tried_again_by_its_job_where_its_source_may_be_scanned(
    client: TestClient, house: Container, bare: Bare
) -> None:
    failed, stored = (
        client.post(f"{SOURCES}/{added(client, bare, branch=branch)['id']}/rescan").json()["job_id"]
        for branch in ("nowhere", "main")
    )
    for job in (failed, stored):
        asyncio.run(ended(house, job))
    early, outdated = (client.post(f"/api/v1/jobs/{job}/retry") for job in (failed, stored))
    assert refused(early) == (429, "rescan_too_soon")
    assert 1 <= int(early.headers["retry-after"]) <= 300
    assert refused(outdated) == (409, "scan_outdated")


def test_a_scan_that_stands_alone_keeps_its_job_and_nothing_else(
    client: TestClient, house: Container, bare: Bare
) -> None:
    before = client.get(SOURCES).json()["total"]
    answer = client.post(f"{BASE}/scans", json={"url": f"file://{bare.folder}"})
    assert (answer.status_code, answer.headers["location"]) == (202, f"/api/v1/jobs/{answer.json()['id']}")
    asyncio.run(ended(house, answer.json()["id"]))
    job = client.get(answer.json()["status_url"]).json()
    assert (job["kind"], job["status"]) == ("scan", "succeeded")
    assert "skills/profile" in str(job["result"])
    assert client.get(SOURCES).json()["total"] == before


# ------------------------------------------------------------ artifacts of the market


def test_an_artifact_tells_where_it_is_and_why_it_is_one(
    client: TestClient, place: str, source: Json, entries: dict[str, Json]
) -> None:
    entry = entries["skills/profile"]
    assert (entry["type"], entry["name"], entry["status"]) == ("skill", "profile", "new")
    assert (entry["detected_sha"], entry["imported_at"]) == (source["commit_sha"], None)
    assert sum(entry["score_breakdown"].values()) == pytest.approx(entry["raw_score"])
    shown = client.get(f"{place}/artifacts/{entry['id']}")
    assert shown.json() == entry
    known = client.get(f"{place}/artifacts/{entry['id']}", headers={"if-none-match": shown.headers["etag"]})
    assert known.status_code == 304


@pytest.mark.parametrize(
    ("asked", "paths"),
    [
        ("", ["agents/critic.md", "commands/a.md", "skills/profile", "skills/report"]),
        ("type=skill", ["skills/profile", "skills/report"]),
        ("type=command&type=agent", ["agents/critic.md", "commands/a.md"]),
        ("status=new&status=updated&search=REP", ["skills/report"]),
        ("status=removed", []),
        ("max_confidence=30", []),
        ("min_confidence=30", ["agents/critic.md", "commands/a.md", "skills/profile", "skills/report"]),
    ],
)
def test_artifacts_are_chosen(client: TestClient, place: str, asked: str, paths: list[str]) -> None:
    answer = client.get(f"{place}/artifacts?{asked}")
    assert answer.status_code == 200
    assert sorted(item["path"] for item in answer.json()["items"]) == paths
    assert (answer.json()["total"], answer.headers["x-total-count"]) == (len(paths), str(len(paths)))


def test_artifacts_are_sorted_and_come_in_parts(client: TestClient, place: str) -> None:
    sort = {"sort": "by_type", "limit": "1"}
    first = client.get(f"{place}/artifacts", params=[*sort.items(), ("type", "skill"), ("type", "agent")])
    assert [item["type"] for item in first.json()["items"]] == ["agent"]
    assert first.json()["total"] == 3
    assert "type=skill&type=agent&" in first.links["next"]["url"]
    following = client.get(first.links["next"]["url"]).json()
    assert [item["type"] for item in following["items"]] == ["skill"]
    last = client.get(f"{place}/artifacts", params=sort | {"order": "desc"}).json()
    assert [item["type"] for item in last["items"]] == ["skill"]


def test_an_excluded_artifact_is_left_out_of_what_is_offered(
    client: TestClient, place: str, entries: dict[str, Json]
) -> None:
    there = f"{place}/artifacts/{entries['commands/a.md']['id']}"
    assert client.patch(there, json={"excluded": True}).json()["status"] == "excluded"
    taken = client.post(f"{place}/import", json={"entry_id": entries["commands/a.md"]["id"]}).json()
    assert (taken["error_count"], taken["errors"][0]["code"]) == (1, "entry_excluded")
    assert client.patch(there, json={"excluded": False}).json()["status"] == "new"


def test_a_file_is_served_as_bytes_that_no_browser_shows(
    client: TestClient, place: str, entries: dict[str, Json]
) -> None:
    files = f"{place}/artifacts/{entries['skills/profile']['id']}/files"
    listed = client.get(files).json()
    assert [item["path"] for item in listed["items"]] == ["SKILL.md", "page.html", "run.py"]
    page = client.get(f"{files}/page.html", headers={"accept": "text/html"})
    assert (page.status_code, page.content) == (200, PAGE)
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"] == 'attachment; filename="page.html"'
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["etag"] == f'"{hashlib.sha256(PAGE).hexdigest()}"'
    known = client.get(f"{files}/page.html", headers={"if-none-match": page.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = client.head(f"{files}/page.html")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(PAGE)))
    for path in ("..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "skills/profile/SKILL.md", "SKILL.md/"):
        assert refused(client.get(f"{files}/{path}")) == (404, "resource_not_found"), path


def test_what_changed_since_the_scan_is_409_and_asks_for_another(
    client: TestClient, house: Container, bare: Bare
) -> None:
    source_id = scanned(client, house, added(client, bare)["id"])["id"]
    entry = client.get(f"{SOURCES}/{source_id}/artifacts?type=skill").json()["items"][0]
    bare.write(FILES | {"skills/profile/SKILL.md": SKILL + b"More.\n"})
    bare.git("reflog", "expire", "--expire=now", "--all")
    bare.git("gc", "--quiet", "--prune=now")
    answer = client.get(f"{SOURCES}/{source_id}/artifacts/{entry['id']}/files/SKILL.md")
    assert refused(answer) == (409, "entry_changed")
    taken = client.post(f"{SOURCES}/{source_id}/import", json={"entry_id": entry["id"]})
    assert refused(taken) == (409, "entry_changed")


# ------------------------------------------------------------ imports of the market


def test_one_is_imported_and_shown_as_imported(
    client: TestClient, place: str, entries: dict[str, Json]
) -> None:
    entry = entries["skills/profile"]
    result = client.post(f"{place}/import", json={"entry_id": entry["id"]})
    told = result.json()
    assert (result.status_code, told["imported_count"], told["error_count"]) == (200, 1, 0)
    item = client.get(f"{COLLECTION}/{told['imported'][0]['item_id']}")
    record = {name: item.json()[name] for name in ("name", "type", "entry_id", "commit_sha", "digest")}
    assert record == {
        "name": "profile",
        "type": "skill",
        "entry_id": entry["id"],
        "commit_sha": entry["detected_sha"],
        "digest": entry["digest"],
    }
    known = client.get(item.request.url, headers={"if-none-match": item.headers["etag"]})
    assert known.status_code == 304
    shown = client.get(f"{place}/artifacts/{entry['id']}").json()
    assert shown["status"] == "imported"
    assert shown["imported_at"] == item.json()["imported_at"]


def test_a_conflict_changes_nothing_until_it_is_said_what_becomes_of_it(
    client: TestClient, place: str, entries: dict[str, Json]
) -> None:
    ids = [entries[path]["id"] for path in ("skills/profile", "skills/report", "commands/a.md")]
    first = client.post(f"{place}/import", json={"entry_ids": ids[:2]}).json()
    assert first["imported_count"] == 2
    second = client.post(f"{place}/import", json={"entry_ids": [*ids, NOWHERE]}).json()
    counts = [second[f"{what}_count"] for what in ("imported", "conflict", "skipped", "error")]
    assert counts == [1, 2, 0, 1]
    conflict = second["conflicts"][0]
    assert conflict == {
        "entry_id": ids[0],
        "name": "profile",
        "type": "skill",
        "existing_id": first["imported"][0]["item_id"],
        "suggested_name": "profile-2",
    }
    said = {
        "entry_ids": ids,
        "conflict_resolution": "skip",
        "resolutions": {ids[0]: "rename", ids[1]: "force"},
    }
    third = client.post(f"{place}/import", json=said).json()
    assert [third[f"{what}_count"] for what in ("imported", "conflict", "skipped")] == [2, 0, 1]
    listed = client.get(COLLECTION, params={"type": "skill"}).json()
    assert sorted(item["name"] for item in listed["items"]) == ["profile", "profile-2", "report"]
    assert client.get(f"{COLLECTION}?type=skill&type=command&search=a").json()["total"] >= 1


def test_what_was_imported_is_verified_and_deleted(
    client: TestClient, place: str, entries: dict[str, Json]
) -> None:
    ids = [entries[path]["id"] for path in ("skills/profile", "skills/report")]
    taken = client.post(f"{place}/import", json={"entry_ids": ids}).json()["imported"]
    everything = client.post(f"{COLLECTION}:verify").json()
    assert (everything["sound_count"], everything["damaged_count"]) == (2, 0)
    one = client.post(f"{COLLECTION}:verify", params={"item_id": taken[0]["item_id"]}).json()
    assert [look["found_digest"] for look in one["items"]] == [entries["skills/profile"]["digest"]]
    there = f"{COLLECTION}/{taken[0]['item_id']}"
    assert client.delete(there).status_code == 204
    assert refused(client.get(there)) == (404, "resource_not_found")
    assert refused(client.delete(there)) == (404, "resource_not_found")
    gone = client.post(f"{COLLECTION}:verify", params={"item_id": taken[0]["item_id"]})
    assert refused(gone) == (404, "resource_not_found")


def test_the_audit_tells_who_did_what_and_what_it_came_to(
    client: TestClient, house: Container, bare: Bare
) -> None:
    source = scanned(client, house, added(client, bare)["id"])
    place = f"{SOURCES}/{source['id']}"
    entry = client.get(f"{place}/artifacts?type=skill").json()["items"][0]["id"]
    for _ in range(2):
        client.post(f"{place}/import", json={"entry_id": entry})
    client.delete(place)
    rows = client.get(f"{BASE}/audit", params={"source_id": source["id"]})
    assert [(row["action"], row["outcome"]) for row in reversed(rows.json()["items"])] == [
        ("create", "success"),
        ("rescan", "success"),
        ("import", "success"),
        ("import", "conflict"),
        ("delete", "success"),
    ]
    assert {row["by"] for row in rows.json()["items"]} == {"local"}
    assert rows.headers["x-total-count"] == "5"
