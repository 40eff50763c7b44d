"""The OpenAPI document: what FastAPI writes, with what is really answered, and examples of it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from taskforce.api.document.events import event_schemas
from taskforce.api.document.examples import example_of
from taskforce.api.document.headers import ANSWERS, with_headers
from taskforce.api.errors import Problem
from taskforce.application.jobs.log_schemas import EventView, LogView
from taskforce.application.scenarios.import_schemas import ProjectImportPayload

FOREIGN = ("HTTPValidationError", "ValidationError")
"""What FastAPI says of 422, which is not answered here."""
UNTOLD = "Successful Response"
"""What FastAPI says of an answer that nothing was said of."""
REQUEST_ID = "X-Request-ID"
CREDENTIALS = {
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A key of `taskforce keys create`, where TASKFORCE_AUTH says keys.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of the OpenID provider, where TASKFORCE_AUTH says oidc.",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Hub-Signature-256",
        "description": "`sha256=` and the HMAC of the body under a secret that GitHub has, too.",
    },
}
WAYS_IN: list[dict[str, list[str]]] = [{}, {"key": []}, {"bearer": []}]
"""None is for access that is open: to loopback alone."""
Document = dict[str, Any]


class DocumentedAPI(FastAPI):
    """An app whose document knows Problem Details, events, headers and examples."""

    def openapi(self) -> Document:
        """Return the document; it is made once."""
        is_made = self.openapi_schema is not None
        document = super().openapi()
        return document if is_made else _completed(document)


def _completed(document: Document) -> Document:
    for operation in _operations(document):
        if "application/json" in operation["responses"].get("422", {}).get("content", {}):
            del operation["responses"]["422"]
    document["security"] = WAYS_IN
    components = document.setdefault("components", {})
    components["securitySchemes"] = CREDENTIALS
    components["schemas"] = dict(sorted(_schemas(components.get("schemas", {})).items()))
    for operation in _operations(document):
        _exemplify(operation, components["schemas"])
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                _point(content)
            answer["headers"] = with_headers(REQUEST_ID)["headers"] | answer.get("headers", {})
            answer["description"] = _description(answer, components["schemas"])
    components["headers"] = {
        name: told
        for name, told in ANSWERS.items()
        if any(name in answer["headers"] for answer in _answers(document))
    }
    components["responses"] = _shared(document)
    return document


def _operations(document: Document) -> Iterator[Document]:
    for path in document["paths"].values():
        yield from path.values()


def _answers(document: Document) -> Iterator[Document]:
    for operation in _operations(document):
        yield from operation["responses"].values()


def _description(answer: Document, schemas: Document) -> str:
    """Return what an answer is: in its own words, or where FastAPI has none, in those of its schema."""
    told: str = answer["description"]
    if told != UNTOLD:
        return told
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    name = (schema.get("items") or schema).get("$ref", "").rpartition("/")[2]
    words: str = schemas.get(name, {}).get("description", "Done.")
    return words.partition("\n")[0]


def _schemas(found: Document) -> Document:
    """Return the schemas with those that no route names by itself, and without those of FastAPI's own."""
    _, more = models_json_schema(
        [
            (Problem, "serialization"),
            (EventView, "serialization"),
            (LogView, "serialization"),
            (ProjectImportPayload, "validation"),
        ],
        ref_template="#/components/schemas/{model}",
    )
    own = {name: schema for name, schema in found.items() if name not in FOREIGN}
    return {**more["$defs"], **own, **event_schemas()}


def _point(content: Document) -> None:
    """Leave a reference alone: FastAPI sets a type beside it."""
    if "$ref" in content.get("schema", {}):
        content["schema"] = {"$ref": content["schema"]["$ref"]}


def _exemplify(operation: Document, schemas: Document) -> None:
    """Give bodies and answers an example, where one is known for their schema."""
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for part in (operation.get("requestBody", {}), *answers):
        content = part.get("content", {}).get("application/json", {})
        if "schema" in content and "example" not in content:
            example = example_of(content["schema"], schemas)
            content |= {} if example is None else {"example": example}


def _shared(document: Document) -> Document:
    """Take what several operations answer alike into the components; return those by name."""
    answers = [
        (operation["responses"], status)
        for operation in _operations(document)
        for status in operation["responses"]
        if status.startswith(("4", "5"))
    ]
    counted = Counter((status, repr(responses[status])) for responses, status in answers)
    shared: Document = {}
    for (status, text), count in counted.most_common():
        name = f"Problem{status}"
        if count == 1 or name in shared:
            continue
        for responses, other in answers:
            if other == status and repr(responses[other]) == text:
                shared[name] = responses[status]
                responses[status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))
