"""Fetching what an issuer publishes: its configuration, and from there its keys."""

import json
from collections.abc import Mapping
from typing import Any

import httpx2

from taskforce.core.clock import Clock
from taskforce.core.documents import JsonObject

PATIENCE = 2.0
"""Seconds for both documents together."""
LARGEST = 2**20
CONFIGURATION = "/.well-known/openid-configuration"


class IssuerSilent(Exception):
    """The issuer did not say what it should; why is for the log."""


def published_keys(issuer: str, clock: Clock) -> list[Mapping[str, Any]]:
    """Return the keys that an issuer publishes, as its document has them (RFC 7517). Blocks.

    No redirect is followed, and no proxy of the environment used: the issuer is who the settings name.

    Raises:
        IssuerSilent: it did not answer in time, or not what OpenID Connect Discovery 1.0 says.
    """
    end = clock.monotonic() + PATIENCE
    with httpx2.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client:
        said = _document(client, issuer.rstrip("/") + CONFIGURATION, clock, end)
        place = said.get("jwks_uri")
        if said.get("issuer") != issuer or not isinstance(place, str):
            raise IssuerSilent("its configuration names another issuer or no keys")
        if not place.startswith("https://" if issuer.startswith("https://") else ("http://", "https://")):
            raise IssuerSilent("its keys are not where TLS is")
        keys = _document(client, place, clock, end).get("keys")
    if not isinstance(keys, list):
        raise IssuerSilent("its keys are no list")
    return [key for key in keys if isinstance(key, dict)]


def _document(client: httpx2.Client, url: str, clock: Clock, end: float) -> JsonObject:
    content = b""
    try:
        with client.stream("GET", url, headers={"Accept": "application/json"}) as response:
            if response.status_code != httpx2.codes.OK:
                raise IssuerSilent(f"it answered with {response.status_code}")
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST or clock.monotonic() > end:
                    raise IssuerSilent("its answer is too long, or too slow")
        said = json.loads(content)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError) as broken:
        raise IssuerSilent(type(broken).__name__) from broken
    if not isinstance(said, dict):
        raise IssuerSilent("its answer is no JSON object")
    return said
