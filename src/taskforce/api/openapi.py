"""The OpenAPI document: what FastAPI writes, with the problems that are really answered."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from taskforce.api.errors import Problem
from taskforce.application.jobs.log_schemas import EventView, LogView

FOREIGN = ("HTTPValidationError", "ValidationError")
"""What FastAPI says of 422, which is not answered here."""


class DocumentedAPI(FastAPI):
    """An app whose document knows Problem Details and events."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; it is made once."""
        is_made = self.openapi_schema is not None
        document = super().openapi()
        return document if is_made else _corrected(document)


def _corrected(document: dict[str, Any]) -> dict[str, Any]:
    for path in document["paths"].values():
        for operation in path.values():
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                del operation["responses"]["422"]
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in FOREIGN:
        schemas.pop(name, None)
    _, more = models_json_schema(
        [(Problem, "serialization"), (EventView, "serialization"), (LogView, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    for name, schema in more["$defs"].items():
        schemas.setdefault(name, schema)
    return document
