"""A server that answers as GitHub does, by the recorded contract, and refuses what GitHub would refuse.

It is no GitHub: what the real one does beyond `github_contract` is not known here.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema

from tests.services.github_contract import OPERATIONS, VERSION

TOKEN = "ghs_made_up_for_tests"
Json = dict[str, Any]
Answer = tuple[int, Any, Mapping[str, str]]
"""Status, body, headers."""


@dataclass
class GithubPeer:
    """What it was told, and how it is to behave."""

    port: int = 0
    repositories: set[str] = field(default_factory=lambda: {"acme/shop"})
    planned: list[Answer] = field(default_factory=list)
    """Answers to the next requests, whatever these ask."""
    asked: list[str] = field(default_factory=list)
    """The operations of the requests that it took."""
    wrong: list[str] = field(default_factory=list)
    """What was not right about requests."""
    statuses: list[Json] = field(default_factory=list)
    deployments: list[Json] = field(default_factory=list)
    deployment_statuses: list[Json] = field(default_factory=list)
    refs: dict[tuple[str, str], str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        with self.lock:
            if self.planned:
                return self.planned.pop(0)
            if not headers.get("User-Agent"):
                return 403, {"message": "Request forbidden by administrative rules."}, {}
            if headers.get("Authorization") != f"Bearer {TOKEN}":
                return 401, {"message": "Bad credentials"}, {}
            return self._answer(method, target, headers, body)

    def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        for name, (wanted, place, schema, known) in OPERATIONS.items():
            found = place.fullmatch(unquote(path))
            if found is None or method != wanted:
                continue
            given = json.loads(body) if body else None
            self._check(name, headers, given, schema, unknown=query.keys() - known)
            if found["repository"] not in self.repositories:
                return 404, {"message": "Not Found"}, {}
            self.asked.append(name)
            answer: Answer = getattr(self, f"_{name}")(found.groupdict(), given, query)
            return answer
        self.wrong.append(f"{method} {target}")
        return 404, {"message": "Not Found"}, {}

    def _check(
        self,
        name: str,
        headers: Mapping[str, str],
        given: object,
        schema: Json | None,
        *,
        unknown: set[str],
    ) -> None:
        self.wrong += [f"{name}: query {word}" for word in unknown]
        if headers.get("Accept") != "application/vnd.github+json":
            self.wrong.append(f"{name}: Accept")
        if headers.get("X-GitHub-Api-Version") != VERSION:
            self.wrong.append(f"{name}: version")
        validator = jsonschema.Draft202012Validator(schema or {"type": "null"})
        self.wrong += [f"{name}: {error.message}" for error in validator.iter_errors(given)]

    def _status(self, at: Json, given: Json, query: Json) -> Answer:
        self.statuses.append({"sha": at["sha"], **given})
        return 201, {"id": len(self.statuses), **given}, {}

    def _deployments(self, at: Json, given: None, query: Json) -> Answer:
        wanted = {name: values[0] for name, values in query.items()}
        fits = [one for one in self.deployments if all(one[name] == text for name, text in wanted.items())]
        return 200, fits[::-1], {}

    def _deployment(self, at: Json, given: Json, query: Json) -> Answer:
        self.deployments.append({"id": len(self.deployments) + 1, **given})
        return 201, self.deployments[-1], {}

    def _deployment_status(self, at: Json, given: Json, query: Json) -> Answer:
        number = int(at["deployment"])
        if number > len(self.deployments):
            return 404, {"message": "Not Found"}, {}
        self.deployment_statuses.append({"deployment": number, **given})
        return 201, {"id": len(self.deployment_statuses), **given}, {}

    def _ref(self, at: Json, given: Json, query: Json) -> Answer:
        named = (at["repository"], given["ref"])
        if named in self.refs:
            return 422, {"message": "Reference already exists"}, {}
        if given["sha"].startswith("dead"):
            return 422, {"message": "Object does not exist"}, {}
        self.refs[named] = given["sha"]
        return 201, {"ref": given["ref"], "object": {"type": "commit", "sha": given["sha"]}}, {}

    def _get_ref(self, at: Json, given: None, query: Json) -> Answer:
        sha = self.refs.get((at["repository"], f"refs/{at['ref']}"))
        if sha is None:
            return 404, {"message": "Not Found"}, {}
        return 200, {"ref": f"refs/{at['ref']}", "object": {"type": "commit", "sha": sha}}, {}


@contextmanager
def github_peer() -> Iterator[GithubPeer]:
    """A peer on a free loopback port; what was wrong with requests fails the test that sent them."""
    peer = GithubPeer()

    class Served(_Door):
        github = peer

    served = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    peer.port = served.server_address[1]
    thread = Thread(target=served.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        served.shutdown()
        thread.join()
        served.server_close()
    assert peer.wrong == []


class _Door(BaseHTTPRequestHandler):
    github: ClassVar[GithubPeer]

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, told, headers = self.github.answer(self.command, self.path, dict(self.headers), body)
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
