"""Every request that creates: how it is asked for, what it makes, and how its answer names that.

Who adds a use case that takes an Idempotency-Key adds a line to CREATIONS; a test tells what was forgotten.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx2

from tests.integration.hold.backstage import SHOP, shop_in
from tests.integration.hold.served import PATIENCE, Served
from tests.integration.pipelines.api_of_runs import a_shop

MISSION = {"mission": "write hello to a.txt then read a.txt"}
HOPELESS = {"mission": "compose a sonnet about the sea"}
FAILING = "{name: compile, run: exit 3}"
TABLES = (
    "jobs",
    "sessions",
    "api_keys",
    "projects",
    "webhooks",
    "pipeline_runs",
    "approvals",
    "marketplace_sources",
)
"""What is counted before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """A request that creates."""

    path: str
    """May name what is there before, in braces; so may the texts of the body."""
    makes: Mapping[str, int]
    """How many rows each table gains."""
    made: Callable[[httpx2.Response], str]
    """Reads from an answer what was made."""
    body: Mapping[str, Any] | None = field(default_factory=dict)
    again: frozenset[int] = frozenset()
    """With what a second request may be put off."""

    def names(self, what: str) -> bool:
        """Tell whether it is asked for with the name of something that is there before."""
        return f"{{{what}}}" in f"{self.path} {self.body}"

    def place(self, there: "There") -> str:
        """Return the path as it is asked."""
        return self.path.format_map(there)

    def words(self, there: "There") -> Mapping[str, Any] | None:
        """Return the body as it is sent."""
        return self.body and {name: str(text).format_map(there) for name, text in self.body.items()}

    def ask(self, http: httpx2.Client, there: "There", key: str, **headers: str) -> httpx2.Response:
        """Make the request under a key."""
        asked = {"idempotency-key": key, **headers}
        return http.post(self.place(there), json=self.words(there), headers=asked)


There: TypeAlias = Mapping[str, str]
"""What is there before, by what it is: a session and its failed job, a failed run, a release."""


def prepared(server: Served, *creations: Creation) -> There:
    """Make what these creations name; at least the tables are there then."""
    server.get("/api/v1/jobs")
    there: dict[str, str] = {}
    for names, make in _MAKERS.items():
        if any(creation.names(name) for creation in creations for name in names):
            there |= zip(names, make(server), strict=True)
    return there


def _a_failed_mission(server: Served) -> tuple[str, ...]:
    failed = httpx2.post(f"{server.url}/api/v1/execute", json=HOPELESS, timeout=PATIENCE).json()
    return failed["session_id"], failed["job_id"]


def _a_failed_run(server: Served) -> tuple[str, ...]:
    a_shop(shop_in(server.home), FAILING)
    body = {"repository": SHOP, "branch": "main", "commit_sha": "HEAD"}
    asked = {**body, "triggered_by": "ann", "trigger_type": "manual"}
    run: str = httpx2.post(f"{server.url}/v1/runs", json=asked, timeout=PATIENCE).json()["id"]
    end = time.monotonic() + PATIENCE
    while server.get(f"/v1/runs/{run}")["status"] != "failed":
        assert time.monotonic() < end, server.said
        time.sleep(0.02)
    return (run,)


def _a_release(server: Served) -> tuple[str, ...]:
    body = {"repository": SHOP, "project": "app", "commit_sha": "c0ffee".ljust(40, "0"), "artifacts": []}
    return (httpx2.post(f"{server.url}/v1/releases", json=body, timeout=PATIENCE).json()["id"],)


_MAKERS: Mapping[tuple[str, ...], Callable[[Served], tuple[str, ...]]] = {
    ("session", "job"): _a_failed_mission,
    ("run",): _a_failed_run,
    ("release",): _a_release,
}


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
    "sources.create": Creation(
        path="/api/v1/marketplace/sources",
        body={"repo_url": "https://git.example/acme/skills"},
        makes={"marketplace_sources": 1},
        made=_field("id"),
    ),
    "runs.rerun": Creation(
        path="/v1/runs/{run}/rerun", body=None, makes={"jobs": 1, "pipeline_runs": 1}, made=_field("id")
    ),
    "approvals.create": Creation(
        path="/v1/approvals",
        body={"release_id": "{release}", "environment": "production", "justification": "Tested."},
        makes={"approvals": 1},
        made=_field("approval_id"),
    ),
    "jobs.retry": Creation(path="/api/v1/jobs/{job}/retry", body=None, makes={"jobs": 1}, made=_field("id")),
}
