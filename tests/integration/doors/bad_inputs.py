"""What the API is sent that is not right, and what it answers. One line an input.

`{job}` and `{session}` stand for a mission that has ended well, `{nowhere}` for an id that nothing has.
"""

import gzip
import json
from dataclasses import dataclass
from typing import Any

SECRET = "sk-very-secret-7f3a"
NOWHERE = "00000000-0000-7000-8000-000000000000"
EXECUTE = "/api/v1/execute"
EVENTS = "/api/v1/jobs/{job}/events"
RESPOND = "/api/v1/sessions/{session}/respond"
RESUME = "/api/v1/sessions/{session}/resume"
FORK = "/api/v1/sessions/{session}/fork"
JSON = "Content-Type: application/json"
INVALID, MISSING, CONFLICT = "invalid_request", "resource_not_found", "resource_conflict"
METHOD, ACCEPTABLE, FORBIDDEN = "method_not_allowed", "not_acceptable", "authorization_failed"
MEDIA, LARGE, HEADERS, URI = (
    "unsupported_media_type",
    "payload_too_large",
    "header_fields_too_large",
    "uri_too_long",
)
MIB, OVER = 2**20, "job_is_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A request, the status it is answered with, the error's code, and the places that are named wrong."""

    name: str
    line: str = f"POST {EXECUTE}"
    headers: tuple[str, ...] = ()
    body: bytes | None = None
    raw: bytes | None = None
    """The whole of it, where it is no HTTP."""
    status: int = 400
    code: str = INVALID
    places: tuple[str, ...] | None = None


def _body(name: str, body: str | bytes, *places: str, **more: Any) -> Bad:  # noqa: ANN401 - any field
    content = body.encode() if isinstance(body, str) else body
    return Bad(name=name, body=content, places=places or None, **{"headers": (JSON,), **more})


def _mission(name: str, fields: dict[str, Any], *places: str, **more: Any) -> Bad:  # noqa: ANN401 - the same
    return _body(name, json.dumps({"mission": f"say {SECRET}", **fields}), *places, **more)


def _get(name: str, path: str, *places: str, **more: Any) -> Bad:  # noqa: ANN401 - the same
    return Bad(name=name, line=f"GET {path}", places=places or None, **more)


def _nested(levels: int) -> str:
    return '{"mission": ' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


