"""One surface for MCP clients too: each tool is an operation, with its name, its fields and its words."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import meta

from taskforce.api.server import create_app
from taskforce.application.factory import close_container, open_container
from taskforce.core.access.permissions import TABLE, name_of
from taskforce.mcp.tools import BY_NAME, Hints, tools
from taskforce.settings import Settings
from tests.integration.doors.test_one_surface import (
    CREATE,
    KEY,
    NO_USE_CASE,
    operations,
)
from tests.unit.cli.test_surface import USE_CASES

SCHEMA_LIMITS = {"string": {"maxLength", "pattern", "format", "enum", "const"}, "integer": {"maximum"}}
DRAFT = "https://json-schema.org/draft/2020-12/schema"
GOVERNING = "who is let in is no business of an agent"
PLANTS = "a plant's data is read from files, not said in a conversation"
CHOSEN = "whose instructions missions follow is chosen by people, not by an agent that has read some"
OF_THE_MARKETPLACE = {
    name for name in TABLE if name.startswith(("sources.", "source_artifacts.", "collections."))
}
FILMS = "a film is to be looked at, which who is behind this door cannot"
NO_TOOL = {
    "jobs.artifact": "bytes: the resource taskforce://artifacts/{artifact_id}",
    "runs.logs": "bytes, too: the run tells their artifacts",
    "keys.create": GOVERNING,
    "keys.list": GOVERNING,
    "keys.revoke": GOVERNING,
    "members.list": GOVERNING,
    "members.remove": GOVERNING,
    "members.set": GOVERNING,
    "projects.create": GOVERNING,
    "projects.get": GOVERNING,
    "projects.list": GOVERNING,
    "scenario_imports.commit": PLANTS,
    "scenario_imports.validate": PLANTS,
    **dict.fromkeys(OF_THE_MARKETPLACE | {"scans.create"}, CHOSEN),
    **dict.fromkeys(
        (
            *(
                "videos.generate",
                "videos.get",
                "videos.list",
                "videos.status",
                "videos.resume",
                "videos.stop",
            ),
            *("videos.stop", "videos.rename", "videos.delete", "video_forks.create"),
            *("video_files.download", "video_files.picture", "video_files.clip"),
        ),
        FILMS,
    ),
} | dict.fromkeys(
    (name for name in map(name_of, (method for method, _ in USE_CASES.values())) if name[:9] == "webhooks."),
    "where events leave to is set up by an admin, not by an agent, whose secret would be in its log",
)
POSTED_BUT_LOOKS = {"sessions_replay": "a play of its own, whose answer nobody may keep"}
WAITING = {"missions.execute", "sessions.respond", "sessions.resume", "jobs.watch"}
REQUESTS = {name_of(method): (method, request) for method, request in USE_CASES.values()}
TOOLS = {tool.name: tool for tool in tools()}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    container = open_container(Settings(home=tmp_path_factory.mktemp("home")))
    yield json.loads(json.dumps(create_app(container).openapi()))
    close_container(container)


def test_tools_are_the_operations(document: Any) -> None:  # noqa: ANN401 - any JSON
    ids = {operation["operationId"] for _, _, operation in operations(document)}
    offered = ids - NO_USE_CASE.keys() - NO_TOOL.keys()
    assert {name.replace(".", "_") for name in offered} == TOOLS.keys()
    assert ids >= NO_TOOL.keys()


@pytest.mark.parametrize("name", sorted(REQUESTS.keys() - NO_TOOL.keys()))
def test_a_tool_takes_the_fields_of_its_request(name: str) -> None:
    _, request = REQUESTS[name]
    own = ({"wait_seconds"} if name in WAITING else set()) | ({KEY} if name in CREATE else set())
    schema = TOOLS[name.replace(".", "_")].input_schema
    assert set(schema.get("properties", {})) == own | set(request.model_fields if request else ())
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", TOOLS)
def test_a_tools_schemas_are_right_and_have_limits(name: str) -> None:
    tool = TOOLS[name]
    for schema in (tool.input_schema, tool.output_schema):
        assert schema is not None
        meta.validate({"$schema": DRAFT, **schema})
        assert schema["type"] == "object"
    for field, said in tool.input_schema.get("properties", {}).items():
        check_limits(said, f"{name} {field}")


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_bears_the_words_of_its_use_case(name: str) -> None:
    offer, tool = BY_NAME[name], TOOLS[name]
    assert offer.method in {method for method, _ in REQUESTS.values()}
    assert tool.annotations is not None
    assert tool.annotations.title
    assert (tool.description or "").startswith(tool.annotations.title)


def test_what_only_looks_is_what_http_gets(document: Any) -> None:  # noqa: ANN401 - any JSON
    got = {
        operation["operationId"].replace(".", "_")
        for method, _, operation in operations(document)
        if method == "GET"
    }
    looks = {name for name, offer in BY_NAME.items() if offer.hints is Hints.LOOKS}
    assert looks == (got & TOOLS.keys()) | POSTED_BUT_LOOKS.keys()


def check_limits(schema: Any, place: str) -> None:  # noqa: ANN401 - any JSON
    """Each kind of value has an end: texts a length or a pattern, integers a most."""
    for kind in schema.get("anyOf", [schema]):
        wanted = SCHEMA_LIMITS.get(kind.get("type", ""))
        assert wanted is None or (wanted & kind.keys()) or (wanted & schema.keys()), f"{place}: {kind}"
