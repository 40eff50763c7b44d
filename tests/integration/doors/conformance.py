"""Answers compared with the document: status, headers, body, and a problem's code."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cache
from typing import Any

from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator, FormatChecker

from scripts.contract.changes import resolved
from scripts.contract.comparing import operations
from taskforce.api.server import create_app

Document = dict[str, Any]
Headers = Mapping[str, str] | Message
NO_OPERATION = (405, 501)
"""What is answered by no operation, but by the path or the server."""


class ConformingClient(TestClient):
    """Tells in the test that asked what an answer says that the document does not."""

    def request(self, method: str, url: Any, **words: Any) -> Any:  # noqa: ANN401 - httpx's words
        """Ask, and compare the answer."""
        found = super().request(method, url, **words)
        answer = Answer(
            method=method,
            path=found.request.url.raw_path.decode().partition("?")[0],  # a slash in a segment is %2F
            status=found.status_code,
            headers=found.headers,
            content=found.content,
        )
        assert list(answer.unlike()) == [], f"{method} {url}: not as the document says"
        return found


@cache
def document() -> Document:
    """The document, as clients read it."""
    found: Document = json.loads(json.dumps(create_app().openapi()))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request was answered with."""

    method: str
    path: str
    status: int
    headers: Headers
    content: bytes

    def unlike(self) -> list[str]:
        """Return how it differs from what the document says of it, if that tells of its operation."""
        operation = _operation(self.method.lower().replace("head", "get"), self.path)
        if operation is None or self.status in NO_OPERATION:
            return []
        told = resolved(document(), operation["responses"].get(str(self.status)))
        if told is None:
            return [f"status {self.status} is not told: {self.content[:300]!r}"]
        return [*self._unlike_headers(told), *([] if self.method == "HEAD" else self._unlike_body(told))]

    def _unlike_headers(self, told: Document) -> list[str]:
        wrong = []
        for name, part in told.get("headers", {}).items():
            header = resolved(document(), part)
            given = self.headers.get(name)
            if given is None:
                wrong += [f"the header {name} is missing"] if header.get("required") else []
                continue
            value = int(given) if header["schema"]["type"] == "integer" else given
            wrong += _wrong(header["schema"], value, f"header {name}")
        return wrong

    def _unlike_body(self, told: Document) -> list[str]:
        kind = self.headers.get("content-type", "").partition(";")[0]
        content = told.get("content", {})
        if not content:
            return [] if not self.content else [f"there is a body: {self.content[:300]!r}"]
        if kind not in content:
            return [] if "*/*" in content else [f"{kind} is not told"]
        if not kind.endswith("json"):
            return []
        body = json.loads(self.content)
        wrong = _wrong(content[kind]["schema"], body, "body")
        if kind == "application/problem+json" and body["error"]["code"] not in content[kind]["examples"]:
            wrong.append(f"the code {body['error']['code']} is not told")
        return wrong


@cache
def _templates() -> list[tuple[str, re.Pattern[str], Document]]:
    return [
        (method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
        for path, method, operation in operations(document())
    ]


def _operation(method: str, path: str) -> Document | None:
    found = (
        operation for known, place, operation in _templates() if known == method and place.fullmatch(path)
    )
    return next(found, None)


@cache
def _validator(schema: str) -> Draft202012Validator:
    rooted = {**json.loads(schema), "components": document()["components"]}
    return Draft202012Validator(rooted, format_checker=FormatChecker())


def _wrong(schema: Document, value: object, place: str) -> list[str]:
    errors = _validator(json.dumps(schema)).iter_errors(value)
    return [f"{place}{error.json_path[1:]}: {error.message[:300]}" for error in errors]
