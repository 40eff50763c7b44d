"""Who shows what at the API: nothing gets in that should not, and nothing secret gets out."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from fastapi.testclient import TestClient

from taskforce.core.access.keys import PREFIX, key_text
from taskforce.core.principals import DEFAULT_PROJECT, Role
from tests.integration.doors.api_client import events_of, server
from tests.integration.doors.guarded import KEY, House, guarded
from tests.integration.processes import said

JOBS = "/api/v1/jobs"
DRIVER = Path(__file__).parent / "scripts" / "fast_server.py"
FORGED = key_text("abcdefgh", bytes(32))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with guarded(tmp_path_factory.mktemp("home"), workers=0) as made:
        yield made


REFUSED: dict[str, dict[str, str]] = {
    "an unknown key": {KEY: FORGED},
    "a key with another checksum": {KEY: FORGED[:-1] + "0"},
    "a key without its end": {KEY: FORGED[:-6]},
    "a prefix alone": {KEY: PREFIX},
    "an empty key": {KEY: ""},
    "a key with a blank": {KEY: f" {FORGED[:20]} {FORGED[20:]}"},
    "30 KB of key": {KEY: PREFIX + "a" * 30_000},
    "a key as basic": {"Authorization": f"Basic {FORGED}"},
    "no scheme": {"Authorization": FORGED},
    "an unknown key as bearer": {"Authorization": f"Bearer {FORGED}"},
    "a token where there are keys alone": {"Authorization": "Bearer e30.e30.e30"},
    "an empty bearer": {"Authorization": "Bearer "},
    "a cookie": {"Cookie": f"api_key={FORGED}"},
}


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
def test_what_is_no_credential_is_refused_and_logged_without_it(
    house: House, headers: dict[str, str]
) -> None:
    with structlog.testing.capture_logs() as logged:
        answer = house.client.get(JOBS, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "authentication_failed")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="taskforce"')
    told = f"{answer.text} {answer.headers} {logged}"
    assert not any(text in told for text in (FORGED, FORGED[17:50], "a" * 100, "e30.e30"))
    refused = [line for line in logged if line["event"] == "credential_refused"]
    assert len(refused) == ("Cookie" not in headers)
    assert all(line["peer"] == "testclient" and line["path"] == JOBS for line in refused)


def test_a_key_in_the_address_is_none_and_is_not_logged(house: House) -> None:
    key = house.keys[Role.ADMIN]
    with structlog.testing.capture_logs() as logged:
        answer = house.client.get(f"{JOBS}?api_key={key}&access_token={key}")
    assert answer.status_code == 401
    assert key not in f"{answer.text} {answer.headers} {logged}"


@pytest.mark.parametrize("size", [40_000, 2**20])
def test_a_key_over_all_limits_is_refused_before_it_is_looked_at(house: House, size: int) -> None:
    answer = house.client.get(JOBS, headers={KEY: PREFIX + "a" * size})
    assert answer.status_code == 431


def test_two_credentials_are_refused(house: House) -> None:
    key = house.keys[Role.ADMIN]
    both: list[Any] = [(KEY, key), ("Authorization", f"Bearer {key}")]
    for headers in (both, [both[0], both[0]], [both[1], both[1]]):
        answer = house.client.get(JOBS, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
        assert key not in answer.text


def test_a_key_may_come_as_a_bearer_token(house: House) -> None:
    headers = {"Authorization": f"bearer {house.keys[Role.VIEWER]}"}
    assert house.client.get(JOBS, headers=headers).status_code == 200


def test_a_revoked_key_opens_nothing_from_now_on(house: House) -> None:
    key = house.key(DEFAULT_PROJECT)
    assert house.client.get(JOBS, headers={KEY: key}).status_code == 200
    own = {KEY: key}
    path = f"/api/v1/keys/{key.split('_')[2]}/revoke"
    assert house.client.post(path, headers=own).json()["status"] == "revoked"
    answer = house.client.get(JOBS, headers=own)
    assert (answer.status_code, "revoked" in answer.json()["detail"]) == (401, True)


def test_a_created_key_is_in_one_answer_alone(house: House) -> None:
    once = {"Idempotency-Key": "a-key-once"}
    with structlog.testing.capture_logs() as logged:
        made = house.ask(Role.ADMIN, "POST", "/api/v1/keys", json={"name": "ci"}, headers=once)
        again = house.ask(Role.ADMIN, "POST", "/api/v1/keys", json={"name": "ci"}, headers=once)
    key = made.json()["key"]
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    assert again.json() == made.json() | {"key": None}
    assert again.headers["Idempotent-Replayed"] == "true"
    listed = house.ask(Role.ADMIN, "GET", "/api/v1/keys").text
    assert key not in f"{listed} {logged}"
    stored = b"".join(file.read_bytes() for file in house.home.rglob("*") if file.is_file())
    assert key.encode() not in stored
    assert key.split("_")[3].encode() not in stored


def test_the_secrets_of_the_house_are_its_owners_alone(house: House) -> None:
    pepper = house.home / "pepper"
    assert pepper.stat().st_mode & 0o077 == 0
    assert pepper.read_bytes() not in (house.home / "taskforce.db").read_bytes()


def test_what_is_open_stays_open(house: House) -> None:
    for path in ("/", "/health", "/health/ready", "/docs", "/redoc", "/openapi.json"):
        assert house.client.get(path).status_code == 200, path
    assert house.client.get("/metrics").status_code == 401
    assert house.ask(Role.SERVICE, "GET", "/metrics").status_code == 403
    assert house.ask(Role.VIEWER, "GET", "/metrics").status_code == 200


def test_with_keys_others_may_ask_and_the_host_is_still_checked(house: House) -> None:
    elsewhere = TestClient(house.client.app, client=("192.0.2.7", 5000))
    headers = {KEY: house.keys[Role.VIEWER], "Origin": "https://page.example"}
    assert elsewhere.get(JOBS, headers=headers).status_code == 200
    rebound = elsewhere.get(JOBS, headers={**headers, "Host": "rebound.example"})
    assert (rebound.status_code, "trusted_hosts" in rebound.json()["detail"]) == (403, True)


def test_refusing_takes_no_time(house: House) -> None:
    headers = {KEY: PREFIX + "a" * 30_000}
    house.client.get(JOBS, headers=headers)
    begun = time.process_time()
    for _ in range(50):
        house.client.get(JOBS, headers=headers)
    assert (time.process_time() - begun) / 50 < 0.02, "with the test client around it"


def test_principals_are_on_record(house: House) -> None:
    made = house.ask(Role.OPERATOR, "POST", "/api/v1/sessions", json={})
    key_id = house.keys[Role.OPERATOR].split("_")[2]
    ran = house.ask(
        Role.OPERATOR,
        "POST",
        "/api/v1/execute?background=true",
        json={"mission": "say hello", "model": "local:planner"},
    )
    assert made.status_code == 201
    job = house.ask(Role.VIEWER, "GET", ran.headers["Location"]).json()
    assert job["created_by"] == f"key:{key_id}"


def test_a_server_behind_keys_shows_no_key_to_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("TASKFORCE_AUTH", "keys")
    monkeypatch.setenv("TASKFORCE_LOG_LEVEL", "debug")
    key = said(home, "keys", "create", "ci", "--json").json["key"]
    words = (str(DRIVER), "--count", "1000000", "--rate", "20")
    with server(home, *words, log_to=tmp_path / "log") as served:
        own = {KEY: key}
        job = httpx2.get(f"{served.url}{JOBS}", headers=own).json()["items"][0]["id"]
        running = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True)
        assert key not in running.stdout
        begun = time.monotonic()
        url = f"{served.url}{JOBS}/{job}/events"
        with httpx2.stream("GET", url, headers=own, timeout=90) as stream:
            lines = stream.iter_lines()
            next(lines)
            said(home, "keys", "revoke", key.split("_")[2])  # in another process
            last = list(events_of(lines))[-1]
        assert (last.type, last.number) == ("reauth", None)
        assert time.monotonic() - begun < 60
        assert httpx2.get(f"{served.url}{JOBS}", headers=own).status_code == 401
    logged = (tmp_path / "log").read_text()
    assert key not in logged
    assert '"reason": "revoked"' in logged
    assert f'"principal": "key:{key.split("_")[2]}"' in logged


def test_start_up_says_what_is_missing(tmp_path: Path) -> None:
    def started(**more: str) -> str:
        environment = {"TASKFORCE_HOME": str(tmp_path), "PATH": "", **more}
        words = [sys.executable, "-m", "taskforce", "serve", "--host", "0.0.0.0", "--port", "0"]  # noqa: S104
        ran = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 2
        return ran.stderr

    assert "auth to keys or oidc" in started()
    assert "cannot be combined" in started(TASKFORCE_AUTH="none,keys")
    assert "oidc_issuer and oidc_audience" in started(TASKFORCE_AUTH="oidc")
    assert "should be 'none', 'keys' or 'oidc'" in started(TASKFORCE_AUTH="password")