BODIES = (
    _body("malformed", '{"mission": "x"', ""),
    _body("empty", "", "", headers=(JSON, "Content-Length: 0")),
    _body("null", "null", ""),
    _body("a list", "[]", ""),
    _body("a string", '"x"', ""),
    _body("two documents", '{"mission": "x"}{}', ""),
    _body("a comment", '{"mission": "x"} // y', ""),
    _body("nothing in it", "{}", "/mission"),
    _body("11 MiB", b" " * (11 * MIB), status=413, code=LARGE),
    _body(
        "11 MiB in chunks",
        (b"%x\r\n" % MIB + b" " * MIB + b"\r\n") * 11 + b"0\r\n\r\n",
        headers=(JSON, "Transfer-Encoding: chunked"),
        status=413,
        code=LARGE,
    ),
    *(_body(f"{levels} levels", _nested(levels), "") for levels in (65, 66, 900, 1_100, 100_000)),
    *(
        _body(f"{word} for a cost", f'{{"mission": "x", "limits": {{"cost": {word}}}}}', "")
        for word in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999")
    ),
    *(
        _body(f"{word} in free form", f'{{"wait_id": "x", "arguments": {{"a": [{word}]}}}}', "", line=line)
        for word in ("NaN", "1e999")
        for line in [f"POST {RESPOND}"]
    ),
    _body("raw NUL", b'{"mission": "a\x00b"}', ""),
    _body("NUL escaped", '{"mission": "a\\u0000b"}', "/mission"),
    _body("a control character", b'{"mission": "a\x1fb"}', ""),
    _body("a raw line end", b'{"mission": "a\nb"}', ""),
    _body("invalid UTF-8", b'{"mission": "\xff\xfe"}', ""),
    _body("overlong UTF-8", b'{"mission": "\xc0\xaf"}', ""),
    _body("a surrogate in UTF-8", b'{"mission": "\xed\xa0\x80"}', ""),
    _body("UTF-16", '{"mission": "x"}'.encode("utf-16"), ""),
    _body("a byte order mark", b'\xef\xbb\xbf{"mission": "x"}', ""),
    _body("a lone surrogate", '{"mission": "\\ud800"}', ""),
    _body("a lone surrogate in a key", '{"mission": "x", "params": {"\\udfff": "y"}}', ""),
    _body("a key twice", '{"mission": "x", "mission": "y"}', ""),
    _body("a key twice, once escaped", '{"mission": "x", "\\u006dission": "y"}', ""),
    _body("a key twice further in", '{"mission": "x", "params": {"a": "1", "a": "2"}}', ""),
    _body("a number of 5,000 digits", '{"mission": "x", "limits": {"steps": ' + "9" * 5_000 + "}}", ""),
    _mission("an unknown field", {"token": SECRET}, "/token"),
    _mission("a field of the answer", {"status": "completed"}, "/status"),
    _mission("an unknown field further in", {"limits": {"dollars": 1}}, "/limits/dollars"),
    _mission("a number for a text", {"mission": 7}, "/mission"),
    _mission("a text for a number", {"limits": {"steps": "7"}}, "/limits/steps"),
    _mission("true for a number", {"limits": {"steps": True}}, "/limits/steps"),
    _mission("7.0 for an integer", {"limits": {"steps": 7.0}}, "/limits/steps"),
    _mission("true for a cost", {"limits": {"cost": True}}, "/limits/cost"),
    _mission("a text for a cost", {"limits": {"cost": "1.5"}}, "/limits/cost"),
    _mission("no steps", {"limits": {"steps": 0}}, "/limits/steps"),
    _mission("2**63 tokens", {"limits": {"tokens": 2**63}}, "/limits/tokens"),
    _mission("a number for a value", {"params": {"a": 1}}, "/params/a"),
    _mission("a bad name of a value", {"params": {"a b": "1"}}, "/params/a b/[key]"),
    _mission("a value without a place", {"params": {"a": "1"}}, "/params/a"),
    _mission("no text", {"mission": ""}, "/mission"),
    _mission("blanks", {"mission": " \n\t"}, "/mission"),
    _mission("100,001 characters", {"mission": "x" * 100_001}, "/mission"),
    _mission("a long model", {"model": "m" * 257}, "/model"),
    _mission("a model of two lines", {"model": f"{SECRET}\n"}, "/model"),
    _mission("an unknown profile", {"profile": "nobody"}, code="unknown_profile"),
    _mission("a homoglyph of a profile", {"profile": "d\u0435v"}, code="unknown_profile"),
    _mission("a profile turned round", {"profile": "\u202edev"}, code="unknown_profile"),
    _mission("a profile with a zero width", {"profile": "d\u200bev"}, code="unknown_profile"),
    _mission("a profile that is a path", {"profile": "../../etc/passwd"}, code="unknown_profile"),
    _mission("an unknown model", {"model": "gpt-none"}, code="unknown_model"),
    _mission("an unknown skill", {"skill": "nothing"}, code="unknown_skill"),
    _mission("a skill that is a path", {"skill": "../profile-csv"}, code="unknown_skill"),
    _mission("neither mission nor skill", {"mission": None, "skill": None}, "/mission"),
    _mission("a workspace outside", {"workspace": "/etc"}, "/workspace"),
    _mission("a workspace that climbs", {"workspace": "/tmp/../etc"}, "/workspace"),  # noqa: S108 - refused
    _mission("NUL in a workspace", {"workspace": "/a\x00b"}, "/workspace"),
    _mission("no session", {"session_id": NOWHERE}, status=404, code=MISSING),
    _mission("a session in capitals", {"session_id": NOWHERE.replace("0", "A")}, "/session_id"),
    _mission("gzip said", {}, headers=(JSON, "Content-Encoding: gzip"), status=415, code=MEDIA),
    _body(
        "a bomb",
        gzip.compress(b" " * (64 * MIB), 9),
        headers=(JSON, "Content-Encoding: gzip"),
        status=415,
        code=MEDIA,
    ),
    _mission("deflate", {}, headers=(JSON, "Content-Encoding: deflate"), status=415, code=MEDIA),
    _mission("no content type", {}, headers=(), status=415, code=MEDIA),
    _mission("plain text", {}, headers=("Content-Type: text/plain",), status=415, code=MEDIA),
    _mission("another charset", {}, headers=(f"{JSON}; charset=latin-1",), status=415, code=MEDIA),
    _mission("two content types", {}, "/Content-Type", headers=(JSON, "Content-Type: text/plain")),
    _body(
        "a form",
        "mission=x",
        headers=("Content-Type: application/x-www-form-urlencoded",),
        status=415,
        code=MEDIA,
    ),
    _body(
        "10,001 parts",
        b'--b\r\nContent-Disposition: form-data; name="mission"\r\n\r\nx\r\n' * 10_001 + b"--b--",
        headers=("Content-Type: multipart/form-data; boundary=b",),
        status=415,
        code=MEDIA,
    ),
    _body("a body where none goes", f'{{"why": "{SECRET}"}}', "", line="POST /api/v1/jobs/{job}/cancel"),
    _body("a body of GET", f'{{"why": "{SECRET}"}}', "", line="GET /health"),
    _body(
        "no answer and no decision",
        f'{{"wait_id": "{NOWHERE}"}}',
        "",
        line=f"POST {RESPOND}",
    ),
    _body(
        "an answer to nothing",
        f'{{"wait_id": "{NOWHERE}", "answer": "x"}}',
        line=f"POST {RESPOND}",
        status=404,
        code=MISSING,
    ),
)

