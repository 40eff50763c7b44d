"""A small contract that has one of each, to plant changes in."""

from typing import Any


def text(**more: object) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": 10, **more}


def contract() -> Any:  # noqa: ANN401 - any JSON
    """A small API that has one of each."""
    item = {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}, "required": ["id"]}
    wish = {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind"],
        "properties": {
            "kind": {"$ref": "#/components/schemas/Kind"},
            "name": text(pattern="^a", default="a"),
            "count": {"type": ["integer", "null"], "minimum": 1, "maximum": 9},
            "ratio": {"type": "number"},
            "tags": {"type": "array", "maxItems": 5, "items": text()},
            "either": {"anyOf": [text(), {"type": "integer"}, {"$ref": "#/components/schemas/Tree"}]},
            "free": {"type": "object", "additionalProperties": {"type": "string"}},
            "named": {"type": "object", "patternProperties": {"^a": text()}, "additionalProperties": False},
        },
    }
    job = {
        "type": "object",
        "required": ["id", "status"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "status": {"$ref": "#/components/schemas/Kind"},
            "note": text(),
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
            "tree": {"$ref": "#/components/schemas/Tree"},
            "told": {"anyOf": [{"$ref": "#/components/schemas/Item"}, {"type": "object"}]},
        },
    }
    tree = {
        "type": "object",
        "properties": {"leaf": text(), "inner": {"$ref": "#/components/schemas/Tree"}},
    }
    answer = {
        "description": "Made.",
        "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}},
    }
    operation = {
        "operationId": "jobs.make",
        "parameters": [
            {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
            {"name": "X-Key", "in": "header", "schema": text()},
        ],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}},
        "responses": {"201": answer, "404": {"$ref": "#/components/responses/NotFound"}},
        "security": [{}, {"key": []}, {"token": ["read"]}],
    }
    return {
        "servers": [{"url": "/"}],
        "paths": {"/jobs": {"post": operation, "get": {"operationId": "jobs.list", "responses": {}}}},
        "components": {
            "schemas": {
                "Wish": wish,
                "Job": job,
                "Item": item,
                "Tree": tree,
                "Kind": {"type": "string", "enum": ["a", "b"]},
            },
            "responses": {"NotFound": {"description": "Not there.", "content": {"a/b": {"schema": text()}}}},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }
