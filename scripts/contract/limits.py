"""The limits that the document must say: each text, number and list, sent or shown, has an end.

What is shown may say instead why it has none; what is sent may not.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from scripts.contract.changes import Document, resolved
from scripts.contract.comparing import operations
from scripts.contract.schemas import GROUPS

UNLIMITED = "x-unlimited"
ANYTHING = "JsonValue"
"""The component that may be any JSON."""
VALUES = ("enum", "const")
LIMITS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "string": (("maxLength", "pattern", "format", *VALUES),),
    "array": (("maxItems",),),
    "integer": (("minimum", "exclusiveMinimum", *VALUES), ("maximum", "exclusiveMaximum", *VALUES)),
    "number": (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")),
}
"""For each type: of each group of keywords one must be there."""
INNER = ("items", "contentSchema", "additionalProperties", "propertyNames")


def unlimited(document: Document) -> Iterator[str]:
    """Yield the values without a limit: of what is sent and what is shown, each component once."""
    sent, shown = _Walk(document=document, is_sent=True), _Walk(document=document, is_sent=False)
    for path, method, operation in operations(document):
        name = f"{operation.get('operationId', '?')} ({method.upper()} {path})"
        for given in operation.get("parameters", ()):
            told = resolved(document, given)
            yield from sent.gaps(told.get("schema", True), f"{name}: parameter {told['name']}")
        for content in _contents(document, operation.get("requestBody", {})):
            yield from sent.gaps(content.get("schema", True), f"{name}: body")
        for status, answer in operation.get("responses", {}).items():
            for content in _contents(document, answer):
                yield from shown.gaps(content.get("schema", True), f"{name}: answer {status}")
            for header, told in resolved(document, answer).get("headers", {}).items():
                schema = resolved(document, told).get("schema", True)
                yield from shown.gaps(schema, f"{name}: answer {status} header {header}")


def _contents(document: Document, part: Document) -> list[Document]:
    return [*resolved(document, part).get("content", {}).values()]


class _Walk:
    """A walk through the schemas of what goes one way; each component is seen once."""

    def __init__(self, *, document: Document, is_sent: bool) -> None:
        self._document = document
        self._is_sent = is_sent
        self._seen: set[str] = set()

    def gaps(self, schema: Any, place: str, *, above: Document | None = None) -> Iterator[str]:  # noqa: ANN401 - schemas
        """Yield the values that have no limit, within a schema."""
        if not isinstance(schema, dict):
            return
        if (name := schema.get("$ref", "")) and name not in self._seen:
            self._seen.add(name)
            yield from self._component(name.rpartition("/")[2], resolved(self._document, {"$ref": name}))
        if name:
            return
        yield from self._own({**(above or {}), **schema}, place)
        for field, inner in schema.get("properties", {}).items():
            yield from self.gaps(inner, f"{place}/{field}")
        for inner in schema.get("patternProperties", {}).values():
            yield from self.gaps(inner, f"{place}/*")
        for keyword in INNER:
            yield from self.gaps(schema.get(keyword), f"{place}/*" if keyword == "items" else place)
        beside = {word: value for word, value in schema.items() if word not in (*GROUPS, "type")}
        for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
            is_rule = "type" in schema
            yield from () if is_rule else self.gaps(branch, place, above=beside)

    def _component(self, name: str, schema: Document) -> Iterator[str]:
        if name != ANYTHING:
            yield from self.gaps(schema, f"schema {name}: ")

    def _own(self, schema: Document, place: str) -> Iterator[str]:
        kind = schema.get("type")
        if kind == "object" and self._is_sent and not _is_closed(schema):
            yield f"{place}: unknown fields are taken: forbid extras, or give maxProperties"
        if kind == "array" and "items" not in schema:
            yield f"{place}: it is not said what the items are"
        if UNLIMITED in schema and not self._is_sent and schema[UNLIMITED]:
            return
        for group in LIMITS.get(str(kind), ()):
            if not any(word in schema for word in group):
                shapes = "by shape(…) of core/shapes.py, or say unlimited(why)"
                where = "to the field" if self._is_sent else shapes
                yield f"{place}: the {kind} has none of {', '.join(group)}: add one {where}"


def _is_closed(schema: Document) -> bool:
    return schema.get("additionalProperties") is False or "maxProperties" in schema
