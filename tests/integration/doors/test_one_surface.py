"""One surface: each use case has an operation, a command and a method of the library, with the same fields.

What has no use case, or is told in another way, stands in the tables here and in `three_doors.py`.
"""

import asyncio
import inspect
import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import taskforce
from taskforce import Taskforce
from taskforce.api.errors import STATUS, problem_of
from taskforce.api.server import create_app
from taskforce.application.factory import open_container
from taskforce.cli.errors import CATEGORIES, category
from taskforce.cli.errors import problem as problem_of_command
from taskforce.core.access.permissions import name_of
from taskforce.core.errors import Exhausted, FieldError, Invalid, TaskforceError, Unavailable
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.library import MissionOptions
from taskforce.settings import Settings
from tests.integration.doors.use_case_table import DIFFERENCES
from tests.integration.doors.use_case_table import USE_CASES as DOORS
from tests.unit.cli.test_surface import USE_CASES

NO_USE_CASE = {
    "github.receive": "GitHub's alone: who pushes by another way starts a run with runs.create",
    "health.live": "tells of the process alone",
    "health.metrics": "tells of the process alone",
    "health.service": "tells of the process alone, in the seed's words",
    "health.ready": "tells of the process alone; on the command line it is `doctor`",
    "runs.put_signed_log": "a worker's log, by the signed address that steps.report gives",
    "runs.signed_log": "runs.logs, for whoever has the signed address",
    "steps.report": "a worker's callback",
    "tasks.report": "a worker's callback",
    "missions.stream": "missions.execute, shown while it runs; on the command line it is --stream",
}
CREATE = {
    "missions.execute",
    "sessions.create",
    "sessions.fork",
    "sessions.resume",
    "jobs.retry",
    "keys.create",
    "projects.create",
    "webhooks.create",
    "runs.create",
    "runs.rerun",
    "releases.create",
    "deployments.create",
    "approvals.create",
    "scenario_imports.commit",
    "scenario_runs.create",
    "experiments.create",
    "debriefs.create",
    "sources.create",
    "sources.rescan",
    "scans.create",
    "videos.generate",
    "videos.resume",
    "video_forks.create",
}
KEY = "idempotency_key"
OWN_WORDS = {"missions.execute": {"background"}, "jobs.get": {"wait"}}
"""How long a request takes, which HTTP alone has a word for."""
WHOLE_BODY: dict[str, dict[str, type[BaseModel]]] = {"scenario_runs.create": {"scenario": ScenarioConfig}}
"""A field that is the body itself over HTTP, as its seed says."""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - any JSON
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    return json.loads(json.dumps(create_app(open_container(settings)).openapi()))


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401 - any JSON
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


BY_NAME = {name_of(method): (words, request) for words, (method, request) in USE_CASES.items()}


def test_use_cases_operations_and_commands_are_the_same(document: Any) -> None:  # noqa: ANN401 - any JSON
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert set(ids) - NO_USE_CASE.keys() == BY_NAME.keys() == DOORS.keys()
    assert set(ids) >= NO_USE_CASE.keys()
    for name, (command, _, method, path) in DOORS.items():
        assert BY_NAME[name][0] == command
        assert document["paths"][path][method.lower()]["operationId"] == name


def fields_of(document: Any, operation: Any) -> set[str]:  # noqa: ANN401 - any JSON
    given = {field["name"] for field in operation.get("parameters", []) if field["in"] != "header"}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schema = document["components"]["schemas"].get(body.get("$ref", "").rpartition("/")[2], {})
    return given | set(schema.get("properties", {}))


def test_every_field_of_a_request_is_in_its_operation(document: Any) -> None:  # noqa: ANN401 - any JSON
    for _, _, operation in operations(document):
        name = operation["operationId"]
        if name not in NO_USE_CASE:
            request = BY_NAME[name][1]
            own = OWN_WORDS.get(name, set())
            fields = set(request.model_fields if request else ())
            for inner, config in WHOLE_BODY.get(name, {}).items():
                fields = fields - {inner} | set(config.model_fields)
            assert fields_of(document, operation) - own == fields, name


def test_what_creates_takes_a_key_through_every_door(document: Any) -> None:  # noqa: ANN401 - any JSON
    for method, path, operation in operations(document):
        headers = {field["name"] for field in operation.get("parameters", []) if field["in"] == "header"}
        name = operation["operationId"]
        assert ("Idempotency-Key" in headers) == (name in CREATE | {"missions.stream"}), (method, path)
        assert ("422" in operation["responses"]) == ("Idempotency-Key" in headers), (method, path)
    for words, (use_case, _) in USE_CASES.items():
        assert ("key" in inspect.signature(use_case).parameters) == (name_of(use_case) in CREATE), words


def test_the_library_has_each_use_case_with_its_fields(tmp_path: Path) -> None:
    async def signatures() -> dict[str, set[str]]:
        async with Taskforce.open(Settings(home=tmp_path)) as tf:
            found = {}
            for name in BY_NAME:
                capability, _, method = name.partition(".")
                found[name] = set(inspect.signature(getattr(getattr(tf, capability), method)).parameters)
            return found

    for name, there in asyncio.run(signatures()).items():
        request = BY_NAME[name][1]
        wanted = set(request.model_fields if request else ()) | ({KEY} if name in CREATE else set())
        options = MissionOptions.__annotations__.keys() if "options" in there else ()
        assert (there - {"options"}) | set(options) == wanted, name


def errors() -> list[type[TaskforceError]]:
    """Every class of errors that there is."""
    for module in pkgutil.walk_packages(taskforce.__path__, "taskforce."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            import_module(module.name)
    found: list[type[TaskforceError]] = []
    new = [TaskforceError]
    while new:
        found += new
        new = [kind for parent in new for kind in parent.__subclasses__() if kind not in found]
    return found


def test_every_error_has_one_status_and_one_exit_code() -> None:
    scope = {"path": "", "state": {"request_id": "r"}}
    for kind in errors():
        error = kind.__new__(kind)
        TaskforceError.__init__(error, "Not so.")
        if isinstance(error, Invalid):
            error.errors = (FieldError(pointer="/a", code="b", detail="c"),)
        if isinstance(error, Exhausted | Unavailable):
            error.retry_after = Unavailable("x").retry_after
        problem, _ = problem_of(scope, error)
        code, status = category(error)
        assert problem.status == status, kind
        if status == 500:
            assert (code, problem.error.code) == (1, "internal_error"), kind
            continue
        assert 2 <= code <= 8, kind
        told = problem.model_dump(mode="json")
        assert {name: told[name] for name in told.keys() - DIFFERENCES.keys()} == problem_of_command(error)


def test_the_two_tables_name_the_same_categories() -> None:
    assert STATUS.keys() | {TaskforceError} == CATEGORIES.keys()
    assert {kind: status for kind, (_, status) in CATEGORIES.items() if kind in STATUS} == dict(STATUS)
