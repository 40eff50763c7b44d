"""The API behind a real OpenID provider: its service accounts and people, its rotations, and its absence."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.doors.api_client import Server, events_of, server
from tests.services.openid_provider import AUDIENCE, OpenIdProvider, needs_provider, openid_provider

pytestmark = [pytest.mark.services, needs_provider]

DRIVER = Path(__file__).parent / "scripts" / "fast_server.py"


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with openid_provider() as started:
        yield started


def settings(provider: OpenIdProvider, **more: str) -> dict[str, str]:
    return {
        "TASKFORCE_AUTH": "keys,oidc",
        "TASKFORCE_OIDC_ISSUER": provider.issuer,
        "TASKFORCE_OIDC_AUDIENCE": AUDIENCE,
        **more,
    }


@pytest.fixture
def served(provider: OpenIdProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name, text in settings(provider).items():
        monkeypatch.setenv(name, text)
    with server(tmp_path / "home", log_to=tmp_path / "log") as started:
        yield started


def ask(served: Server, token: str, path: str = "/api/v1/jobs", method: str = "GET", **more: Any) -> Any:  # noqa: ANN401
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.request(method, f"{served.url}{path}", headers=headers, timeout=30, **more)


def test_service_accounts_come_in_with_rs256_and_es256_and_with_their_roles(
    provider: OpenIdProvider, served: Server, tmp_path: Path
) -> None:
    operator, viewer, admin = (provider.token(client) for client in ("ci-rs256", "ci-es256", "platform"))
    mission = {"mission": "calculate 6 * 7", "model": "local:planner"}
    ran = ask(served, operator, "/api/v1/execute", "POST", json=mission)
    assert ran.json()["status"] == "completed"
    job = ask(served, viewer, f"/api/v1/jobs/{ran.json()['job_id']}").json()
    assert job["created_by"] == "oidc:ci-rs256"
    assert ask(served, viewer, "/api/v1/execute", "POST", json=mission).status_code == 403
    assert ask(served, operator, "/api/v1/keys").status_code == 403
    made = ask(served, admin, "/api/v1/projects", "POST", json={"name": "Werk"}).json()
    place = f"/api/v1/projects/{made['project_id']}"
    assert ask(served, operator, place).status_code == 404
    assert ask(served, admin, f"{place}/members/oidc:ci-rs256", "PUT", json={}).status_code == 200
    assert ask(served, operator, place).status_code == 200
    logged = (tmp_path / "log").read_text()
    assert '"principal": "oidc:ci-rs256"' in logged
    assert not any(token in logged for token in (operator, viewer, admin))


def test_people_come_in_with_their_access_token_and_not_with_their_id_token(
    provider: OpenIdProvider, served: Server
) -> None:
    tokens = provider.tokens_of("anna")
    assert ask(served, str(tokens["access_token"])).status_code == 200
    refused = ask(served, str(tokens["id_token"]))
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="taskforce", error="invalid_token"'


def test_after_a_rotation_old_tokens_hold_while_their_key_is_published(
    provider: OpenIdProvider, served: Server
) -> None:
    old = provider.token("ci-rs256")
    provider.rotate(keep=True)  # nobody has asked yet: what is published now is what is known
    new = provider.token("ci-rs256")
    assert (ask(served, old).status_code, ask(served, new).status_code) == (200, 200)


def test_while_the_provider_is_down_known_keys_count_and_unknown_ones_are_refused(
    provider: OpenIdProvider, served: Server
) -> None:
    token = provider.token("ci-rs256")
    assert ask(served, token).status_code == 200
    provider.rotate()
    foreign = provider.token("ci-rs256")
    provider.stop()
    assert ask(served, token).status_code == 200
    assert ask(served, foreign).status_code == 401


def test_a_provider_that_was_never_there_is_told_and_found_when_it_comes(
    provider: OpenIdProvider, served: Server
) -> None:
    token = provider.token("ci-rs256")
    provider.stop()
    down = ask(served, token)
    assert (down.status_code, down.json()["error"]["code"]) == (503, "unavailable")
    assert "Retry-After" in down.headers
    assert httpx2.get(f"{served.url}/health").status_code == 200
    provider.start()
    time.sleep(2.1)
    assert ask(served, provider.token("ci-rs256")).status_code == 200


def test_a_stream_ends_with_the_token(
    provider: OpenIdProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in settings(provider).items():
        monkeypatch.setenv(name, text)
    words = (str(DRIVER), "--count", "1000000", "--rate", "20")
    with server(tmp_path / "home", *words, log_to=tmp_path / "log") as served:
        token = provider.token("brief")
        job = ask(served, token).json()["items"][0]["id"]
        begun, headers = time.monotonic(), {"Authorization": f"Bearer {token}"}
        with httpx2.stream(
            "GET", f"{served.url}/api/v1/jobs/{job}/events", headers=headers, timeout=60
        ) as got:
            last = list(events_of(got.iter_lines()))[-1]
    assert (last.type, last.number) == ("reauth", None)
    assert time.monotonic() - begun < 60
