"""The document says all that it must; what it does not is told with its place, and with what to add."""

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from starlette.routing import Mount, Route

from scripts.contract.comparing import operations
from scripts.contract.quality import gaps
from taskforce.api.document.examples import EXAMPLES
from taskforce.api.server import create_app

Edit = Callable[[Any], object]

NOT_TOLD = {
    "/openapi.json": "it is the document",
    "/": "it leads to /docs",
    "/docs": "a page that shows the document",
    "/redoc": "the same",
    "/docs/static": "what the pages load",
    "/mcp": "another protocol, which tells of itself",
    "/v1/releases/{repo}/{project}/{release_id}/{or_repo}/{or_project}": "a path with two readings",
    "/v1/deployments/{environment}/{repo}/{project}/history/{or_repo}/{or_project}": "the same",
}
"""The routes that are no operations of the API."""


@cache
def made() -> Any:  # noqa: ANN401 - any JSON
    return json.loads(json.dumps(create_app().openapi()))


@pytest.fixture
def document() -> Any:  # noqa: ANN401 - any JSON
    """The document, to be changed."""
    return deepcopy(made())


def job(document: Any) -> Any:  # noqa: ANN401 - any JSON
    return document["paths"]["/api/v1/jobs/{job_id}"]["get"]


def schema(document: Any, name: str) -> Any:  # noqa: ANN401 - any JSON
    return document["components"]["schemas"][name]


def test_the_document_says_all_that_it_must() -> None:
    assert list(gaps(made())) == []


def test_every_route_is_in_the_document_and_every_operation_has_a_route() -> None:
    routes = [route for route in create_app().routes if isinstance(route, Route | Mount)]
    there = {
        (route.path.replace(":path}", "}"), method.lower())
        for route in routes
        if isinstance(route, Route) and route.path not in NOT_TOLD
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert {route.path for route in routes if isinstance(route, Mount)} <= NOT_TOLD.keys()
    assert there == {(path, method) for path, method, _ in operations(made())}
    assert NOT_TOLD.keys() <= {route.path for route in routes}


def test_no_example_is_of_something_that_is_not_there() -> None:
    assert EXAMPLES.keys() - made()["components"]["schemas"].keys() == set()


# what is left out | what is said of it
OMISSIONS: list[tuple[str, Edit, str]] = [
    ("no id", lambda doc: job(doc).pop("operationId"), "its operationId is no NOUN.METHOD"),
    ("an id of FastAPI's", lambda doc: job(doc).update(operationId="get_job_api_v1"), "no NOUN.METHOD"),
    ("the id of another", lambda doc: job(doc).update(operationId="jobs.list"), "another operation bears"),
    ("no summary", lambda doc: job(doc).pop("summary"), "lacks a summary or a description"),
    ("no description", lambda doc: job(doc).pop("description"), "write docstrings on use case and route"),
    ("no tag", lambda doc: job(doc).pop("tags"), "needs exactly one tag"),
    ("an unknown tag", lambda doc: job(doc).update(tags=["keys"]), "that TAGS in api/server.py describes"),
    (
        "credentials that are not told",
        lambda doc: doc.pop("security"),
        "it does not say which credentials it takes",
    ),
    (
        "credentials without a refusal",
        lambda doc: job(doc)["responses"].pop("401"),
        "tells no 401",
    ),
    (
        "a parameter without a word",
        lambda doc: job(doc)["parameters"][1].pop("description"),
        "parameter wait has no description",
    ),
    ("no answer 404", lambda doc: job(doc)["responses"].pop("404"), "answer 404 is missing"),
    ("no success", lambda doc: job(doc)["responses"].pop("200"), "no answer is a success"),
    (
        "an error that is no problem",
        lambda doc: job(doc)["responses"].update(
            {"409": {"content": {"application/json": {"schema": {"type": "boolean"}}}}}
        ),
        "answer 409 is no problem",
    ),
    (
        "a problem without a code",
        lambda doc: doc["components"]["responses"]["Problem404"]["content"]["application/problem+json"].pop(
            "examples"
        ),
        "answer 404 names no code",
    ),
    (
        "a problem that is not as it says",
        lambda doc: doc["components"]["responses"]["Problem404"]["content"]["application/problem+json"][
            "examples"
        ]["resource_not_found"]["value"].update(status="404"),
        "answer 404 example resource_not_found is wrong at $.status",
    ),
    (
        "no word of Location",
        lambda doc: doc["paths"]["/api/v1/sessions"]["post"]["responses"]["201"].pop("headers"),
        "answer 201 does not tell of the header Location: add with_headers('Location')",
    ),
    (
        "no word of how long a list is",
        lambda doc: doc["paths"]["/api/v1/jobs"]["get"]["responses"]["200"]["headers"].pop("X-Total-Count"),
        "answer 200 does not tell of the header X-Total-Count",
    ),
    (
        "no example of an answer",
        lambda doc: job(doc)["responses"]["200"]["content"]["application/json"].pop("example"),
        "answer 200 has no example: add one of JobView to api/document/examples.py",
    ),
    (
        "no example of a body",
        lambda doc: doc["paths"]["/api/v1/execute"]["post"]["requestBody"]["content"]["application/json"].pop(
            "example"
        ),
        "body has no example: add one of ExecuteMission",
    ),
    (
        "a wrong example",
        lambda doc: job(doc)["responses"]["200"]["content"]["application/json"]["example"].update(
            created_at="soon"
        ),
        "the example of answer 200 application/json is wrong at $.created_at",
    ),
    (
        "an answer without a schema",
        lambda doc: job(doc)["responses"]["200"]["content"]["application/json"].pop("schema"),
        "answer 200 application/json has no schema",
    ),
    (
        "a text without an end",
        lambda doc: schema(doc, "CreateSession")["properties"].update(more={"type": "string"}),
        "/more: the string has none of maxLength, pattern, format, enum, const: add one to the field",
    ),
    (
        "no reason is good for what is sent",
        lambda doc: schema(doc, "CreateSession")["properties"].update(
            more={"type": "string", "x-unlimited": "why not"}
        ),
        "schema CreateSession: /more: the string has none",
    ),
    (
        "a list without an end",
        lambda doc: schema(doc, "CreateSession")["properties"].update(
            more={"type": "array", "items": {"type": "boolean"}}
        ),
        "/more: the array has none of maxItems",
    ),
    (
        "a list of anything",
        lambda doc: schema(doc, "CreateSession")["properties"].update(more={"type": "array", "maxItems": 3}),
        "/more: it is not said what the items are",
    ),
    (
        "a number without a most",
        lambda doc: schema(doc, "CreateSession")["properties"].update(
            more={"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}
        ),
        "/more: the integer has none of maximum",
    ),
    (
        "any field is taken",
        lambda doc: schema(doc, "CreateSession").pop("additionalProperties"),
        "unknown fields are taken",
    ),
    (
        "a parameter without an end",
        lambda doc: job(doc)["parameters"].append(
            {"name": "more", "in": "query", "description": "More.", "schema": {"type": "string"}}
        ),
        "parameter more: the string has none",
    ),
    (
        "a shown text without an end",
        lambda doc: schema(doc, "WaitView")["properties"]["key"].pop("x-unlimited"),
        "const: add one by shape(…) of core/shapes.py, or say unlimited(why)",
    ),
    (
        "a shown text of any field without an end",
        lambda doc: schema(doc, "SkillView")["properties"]["metadata"].update(
            additionalProperties={"type": "string"}
        ),
        "schema SkillView: /metadata: the string has none",
    ),
    (
        "an event's text without an end",
        lambda doc: schema(doc, "ToolCallEvent")["properties"]["message"].pop("x-unlimited"),
        "schema ToolCallEvent: /message: the string has none",
    ),
    (
        "a header without an end",
        lambda doc: doc["components"]["headers"]["Link"]["schema"].pop("maxLength"),
        "header Link: the string has none",
    ),
]


@pytest.mark.parametrize(
    ("edit", "words"), [case[1:] for case in OMISSIONS], ids=[case[0] for case in OMISSIONS]
)
def test_what_was_left_out_is_told(document: Any, edit: Edit, words: str) -> None:  # noqa: ANN401 - any JSON
    edit(document)
    found = list(gaps(document))
    assert any(words in gap for gap in found), found
