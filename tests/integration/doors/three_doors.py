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
from tests.integration.doors.use_case_table import BARE, BODILESS, DIFFERENCES, GO_ON, USE_CASES
from tests.integration.processes import said

Json = dict[str, Any]


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