FORKS = (
    _body("fork from nowhere", '{"message": {}}', "/message/job_id", "/message/number", line=f"POST {FORK}"),
    _body("a fork from a text", '{"message": "x/1"}', "/message", line=f"POST {FORK}"),
    _body(
        "a fork from before the first",
        f'{{"message": {{"job_id": "{NOWHERE}", "number": 0}}}}',
        "/message/number",
        line=f"POST {FORK}",
    ),
    _body(
        "a fork from a number as text",
        f'{{"message": {{"job_id": "{NOWHERE}", "number": "1"}}}}',
        "/message/number",
        line=f"POST {FORK}",
    ),
    _body(
        "a fork from nothing that was said",
        f'{{"message": {{"job_id": "{NOWHERE}", "number": 1}}}}',
        line=f"POST {FORK}",
        status=404,
        code=MISSING,
    ),
    _body("a fork with more", f'{{"why": "{SECRET}"}}', "/why", line=f"POST {FORK}"),
    _body("a fork of nothing", "{}", line=f"POST /api/v1/sessions/{NOWHERE}/fork", status=404, code=MISSING),
    Bad(name="delete nothing", line=f"DELETE /api/v1/sessions/{NOWHERE}", status=404, code=MISSING),
    Bad(name="delete no id", line="DELETE /api/v1/sessions/x", places=("/session_id",)),
    _body("delete with a body", f'{{"why": "{SECRET}"}}', "", line=f"DELETE /api/v1/sessions/{NOWHERE}"),
)

PRUNES = (
    _body("prune without an age", "{}", "/older_than", line="POST /api/v1/jobs:prune"),
    _body("prune in words", '{"older_than": "a month"}', "/older_than", line="POST /api/v1/jobs:prune"),
    _body("prune the future", '{"older_than": "-1d"}', "/older_than", line="POST /api/v1/jobs:prune"),
    _body("prune nothing's age", '{"older_than": "0d"}', "/older_than", line="POST /api/v1/jobs:prune"),
    _body("prune a number", '{"older_than": 30}', "/older_than", line="POST /api/v1/jobs:prune"),
    _body("prune a maybe", '{"older_than": "9d", "dry_run": 2}', "/dry_run", line="POST /api/v1/jobs:prune"),
)

