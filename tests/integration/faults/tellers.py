"""A teller of stories at a served API: each story has a project of its own, so that many share a server."""

import hashlib
import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import httpx2

from tests.integration.doors.test_session_stories import Teller
from tests.integration.doors.three_doors import Door, Json, Refused, without_differences
from tests.integration.doors.use_case_table import BODILESS, GO_ON, USE_CASES
from tests.integration.records import comparable
from tests.integration.wire import Server
from tests.services.receiver import Receiver

PATIENCE = 120.0
SIDE_BY_SIDE = frozenset({"video"})
"""Kinds whose jobs do parts of their work side by side, and tell of each when it is done."""
_TIMES = re.compile(r"(_ms|_seconds|duration|latency|seconds)$")
_SIGNED = re.compile(r"(?:https?://[^/]+)?/(?:v1/logs|tf-[0-9a-f]+)/(pipeline-runs/[^?]+)\?[\w%&=.-]+")
"""An address of a log: the bucket's, or our own."""
_COMMIT = re.compile(r"\b[0-9a-f]{40}\b")  # of files that name the test's folder
_SHORT = re.compile(r"\b\d+(\.\d+)? m?s\b")


class ByServer(Door):
    """A served API, for one project."""

    def __init__(self, server: Server, project: str) -> None:
        self.server = server
        self.project = project

    def do(self, use_case: str, **fields: Any) -> Any:  # noqa: ANN401 - any JSON
        _, _, method, path = USE_CASES[use_case]
        key = fields.pop("idempotency_key", None)
        headers = {} if key is None else {"idempotency_key": key}
        rest = {name: value for name, value in fields.items() if f"{{{name}}}" not in path}
        place = path.format(**fields)
        takes_body = method in {"POST", "PUT", "PATCH"} and not path.endswith((*BODILESS, "/rescan"))
        asked = place if takes_body else _with_query(place, rest)
        body = self.ask(method, asked, rest if takes_body else None, headers)
        if use_case in GO_ON:
            return self._followed(body)
        if isinstance(body, list):
            return {"items": body}
        return body and without_differences(body)

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - any JSON
        """Make a request of the project. Raises Refused."""
        sent = {"x_project_id": self.project, **(headers or {})}
        answer = self.server.ask(method, path, body, seconds=PATIENCE, **sent)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise Refused(answer.body)
        return answer.body

    def follow(self, job_id: str) -> list[Json]:
        """Return a job's log, once that is over."""
        path, headers = f"/api/v1/jobs/{job_id}/events", {"x_project_id": self.project}
        with self.server.stream("GET", path, **headers) as (_, events):
            return [{"id": event.number, **event.data} for event in events if event.number is not None]

    def _followed(self, job: Json) -> Json:
        self.follow(job["id"])
        session = self.ask("GET", f"/api/v1/sessions/{job['subject'].removeprefix('session/')}")
        facts = ("message", "usage", "artifacts", "error", "waiting", "session_id", "job_id", "status")
        return {name: session[name] for name in facts}


class ServedTeller(Teller):
    """Tells a story at a server, and keeps what was answered and the logs of all jobs that came of it."""

    def __init__(self, server: Server, folder: Path, there: Receiver) -> None:
        made = server.ask("POST", "/api/v1/projects", {"name": folder.name}).body
        self.there = there
        """Where webhooks may go."""
        self.door = ByServer(server, made["project_id"])
        super().__init__(self.door, folder)

    def follows(self, job_id: str) -> None:
        """Wait for a job's end."""
        self.door.follow(job_id)

    def reads(self, url: str) -> str:
        """Fetch what is at an address that was told."""
        answer = httpx2.get(urljoin(self.door.server.url, url), timeout=PATIENCE)
        self.outcomes.append({"read": [answer.status_code, answer.text]})
        return answer.text

    def waits(self, use_case: str, until: Mapping[str, object], **fields: Any) -> Json:  # noqa: ANN401 - any field
        """Ask until an answer is so; keep that one."""
        end = time.monotonic() + PATIENCE
        while True:
            answer: Json = self.door.do(use_case, **fields)
            if all(answer.get(name) == value for name, value in until.items()):
                self.outcomes.append({use_case: answer})
                return answer
            assert time.monotonic() < end, answer
            time.sleep(0.02)

    def told(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the answers and the logs, in which ids and times alone have other names."""
        jobs = self.door.ask("GET", "/api/v1/jobs?limit=100")["items"]
        logs = [self._log(job) for job in reversed(jobs)]
        found = {"answers": self.outcomes, "logs": sorted(logs, key=lambda log: (log["kind"], log["size"]))}
        return comparable(_timeless(found), self.folder, self.folder.parent)

    def _log(self, job: Json) -> Json:
        log = self.door.follow(job["id"]) if job["status"] in {"succeeded", "failed", "cancelled"} else []
        assert [event["id"] for event in log] == list(range(1, len(log) + 1))
        left = self.door.ask("GET", f"/api/v1/jobs/{job['id']}/artifacts")["items"]
        assert all(self._is_whole(artifact) for artifact in left)
        told = {"kind": job["kind"], "status": job["status"], "artifacts": len(left)}
        is_ordered = job["kind"] not in SIDE_BY_SIDE
        events = log if is_ordered else sorted(log, key=lambda event: (event["event_type"], event["message"]))
        return {**told, "size": len(log), "events": [event | {"id": 0} for event in events]}

    def _is_whole(self, artifact: Json) -> bool:
        """Tell whether an artifact is had from the door, whichever machine has left it."""
        url = f"{self.door.server.url}/api/v1/artifacts/{artifact['id']}"
        content = httpx2.get(url, headers={"x-project-id": self.door.project}, timeout=PATIENCE).content
        return bool(hashlib.sha256(content).hexdigest() == artifact["sha256"])


def _with_query(path: str, fields: Mapping[str, object]) -> str:
    told = {name: str(value).lower() if isinstance(value, bool) else value for name, value in fields.items()}
    return f"{path}?{urlencode(told, doseq=True)}" if fields else path


def _timeless(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a value without how long something took, and what was reckoned from ids, times and folders."""
    if isinstance(value, dict):
        named = value.get("name") == "manifest.json"  # it tells the run's id
        hidden = {"sha256"} if named else frozenset()
        return {
            name: None if name in hidden or _TIMES.search(name) else _timeless(part)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_timeless(part) for part in value]
    if isinstance(value, str):
        return _COMMIT.sub("<commit>", _SIGNED.sub(r"<signed>/\1", _SHORT.sub("<time>", value)))
    return value
