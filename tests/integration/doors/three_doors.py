"""Every use case through library, command line and HTTP, by one name and the same fields."""

import asyncio
import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from inspect import isawaitable
from pathlib import Path
from typing import Any, Protocol

from fastapi.testclient import TestClient
from pydantic import BaseModel

from taskforce import Taskforce
from taskforce.api.errors import problem_of
from taskforce.core.errors import TaskforceError
from taskforce.core.paging import Listing
from taskforce.settings import Settings
from tests.integration.doors.api_client import api
from tests.integration.processes import said

Json = dict[str, Any]

# use case | command and its positional words | method and path
USE_CASES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str, str]] = {
    "missions.execute": (("run", "mission"), ("mission",), "POST", "/api/v1/execute"),
    "missions.list_tools": (("tools", "list"), (), "GET", "/api/v1/tools"),
    "missions.list_skills": (("skills", "list"), (), "GET", "/api/v1/skills"),
    "missions.list_profiles": (("profiles", "list"), (), "GET", "/api/v1/profiles"),
    "missions.list_models": (("models", "list"), (), "GET", "/api/v1/models"),
    "sessions.list": (("sessions", "list"), (), "GET", "/api/v1/sessions"),
    "sessions.get": (("sessions", "show"), ("session_id",), "GET", "/api/v1/sessions/{session_id}"),
    "sessions.create": (("sessions", "create"), (), "POST", "/api/v1/sessions"),
    "sessions.messages": (
        ("sessions", "messages"),
        ("session_id",),
        "GET",
        "/api/v1/sessions/{session_id}/messages",
    ),
    "sessions.fork": (
        ("sessions", "fork"),
        ("session_id",),
        "POST",
        "/api/v1/sessions/{session_id}/fork",
    ),
    "sessions.delete": (
        ("sessions", "delete"),
        ("session_id",),
        "DELETE",
        "/api/v1/sessions/{session_id}",
    ),
    "sessions.respond": (
        ("sessions", "respond"),
        ("session_id", "wait_id"),
        "POST",
        "/api/v1/sessions/{session_id}/respond",
    ),
    "sessions.resume": (
        ("sessions", "resume"),
        ("session_id",),
        "POST",
        "/api/v1/sessions/{session_id}/resume",
    ),
    "sessions.replay": (
        ("sessions", "replay"),
        ("session_id",),
        "POST",
        "/api/v1/sessions/{session_id}/replay",
    ),
    "sessions.cancel": (
        ("sessions", "cancel"),
        ("session_id",),
        "POST",
        "/api/v1/sessions/{session_id}/cancel",
    ),
    "jobs.list": (("jobs", "list"), (), "GET", "/api/v1/jobs"),
    "jobs.get": (("jobs", "show"), ("job_id",), "GET", "/api/v1/jobs/{job_id}"),
    "jobs.watch": (("jobs", "watch"), ("job_id",), "GET", "/api/v1/jobs/{job_id}/events"),
    "jobs.cancel": (("jobs", "cancel"), ("job_id",), "POST", "/api/v1/jobs/{job_id}/cancel"),
    "jobs.retry": (("jobs", "retry"), ("job_id",), "POST", "/api/v1/jobs/{job_id}/retry"),
    "jobs.prune": (("jobs", "prune"), (), "POST", "/api/v1/jobs:prune"),
    "jobs.artifacts": (("jobs", "artifacts"), ("job_id",), "GET", "/api/v1/jobs/{job_id}/artifacts"),
    "keys.create": (("keys", "create"), ("name",), "POST", "/api/v1/keys"),
    "keys.list": (("keys", "list"), (), "GET", "/api/v1/keys"),
    "keys.revoke": (("keys", "revoke"), ("key_id",), "POST", "/api/v1/keys/{key_id}/revoke"),
    "projects.create": (("projects", "create"), ("name",), "POST", "/api/v1/projects"),
    "projects.list": (("projects", "list"), (), "GET", "/api/v1/projects"),
    "projects.get": (("projects", "show"), ("project_id",), "GET", "/api/v1/projects/{project_id}"),
    "members.list": (("members", "list"), ("project_id",), "GET", "/api/v1/projects/{project_id}/members"),
    "members.set": (
        ("members", "set"),
        ("project_id", "principal"),
        "PUT",
        "/api/v1/projects/{project_id}/members/{principal}",
    ),
    "members.remove": (
        ("members", "remove"),
        ("project_id", "principal"),
        "DELETE",
        "/api/v1/projects/{project_id}/members/{principal}",
    ),
    "jobs.artifact": (("jobs", "artifact"), ("artifact_id",), "GET", "/api/v1/artifacts/{artifact_id}"),
    "runs.create": (("run", "pipeline"), ("repository",), "POST", "/v1/runs"),
    "runs.list": (("pipelines", "list"), ("repository",), "GET", "/v1/runs"),
    "runs.get": (("pipelines", "show"), ("run_id",), "GET", "/v1/runs/{run_id}"),
    "runs.cancel": (("pipelines", "cancel"), ("run_id",), "DELETE", "/v1/runs/{run_id}"),
    "runs.rerun": (("pipelines", "rerun"), ("run_id",), "POST", "/v1/runs/{run_id}/rerun"),
    "runs.logs": (
        ("pipelines", "logs"),
        ("run_id", "phase", "project_name", "step"),
        "GET",
        "/v1/runs/{run_id}/logs/{phase}/{project_name}/{step}",
    ),
    "releases.create": (
        ("releases", "create"),
        ("repository", "project", "commit_sha"),
        "POST",
        "/v1/releases",
    ),
    "releases.list": (("releases", "list"), ("repo", "project"), "GET", "/v1/releases/{repo}/{project}"),
    "releases.get": (
        ("releases", "show"),
        ("repo", "project", "release_id"),
        "GET",
        "/v1/releases/{repo}/{project}/{release_id}",
    ),
    "releases.alias": (
        ("releases", "alias"),
        ("repo", "project", "release_id", "alias"),
        "POST",
        "/v1/releases/{repo}/{project}/aliases",
    ),
    "releases.unalias": (
        ("releases", "unalias"),
        ("repo", "project", "alias"),
        "DELETE",
        "/v1/releases/{repo}/{project}/aliases/{alias}",
    ),
    "deployments.create": (
        ("deployments", "create"),
        ("release_id", "environment"),
        "POST",
        "/v1/deployments",
    ),
    "deployments.current": (
        ("deployments", "show"),
        ("environment", "repo", "project"),
        "GET",
        "/v1/deployments/{environment}/{repo}/{project}",
    ),
    "deployments.history": (
        ("deployments", "history"),
        ("environment", "repo", "project"),
        "GET",
        "/v1/deployments/{environment}/{repo}/{project}/history",
    ),
    "approvals.create": (
        ("approvals", "create"),
        ("release_id", "environment", "justification"),
        "POST",
        "/v1/approvals",
    ),
    "approvals.get": (
        ("approvals", "show"),
        ("release_id", "environment"),
        "GET",
        "/v1/approvals/{release_id}/{environment}",
    ),
    "approvals.revoke": (
        ("approvals", "revoke"),
        ("approval_id",),
        "DELETE",
        "/v1/approvals/{approval_id}",
    ),
    "scenario_imports.validate": (
        ("scenarios", "check"),
        ("plant",),
        "POST",
        "/api/v1/projects/{project_id}/import:validate",
    ),
    "scenario_imports.commit": (
        ("scenarios", "import"),
        ("plant",),
        "POST",
        "/api/v1/projects/{project_id}/import:commit",
    ),
    "scenario_runs.create": (("run", "scenario"), ("plant",), "POST", "/api/v1/projects/{project_id}/runs"),
    "scenario_runs.list": (("scenarios", "runs"), (), "GET", "/api/v1/projects/{project_id}/runs"),
    "scenario_runs.get": (
        ("scenarios", "show"),
        ("run_id",),
        "GET",
        "/api/v1/projects/{project_id}/runs/{run_id}",
    ),
    "scenario_runs.results": (
        ("scenarios", "results"),
        ("run_id",),
        "GET",
        "/api/v1/projects/{project_id}/runs/{run_id}/results",
    ),
    "scenario_runs.cancel": (
        ("scenarios", "cancel"),
        ("run_id",),
        "DELETE",
        "/api/v1/projects/{project_id}/runs/{run_id}",
    ),
    "experiments.create": (
        ("scenarios", "experiments", "create"),
        ("plant",),
        "POST",
        "/api/v1/projects/{project_id}/experiments",
    ),
    "experiments.get": (
        ("scenarios", "experiments", "show"),
        ("experiment_id",),
        "GET",
        "/api/v1/projects/{project_id}/experiments/{experiment_id}",
    ),
    "experiments.cancel": (
        ("scenarios", "experiments", "cancel"),
        ("experiment_id",),
        "DELETE",
        "/api/v1/projects/{project_id}/experiments/{experiment_id}",
    ),
    "debriefs.create": (
        ("scenarios", "debrief"),
        ("run_id",),
        "POST",
        "/api/v1/projects/{project_id}/debriefs",
    ),
    "webhooks.create": (("webhooks", "create"), ("url",), "POST", "/api/v1/webhooks"),
    "webhooks.list": (("webhooks", "list"), (), "GET", "/api/v1/webhooks"),
    "webhooks.get": (("webhooks", "show"), ("webhook_id",), "GET", "/api/v1/webhooks/{webhook_id}"),
    "webhooks.update": (("webhooks", "update"), ("webhook_id",), "PATCH", "/api/v1/webhooks/{webhook_id}"),
    "webhooks.delete": (("webhooks", "delete"), ("webhook_id",), "DELETE", "/api/v1/webhooks/{webhook_id}"),
    "webhooks.rotate": (
        ("webhooks", "rotate"),
        ("webhook_id",),
        "POST",
        "/api/v1/webhooks/{webhook_id}/rotate",
    ),
    "webhooks.ping": (("webhooks", "ping"), ("webhook_id",), "POST", "/api/v1/webhooks/{webhook_id}/ping"),
    "webhooks.deliveries": (
        ("webhooks", "deliveries"),
        ("webhook_id",),
        "GET",
        "/api/v1/webhooks/{webhook_id}/deliveries",
    ),
    "webhooks.replay": (
        ("webhooks", "replay"),
        ("webhook_id",),
        "POST",
        "/api/v1/webhooks/{webhook_id}/replay",
    ),
}
GO_ON = {"sessions.respond", "sessions.resume", "jobs.retry"}
"""Those whose job is followed to its end: the command line does so by itself."""