PATHS = (
    *(
        _get(f"path {path}", path, status=404, code=MISSING)
        for path in (
            "/nowhere",
            "/health/",
            "/..%2f..%2fetc%2fpasswd",
            "/docs/static/..%2f..%2f..%2fetc/passwd",
            "/docs/static/../../../etc/passwd",
            "/docs/static/%2e%2e/%2e%2e/etc/passwd",
            "/docs/static//etc/passwd",
            "/docs/static/..\\..\\etc\\passwd",
            "//etc/passwd",
            "/api/v1/artifacts/../../../etc/passwd",
            "/api/v1/artifacts/..%2f..%2fetc%2fpasswd",
            "/docs/static/%ff",
            "/docs/static/a%00b",
        )
    ),
    *(
        _get(f"{kind} {text}", f"/api/v1/{kind}s/{text}", f"/{kind}_id")
        for text in (
            "not-an-id",
            "%00",
            "%ff",
            f"{{{{{NOWHERE}}}}}",
            NOWHERE.replace("-", ""),
            f"{NOWHERE}%0a",
        )
        for kind in ("job", "session", "artifact")
    ),
    *(
        Bad(name=f"nothing at {line}", line=line, status=404, code=MISSING)
        for line in (
            "GET /api/v1/jobs/{nowhere}",
            "GET /api/v1/jobs/{nowhere}/events",
            "GET /api/v1/jobs/{nowhere}/artifacts",
            "GET /api/v1/sessions/{nowhere}",
            "GET /api/v1/sessions/{nowhere}/messages",
            "GET /api/v1/artifacts/{nowhere}",
            "POST /api/v1/jobs/{nowhere}/cancel",
            "POST /api/v1/jobs/{nowhere}/retry",
            "POST /api/v1/sessions/{nowhere}/cancel",
            "OPTIONS /nowhere",
            "DELETE /nowhere",
        )
    ),
    *(
        Bad(name=f"method {line}", line=line, status=405, code=METHOD)
        for line in (
            "DELETE /health",
            f"GET {EXECUTE}",
            f"PUT {EXECUTE}",
            "PATCH /api/v1/sessions",
            "TRACE /health",
            "POST /openapi.json",
        )
    ),
)

QUERIES = (
    *(
        _get(f"limit {text}", f"/api/v1/jobs?limit={text}", "/limit")
        for text in ("1000", "0", "-1", "1_0", "%205", "5%20", "%2B5", "05", "5.0", "true", "%D9%A5", "",
                     "5&limit=6")
    ),
    *(
        _get(f"{kind} offset {text}", f"/api/v1/{kind}?offset={text}", "/offset")
        for text in (2**63, 10**30, "-1", "1e3")
        for kind in ("jobs", "sessions")
    ),
    *(
        Bad(name=f"background {text}", line=f"POST {EXECUTE}?background={text}", places=("/background",),
            headers=(JSON,), body=b'{"mission": "x"}')
        for text in ("yes", "1", "0", "True", "on", "", "perhaps", "true&background=true")
    ),
    _get("an unknown status", "/api/v1/jobs?status=asleep", "/status"),
    _get("NUL in a kind", "/api/v1/jobs?kind=a%00b", "/kind"),
    _get("a long subject", f"/api/v1/jobs?subject={'s' * 257}", "/subject"),
    _get("a key in the query", f"/api/v1/jobs?api_key={SECRET}", "/api_key"),
    _get("an unknown parameter", "/api/v1/sessions?wat=1", "/wat"),
    _get("a parameter where none goes", "/health?verbose=1", "/verbose"),
)  # fmt: skip

