"""Reads the API's document: what an endpoint takes and gives, field by field, by the words of a seed.

A field is written as the seed writes it: `name`, `name?` where it may be left out, `name: a | b` with its
words, `name[]` for a list of what follows the dot.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "reference" / "openapi.json"


def read() -> Any:  # noqa: ANN401 - any JSON
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


def operation(document: Any, endpoint: str) -> Any:  # noqa: ANN401 - the same
    method, path = endpoint.split()
    return document["paths"][path][method.lower()]


def query_and_body(document: Any, found: Any) -> Any:  # noqa: ANN401 - the same
    """What is asked, as one schema; what the path and the headers say is left out."""
    query = [one for one in found.get("parameters", []) if one["in"] == "query"]
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    body = resolved(document, body)
    return {
        "properties": {one["name"]: one["schema"] for one in query} | body.get("properties", {}),
        "required": [one["name"] for one in query if one.get("required")] + body.get("required", []),
    }


def check(document: Any, schema: Any, fields: tuple[str, ...], *, is_request: bool) -> None:  # noqa: ANN401 - the same
    for field in fields:
        path, _, words = field.partition(": ")
        *above, last = path.removesuffix("?").split(".")
        around = schema
        for part in above:
            around = at(document, around, part)
        own = properties(document, around)
        assert last in own, field
        must = last in resolved(document, around).get("required", [])
        assert must is not (is_request and path.endswith("?")), field
        if words:
            assert set(enumerated(document, own[last])) == set(words.split(" | ")), field


def at(document: Any, schema: Any, part: str) -> Any:  # noqa: ANN401 - the same
    """The schema of a field, or of the items of `field[]`."""
    found = resolved(document, properties(document, schema)[part.removesuffix("[]")])
    return found["items"] if part.endswith("[]") else found


def properties(document: Any, schema: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    own: dict[str, Any] = resolved(document, schema)["properties"]
    return own


def enumerated(document: Any, schema: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    """The words that a schema allows."""
    found = resolved(document, schema)
    yield from found.get("enum", [])
    yield from [found["const"]] if "const" in found else []
    for one in found.get("anyOf", []):
        yield from enumerated(document, one)


def resolved(document: Any, schema: Any) -> Any:  # noqa: ANN401 - the same
    """A schema, without references; of one that may be null, the other."""
    while "$ref" in schema:
        found = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    others = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    return resolved(document, others[0]) if len(others) == 1 else schema