BODILESS = ("/cancel", "/retry", "/revoke", "/rotate", "/ping")
BARE = {"sessions.list"}
"""A bare array in the seed: its total is in a header."""

# Where the doors differ, and why; a test compares everything else.
DIFFERENCES: Mapping[str, str] = {
    "status_url": "an address: HTTP alone has them",
    "events_url": "an address: HTTP alone has them",
    "instance": "the path that was asked: HTTP alone has one",
    "request_id": "names a line of the server's log",
}


class Refused(Exception):
    """A problem, as the door tells it."""

    def __init__(self, problem: Json) -> None:
        super().__init__(problem["detail"])
        self.problem = without_differences(problem)


class Door(Protocol):
    """A way in."""

    @abstractmethod
    def do(self, use_case: str, **fields: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return what a use case answers; of one that runs a mission, what that came to. Raises Refused."""


def without_differences(answer: Json) -> Json:
    return {name: value for name, value in answer.items() if name not in DIFFERENCES}


class ByLibrary(Door):
    """`Taskforce.open`, anew for each use."""

    def __init__(self, folder: Path, _: ExitStack) -> None:
        self._settings = Settings(home=folder / "home", workspace_roots=(folder,))

    def do(self, use_case: str, **fields: Any) -> Any:  # noqa: ANN401 - any JSON
        try:
            return asyncio.run(self._done(use_case, fields))
        except TaskforceError as error:
            told = problem_of({"path": "", "state": {}}, error)[0]
            raise Refused(told.model_dump(mode="json")) from error

    async def _done(self, use_case: str, fields: Json) -> Any:  # noqa: ANN401 - any JSON
        capability, _, name = use_case.partition(".")
        async with Taskforce.open(self._settings) as tf:
            asked = getattr(getattr(tf, capability), name)(**fields)
            answer = await asked if isawaitable(asked) else asked
            if use_case in GO_ON or use_case == "missions.execute":
                answer = await tf.result(answer)
            shown = _shown(answer, fields)
            return {"items": shown["items"]} if use_case in BARE else shown


def _shown(answer: Any, fields: Json) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(answer, Listing):
        page = {"limit": fields.get("limit", 20), "offset": fields.get("offset", 0)}
        return {"items": [_shown(item, {}) for item in answer.items], "total": answer.total, **page}
    if isinstance(answer, list):
        return {"items": [_shown(item, {}) for item in answer], "total": len(answer)}
    return answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer


class ByCommand(Door):
    """`taskforce … --json`, a process for each use."""

    def __init__(self, folder: Path, _: ExitStack) -> None:
        self._folder = folder

    def do(self, use_case: str, **fields: Any) -> Any:  # noqa: ANN401 - any JSON
        command, positional, _, _ = USE_CASES[use_case]
        words = [str(fields[name]) for name in positional]
        flags = {name: value for name, value in fields.items() if name not in positional}
        ended = said(
            self._folder / "home",
            *command,
            *words,
            *_flags(flags),
            "--json",
            workspace_roots=self._folder,
        )
        if ended.code == 0 and not ended.out:
            return None
        if ended.out:
            return {"items": ended.json} if isinstance(ended.json, list) else ended.json
        raise Refused(json.loads(ended.err.splitlines()[-1]))


def _flags(fields: Json) -> Iterator[str]:
    for name, value in fields.items():
        if name == "limits":
            yield from (word for limit, most in value.items() for word in (f"--max-{limit}", str(most)))
        elif name == "message":
            yield from ("--message", f"{value['job_id']}/{value['number']}")
        elif isinstance(value, list):
            yield from (word for one in value for word in (f"--{name.replace('_', '-')}", str(one)))
        elif isinstance(value, bool):
            yield f"--{name}" if value else "--disabled"
        elif name == "session_id":
            yield from ("--session", str(value))
        else:
            yield from (f"--{name.replace('_', '-')}", str(value))


class ByHttp(Door):
    """The API."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._client: TestClient = stack.enter_context(api(folder / "home", workspace_roots=(folder,)))

    def do(self, use_case: str, **fields: Any) -> Any:  # noqa: ANN401 - any JSON
        _, _, method, path = USE_CASES[use_case]
        key = fields.pop("idempotency_key", None)
        headers = {} if key is None else {"idempotency-key": key}
        rest = {name: value for name, value in fields.items() if f"{{{name}}}" not in path}
        takes_body = method in {"POST", "PUT", "PATCH"} and not path.endswith(BODILESS)
        answer = self._client.request(
            method,
            path.format(**fields),
            json=rest if takes_body else None,
            params=None if takes_body else rest,
            headers=headers,
        )
        body: Any = answer.json() if answer.content else None
        if answer.is_error:
            raise Refused(body)
        if use_case in GO_ON:
            return self._followed(body)
        if isinstance(body, list):
            return {"items": body}
        return body and without_differences(body)

    def _followed(self, job: Json) -> Json:
        self._client.get(f"/api/v1/jobs/{job['id']}/events")  # it ends when the job does
        session_id = job["subject"].removeprefix("session/")
        session: Json = self._client.get(f"/api/v1/sessions/{session_id}").json()
        facts = ("message", "usage", "artifacts", "error", "waiting", "session_id", "job_id", "status")
        return {name: session[name] for name in facts}


DOORS: Mapping[str, type[ByLibrary] | type[ByCommand] | type[ByHttp]] = {
    "library": ByLibrary,
    "command": ByCommand,
    "http": ByHttp,
}
