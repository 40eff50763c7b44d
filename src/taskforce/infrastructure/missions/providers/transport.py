"""The connection to a provider: bounded in bytes, closed with the request."""

import httpx2

from taskforce.infrastructure.network.clients import bounded_client

MOST_BYTES = 1024 * 1024
"""Bytes that an answer may take, and as much again for each thousand tokens: a real one is far below."""


def connection(base_url: str | None, *, idle_seconds: float, max_tokens: int) -> httpx2.AsyncClient:
    """Return a client for one request: it belongs to no event loop but its own, and dies with the request."""
    return bounded_client(base_url, idle_seconds=idle_seconds, most=MOST_BYTES * (1 + max_tokens // 1_000))