HEADS = (
    *(
        Bad(name=f"accept {accept} of {line}", line=line, headers=(f"Accept: {accept}", *more), body=body,
            status=406, code=ACCEPTABLE)
        for line, accept, more, body in (
            ("GET /health", "image/png", (), None),
            ("GET /health", "application/json;q=0", (), None),
            ("GET /health", "*/*;q=0", (), None),
            ("GET /api/v1/jobs", "text/event-stream", (), None),
            (f"GET {EVENTS}", "image/png", (), None),
            (f"GET {EVENTS}", "text/html", (), None),
            (f"POST {EXECUTE}", "text/event-stream", (JSON,), b'{"mission": "x"}'),
            (f"POST {EXECUTE}/stream", "text/html", (JSON,), b'{"mission": "x"}'),
        )
    ),
    *(
        Bad(name=f"after {text}", line=f"GET {EVENTS}", headers=(f"Last-Event-ID: {text}",))
        for text in ("abc", "-1", "1.5", "1_0", "0x1", "9" * 17, "999999", "")
    ),
    *(
        _get(f"after= {text}", f"{EVENTS}?after={text}")
        for text in ("abc", "-1", "1.5", "999999")
    ),
    *(
        _mission(f"key {text[:20]}", {}, headers=(JSON, f"Idempotency-Key: {text}"))
        for text in ("", "a b", "x" * 256, '"', '"a', 'a"b', '""')
    ),
    *(
        _body(f"a key with a blank for {line}", body, line=f"POST {line}",
              headers=(JSON, "Idempotency-Key: a b"))
        for line, body in (
            (f"{EXECUTE}/stream", '{"mission": "x"}'),
            ("/api/v1/sessions", "{}"),
            (RESUME, "{}"),
            (FORK, "{}"),
            ("/api/v1/jobs/{job}/retry", "{}"),
        )
    ),
    _body("two keys for a stream", '{"mission": "x"}', "/Idempotency-Key", line=f"POST {EXECUTE}/stream",
          headers=(JSON, "Idempotency-Key: a", "Idempotency-Key: b")),
    _mission("two keys", {}, "/Idempotency-Key", headers=(JSON, "Idempotency-Key: a", "Idempotency-Key: b")),
    _get("another project", "/api/v1/jobs", headers=("X-Project-ID: theirs",), status=404, code=MISSING),
    _get(
        "a long project",
        "/api/v1/jobs",
        headers=(f"X-Project-ID: {'p' * 129}",),
        status=404,
        code=MISSING,
    ),
    _get("a header of 40 KB", "/health", headers=("X-Long: " + "x" * 40_000,), status=431, code=HEADERS),
    _get("a header of 100 KB", "/health", headers=("X-Long: " + "x" * 100_000,), status=431, code=HEADERS),
    _get("a header of 1 MB", "/health", headers=("X-Long: " + SECRET * 50_000,), status=431, code=HEADERS),
    _get("101 headers", "/health", headers=tuple(f"X-{n}: 1" for n in range(101)), status=431, code=HEADERS),
    _get("999 headers", "/health", headers=tuple(f"X-{n}: 1" for n in range(999)), status=431, code=HEADERS),
    _get("an address of 9 KB", f"/health?{'x' * 9_000}", status=414, code=URI),
    _get("an address of 100 KB", f"/{'x' * 100_000}", status=414, code=URI),
    _get("NUL in a header", "/health", headers=("X-Odd: a\x00b",)),
    _get("high bytes in a header", "/health", headers=("X-Odd: ä",)),
    _get("a header without a colon", "/health", headers=("X-Odd",)),
    _get("a foreign host", "/health", headers=("Host: evil.example",)),  # the second one
    _get("a foreign page", "/health", headers=("Origin: https://evil.example",), status=403, code=FORBIDDEN),
    _get("a page of nowhere", "/health", headers=("Origin: null",), status=403, code=FORBIDDEN),
    _mission("two lengths", {}, headers=(JSON, "Content-Length: 5", "Content-Length: 6")),
    _mission("length and chunks", {}, headers=(JSON, "Content-Length: 5", "Transfer-Encoding: chunked")),
    _mission("a length below zero", {}, headers=(JSON, "Content-Length: -1")),
    _mission("a length of 19 digits", {}, headers=(JSON, f"Content-Length: {'9' * 19}"), status=413,
             code=LARGE),
    _mission("a length of 5,000 digits", {}, headers=(JSON, f"Content-Length: {'9' * 5_000}")),
    _mission("an unknown transfer", {}, headers=(JSON, "Transfer-Encoding: gzip")),
)  # fmt: skip

NO_HTTP = (
    Bad(name="HTTP/0.9", raw=b"GET /health\r\n\r\n"),
    Bad(name="HTTP/3.7", raw=b"GET /health HTTP/3.7\r\nHost: localhost\r\n\r\n"),
    Bad(name="HTTP/2", raw=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Bad(name="TLS", raw=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x07" * 500),
    Bad(name="noise", raw=b"\xff\x00 what is this\r\n\r\n"),
    Bad(name="a method of its own", raw=b"BREW /health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    Bad(name="no host", raw=b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"),
    Bad(name="NUL in the address", raw=b"GET /a\x00b HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    Bad(name="a blank in the address", raw=b"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n"),
)

STATES = (
    Bad(name="cancel what has ended", line="POST /api/v1/jobs/{job}/cancel", status=409, code=OVER),
    Bad(name="cancel a session's end", line="POST /api/v1/sessions/{session}/cancel", status=409, code=OVER),
    _body("resume what has ended well", "{}", line=f"POST {RESUME}", status=409, code="nothing_to_resume"),
)  # fmt: skip

BAD_INPUTS = (*BODIES, *FORKS, *PRUNES, *PATHS, *QUERIES, *HEADS, *NO_HTTP, *STATES)
