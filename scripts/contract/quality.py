"""What the API's document must say; each gap is told with its place, and what is to be added where."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from jsonschema import Draft202012Validator, FormatChecker

from scripts.contract.changes import Document, resolved
from scripts.contract.comparing import operations
from scripts.contract.limits import unlimited

OPERATION_ID = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
PROBLEM = "application/problem+json"
PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}
ANYWHERE = ("400", "403", "404", "406", "413", "415", "500", "503")
"""What any operation may be answered with."""
NEEDED = {
    "201": ("Location",),
    "202": ("Location", "Retry-After", "Link"),
    "304": ("ETag",),
    "401": ("WWW-Authenticate",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}
"""The headers that answers of a status must tell of."""
OF_A_LIST = ("X-Total-Count", "Link")
PLACELESS = {
    "keys.create": "a key is seen in the list alone",
    "scenario_imports.commit": "a snapshot is what runs are simulated on, and is not shown alone",
}
"""Operations that make what has no address of its own, and why."""


def gaps(document: Document) -> Iterator[str]:
    """Yield what is missing in the document, sentence by sentence."""
    ids = Counter(operation.get("operationId") for _, _, operation in operations(document))
    for path, method, operation in operations(document):
        name = f"{operation.get('operationId', '?')} ({method.upper()} {path})"
        found = _Operation(name=name, document=document, operation=operation)
        yield from (f"{name}: {gap}" for gap in found.gaps(is_unique=ids[operation.get("operationId")] == 1))
    yield from unlimited(document)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operation:
    """One operation, and what it lacks."""

    name: str
    document: Document
    operation: Document

    def gaps(self, *, is_unique: bool) -> Iterator[str]:
        """Yield what it lacks."""
        yield from self._words(is_unique=is_unique)
        yield from self._security()
        for given in self._parameters():
            if not given.get("description"):
                yield f"parameter {given['name']} has no description: add one to its Query, Header or Path"
        body = self.operation.get("requestBody")
        if body is not None:
            yield from self._examples(resolved(self.document, body), "body")
        yield from self._answers()

    def _words(self, *, is_unique: bool) -> Iterator[str]:
        known = {tag["name"] for tag in self.document.get("tags", ()) if tag.get("description")}
        if not OPERATION_ID.fullmatch(self.operation.get("operationId", "")):
            yield "its operationId is no NOUN.METHOD: take use_case(SERVICE.METHOD) or operation(ID, …)"
        if not is_unique:
            yield "another operation bears its operationId: give each its own use case"
        if not self.operation.get("summary") or not self.operation.get("description"):
            yield "it lacks a summary or a description: write docstrings on use case and route"
        tags = self.operation.get("tags", ())
        if len(tags) != 1 or not known.issuperset(tags):
            yield "it needs exactly one tag that TAGS in api/server.py describes: give tags=[…] to its router"

    def _security(self) -> Iterator[str]:
        if "securitySchemes" not in self.document.get("components", {}):
            return
        ways = self.operation.get("security", self.document.get("security"))
        if ways is None:
            yield "it does not say which credentials it takes: declare its security"
        elif ways and "401" not in self.operation["responses"]:
            yield "it takes credentials and tells no 401: add it to ANYWHERE in api/document/problems.py"

    def _parameters(self) -> list[Document]:
        return [resolved(self.document, given) for given in self.operation.get("parameters", ())]

    def _answers(self) -> Iterator[str]:
        answers = {
            status: resolved(self.document, answer) for status, answer in self.operation["responses"].items()
        }
        for status in ANYWHERE:
            if status not in answers:
                yield f"answer {status} is missing: take use_case(…) or operation(…), which tell of it"
        if not any(status.startswith("2") for status in answers):
            yield "no answer is a success: give status_code or responses"
        for status, answer in answers.items():
            if status.startswith(("4", "5")):
                yield from self._problem(status, answer)
            else:
                yield from self._examples(answer, f"answer {status}")
            yield from self._headers(status, answer)

    def _problem(self, status: str, answer: Document) -> Iterator[str]:
        content = answer.get("content", {})
        if content.keys() != {PROBLEM} or content[PROBLEM].get("schema") != PROBLEM_SCHEMA:
            yield f"answer {status} is no problem: name errors or statuses in use_case(…), not responses"
            return
        examples = content[PROBLEM].get("examples", {})
        if not examples:
            yield f"answer {status} names no code: name the error's class in use_case(…)"
        for code, example in examples.items():
            yield from self._wrong(PROBLEM_SCHEMA, example["value"], f"answer {status} example {code}")

    def _headers(self, status: str, answer: Document) -> Iterator[str]:
        is_list = "limit" in {given["name"] for given in self._parameters()}
        needed = [*NEEDED.get(status, ()), *(OF_A_LIST if is_list and status == "200" else ())]
        if self.operation.get("operationId") in PLACELESS:
            needed = [header for header in needed if header != "Location"]
        for header in needed:
            if header not in answer.get("headers", {}):
                add = f"add with_headers({header!r}) to responses"
                yield f"answer {status} does not tell of the header {header}: {add}"

    def _examples(self, part: Document, place: str) -> Iterator[str]:
        for media, content in part.get("content", {}).items():
            schema = content.get("schema")
            if schema is None:
                yield f"{place} {media} has no schema: say what it is"
                continue
            shown = [content["example"]] if "example" in content else []
            shown += [example["value"] for example in content.get("examples", {}).values()]
            if not shown and media == "application/json":
                yield f"{place} has no example: add one of {_title(schema)} to api/document/examples.py"
            for example in shown:
                yield from self._wrong(schema, example, f"the example of {place} {media}")

    def _wrong(self, schema: Document, example: object, place: str) -> Iterator[str]:
        """Yield where an example is not as its schema says."""
        rooted = {**schema, "components": self.document["components"]}
        checker = Draft202012Validator(rooted, format_checker=FormatChecker())
        for error in checker.iter_errors(example):
            yield f"{place} is wrong at {error.json_path}: {error.message[:200]}"


def _title(schema: Document) -> str:
    name: str = (schema.get("items") or schema).get("$ref", "").rpartition("/")[2]
    return name or str(schema.get("title", "it"))
