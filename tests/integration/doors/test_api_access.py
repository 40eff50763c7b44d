"""Open access: this machine alone, and no web page on its behalf."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from taskforce.api.server import create_app, serve
from taskforce.application.factory import open_container
from taskforce.settings import Settings, SettingsInvalid
from tests.integration.doors.api_client import api

EVIL = "https://evil.example"
FRIEND = "https://friend.example"


@pytest.mark.parametrize(
    ("peer", "status"),
    [
        ("127.0.0.1", 200),
        ("127.8.9.10", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("192.168.1.9", 403),
        ("2001:db8::1", 403),
        ("::ffff:10.0.0.1", 403),
        ("", 403),
    ],
)
def test_only_this_machine_is_let_in(tmp_path: Path, peer: str, status: int) -> None:
    with api(tmp_path) as client:
        response = TestClient(client.app, client=(peer, 5000)).get("/health")
    assert response.status_code == status
    if status == 403:
        assert response.json()["error"]["code"] == "authorization_failed"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "localhost:8000"}, 200),
        ({"host": "LOCALHOST"}, 200),
        ({"host": "[::1]:8000"}, 200),
        ({"host": "rebound.evil.example"}, 403),
        ({"host": "localhost.evil.example"}, 403),
        ({"host": "[bad"}, 403),
        ({"host": ""}, 403),
        ({"origin": EVIL}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://testserver"}, 200),
        ({"origin": "http://testserver:81"}, 403),
        ({"host": "localhost:8000", "origin": "http://localhost:8000"}, 200),
    ],
)
def test_a_foreign_host_or_page_is_shut_out(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    with api(tmp_path) as client:
        response = client.get("/health", headers=headers)
    assert response.status_code == status
    assert "access-control-allow-origin" not in response.headers


def test_a_page_of_a_named_origin_may_call(tmp_path: Path) -> None:
    with api(tmp_path, cors_origins=(FRIEND,)) as client:
        asked = {"origin": FRIEND, "access-control-request-method": "POST"}
        preflight = client.options("/api/v1/execute", headers=asked)
        got = client.get("/nowhere", headers={"origin": FRIEND})
        evil = client.get("/health", headers={"origin": EVIL})
    assert preflight.headers["access-control-allow-origin"] == FRIEND
    assert (got.status_code, got.headers["access-control-allow-origin"]) == (404, FRIEND)
    assert "X-Request-ID" in got.headers["access-control-expose-headers"]
    assert (evil.status_code, evil.headers.get("access-control-allow-origin")) == (403, None)


def test_a_wildcard_origin_is_refused_at_start(tmp_path: Path) -> None:
    container = open_container(Settings(home=tmp_path, cors_origins=("*",)))
    with pytest.raises(SettingsInvalid), TestClient(create_app(container)):
        pass


def test_an_address_that_others_reach_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid):
        serve(open_container(Settings(home=tmp_path)), host="0.0.0.0")  # noqa: S104 - it is refused
