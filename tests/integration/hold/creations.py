"""Every request that creates: how it is asked for, what it makes, and how its answer names that.

Who adds a use case that takes an Idempotency-Key adds a line to CREATIONS; a test tells what was forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.integration.hold.served import Served

MISSION = {"mission": "write hello to a.txt then read a.txt"}
HOPELESS = {"mission": "compose a sonnet about the sea"}
TABLES = ("jobs", "sessions", "api_keys", "projects", "webhooks")
"""What is counted before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """A request that creates."""

    path: str
    """May name the session and the last job that are there before."""
    makes: Mapping[str, int]
    """How many rows each table gains."""
    made: Callable[[httpx2.Response], str]
    """Reads from an answer what was made."""
    body: Mapping[str, Any] | None = field(default_factory=dict)
    again: frozenset[int] = frozenset()
    """With what a second request may be put off."""

    def ask(self, http: httpx2.Client, there: "There", key: str, **headers: str) -> httpx2.Response:
        """Make the request under a key."""
        path = self.path.format(session=there.session, job=there.job)
        return http.post(path, json=self.body, headers={"idempotency-key": key, **headers})


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """What is there before: a session whose mission has failed."""

    session: str
    job: str

    @classmethod
    def prepared(cls, server: Served) -> "There":
        """Run a mission that cannot succeed."""
        failed = httpx2.post(f"{server.url}/api/v1/execute", json=HOPELESS, timeout=30).json()
        return cls(session=failed["session_id"], job=failed["job_id"])


def counted(server: Served) -> dict[str, int]:
    """Return how many rows the tables have."""
    return {table: server.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}  # noqa: S608


def _field(name: str) -> Callable[[httpx2.Response], str]:
    return lambda answer: str(answer.json()[name])


def _job_of_stream(answer: httpx2.Response) -> str:
    return str(answer.headers["location"].split("/")[-2])


CREATIONS: Mapping[str, Creation] = {
    "missions.execute": Creation(
        path="/api/v1/execute",
        body=MISSION,
        makes={"jobs": 1, "sessions": 1},
        made=_field("job_id"),
        again=frozenset({409}),
    ),
    "missions.stream": Creation(
        path="/api/v1/execute/stream", body=MISSION, makes={"jobs": 1, "sessions": 1}, made=_job_of_stream
    ),
    "sessions.create": Creation(path="/api/v1/sessions", makes={"sessions": 1}, made=_field("session_id")),
    "sessions.fork": Creation(
        path="/api/v1/sessions/{session}/fork", makes={"sessions": 1}, made=_field("session_id")
    ),
    "sessions.resume": Creation(
        path="/api/v1/sessions/{session}/resume", makes={"jobs": 1}, made=_field("id")
    ),
    "keys.create": Creation(
        path="/api/v1/keys", body={"name": "nightly"}, makes={"api_keys": 1}, made=_field("key_id")
    ),
    "projects.create": Creation(
        path="/api/v1/projects", body={"name": "Plant 7"}, makes={"projects": 1}, made=_field("project_id")
    ),
    "webhooks.create": Creation(
        path="/api/v1/webhooks",
        body={"url": "https://hooks.example/a"},
        makes={"webhooks": 1},
        made=_field("id"),
    ),
    "jobs.retry": Creation(path="/api/v1/jobs/{job}/retry", body=None, makes={"jobs": 1}, made=_field("id")),
}
