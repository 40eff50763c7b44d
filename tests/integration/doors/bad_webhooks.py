"""What webhooks are asked that is not right, and where they may not lead. One line an input."""

import json
from typing import Any

from tests.integration.doors.bad_inputs import JSON, MISSING, SECRET, Bad

WEBHOOKS = "/api/v1/webhooks"
NONE = f"{WEBHOOKS}/{{nowhere}}"
DELIVERY = "00000000-0000-7000-8000-000000000001"


def _asked(name: str, line: str, fields: dict[str, Any], *places: str, **more: Any) -> Bad:  # noqa: ANN401 - any field
    content = json.dumps(fields).encode()
    return Bad(name=name, line=line, headers=(JSON,), body=content, places=places or None, **more)


def _hook(name: str, fields: dict[str, Any], *places: str) -> Bad:
    given = {"url": "https://hooks.invalid/in", "description": SECRET, **fields}
    return _asked(f"webhook: {name}", f"POST {WEBHOOKS}", given, *places)


def _replay(name: str, fields: dict[str, Any], *places: str) -> Bad:
    return _asked(f"replay: {name}", f"POST {NONE}/replay", fields, *places)


LEADS_ASTRAY = (
    "https://127.0.0.1/in",
    "https://localhost/in",
    "https://[::1]/in",
    "https://[::ffff:10.0.0.1]/in",
    "https://[64:ff9b::a9fe:a9fe]/in",
    "https://[2002:a9fe:a9fe::]/in",
    "https://169.254.169.254/latest/meta-data/iam",
    "https://metadata.google.internal/computeMetadata",
    "https://2852039166/in",
    "https://0xa9fea9fe/in",
    "https://0251.0376.0251.0376/in",
    "https://10.1.2.3/in",
    "https://100.64.0.1/in",
    "https://printer.local/in",
    "http://93.184.216.34/in",
    "http://hooks.invalid/in",
    f"https://user:{SECRET}@hooks.invalid/in",
    "https://hooks.invalid:22/in",
    "https://hooks.invalid:6379/in\\@10.0.0.1",
    "https://hooks..invalid/in",
)
BAD_WEBHOOKS = (
    *(_hook(f"leads to {url}", {"url": url}, "/url") for url in LEADS_ASTRAY),
    *(
        _hook(f"no URL: {url!r}"[:40], {"url": url}, "/url")
        for url in (
            "",
            "hooks",
            "ftp://a.example/",
            "https://a b/",
            f"https://a.example/{'x' * 2_000}",
            7,
            None,
        )
    ),
    _hook("no types", {"event_types": []}, "/event_types"),
    _hook("a type in between", {"event_types": ["a", "a*b"]}, "/event_types/1"),
    _hook("a type with a blank", {"event_types": ["a", "a b"]}, "/event_types/1"),
    _hook("too many types", {"event_types": ["a"] * 51}, "/event_types"),
    _hook("an unknown format", {"format": "xml"}, "/format"),
    _hook("none at once", {"concurrency": 0}, "/concurrency"),
    _hook("five at once", {"concurrency": 5}, "/concurrency"),
    _hook("a secret of one's own", {"secret": f"whsec_{SECRET}"}, "/secret"),
    _hook("a status of one's own", {"status": "enabled"}, "/status"),
    _hook("a long description", {"description": SECRET * 40}, "/description"),
    _replay("nothing", {}),
    _replay("one and a range", {"delivery_id": DELIVERY, "since": "2026-01-01T00:00:00Z"}),
    _replay("a time without a zone", {"since": "2026-01-01T00:00:00"}, "/since"),
    _replay("no time", {"since": "yesterday"}, "/since"),
    _replay("what is under way", {"since": "2026-01-01T00:00:00Z", "status": "sending"}, "/status"),
    *(
        Bad(name=f"{line.split()[0]} of no webhook {line}", line=line, status=404, code=MISSING)
        for line in (
            f"GET {NONE}",
            f"DELETE {NONE}",
            f"POST {NONE}/ping",
            f"POST {NONE}/rotate",
            f"GET {NONE}/deliveries",
        )
    ),
    _asked("PATCH of no webhook", f"PATCH {NONE}", {"enabled": False}, status=404, code=MISSING),
    _asked(
        "replay of no webhook",
        f"POST {NONE}/replay",
        {"since": "2026-01-01T00:00:00Z"},
        status=404,
        code=MISSING,
    ),
    _asked("PATCH with a number for a truth", f"PATCH {NONE}", {"enabled": 0}, "/enabled"),
    _asked("PATCH with a text for a number", f"PATCH {NONE}", {"concurrency": "2"}, "/concurrency"),
    _asked("PATCH to where none may lead", f"PATCH {NONE}", {"url": "https://10.0.0.1/"}, "/url"),
    Bad(name="no webhook's id", line=f"GET {WEBHOOKS}/abc", places=("/webhook_id",)),
    Bad(name="an unknown delivery status", line=f"GET {NONE}/deliveries?status=lost", places=("/status",)),
)
"""All are refused by the rules of words or of addresses; none of them is looked up."""
