"""What the marketplace is asked that is not right, and where it may not lead. One line an input."""

import json
from typing import Any

from tests.integration.doors.bad_inputs import JSON, MISSING, NOWHERE, Bad

SOURCES = "/api/v1/marketplace/sources"
ENTRY = f"{SOURCES}/{NOWHERE}/artifacts/{NOWHERE}"


def _source(name: str, body: str, *places: str, **more: Any) -> Bad:  # noqa: ANN401 - any field
    words = {"line": f"POST {SOURCES}", "headers": (JSON,), **more}
    return Bad(name=name, body=body.encode(), places=places or None, **words)


def _get(name: str, path: str, *places: str, **more: Any) -> Bad:  # noqa: ANN401 - the same
    return Bad(name=name, line=f"GET {path}", places=places or None, **more)


BAD_SOURCES = (
    _source("a source of nothing", "{}", "/repo_url"),
    _source("a source of text", '{"repo_url": ["a"]}', "/repo_url"),
    *(
        _source(f"a source at {url}", json.dumps({"repo_url": url}), "/repo_url", code="repository_refused")
        for url in (
            "ext::sh -c id", "--upload-pack=id", "https://127.0.0.1/a", "https://[::ffff:169.254.169.254]/a",
            "https://0x7f.1/a", "http://git.example/a", "https://a:b@git.example/a", "file:///etc",
        )
    ),
    *(
        _source(f"a branch {ref}", json.dumps({"repo_url": "https://git.example/a", "branch": ref}),
                "/branch", code="repository_refused")
        for ref in ("--upload-pack=id", "a..b", "a b", "@{-1}")
    ),
    *(
        _source(f"a root hint {root}", json.dumps({"repo_url": "https://git.example/a", "root_hint": root}),
                code="invalid_folder")
        for root in ("../etc", "/etc", "a/../../b")
    ),
    _source("a map of odd types", '{"repo_url": "https://git.example/a", "manual_map": {"a": "virus"}}',
            "/manual_map/a"),
    _source("an odd rhythm", '{"repo_url": "https://git.example/a", "rescan_interval": "61 * * * *"}',
            "/rescan_interval", code="invalid_rhythm"),
    _source("a word too much", '{"repo_url": "https://git.example/a", "token": "x"}', "/token"),
    _source("an import of nothing", "{}", line=f"POST {SOURCES}/{NOWHERE}/import"),
    _source("an import of one and several", json.dumps({"entry_id": NOWHERE, "entry_ids": [NOWHERE]}),
            line=f"POST {SOURCES}/{NOWHERE}/import"),
    _source("an odd resolution", json.dumps({"entry_id": NOWHERE, "conflict_resolution": "merge"}),
            "/conflict_resolution", line=f"POST {SOURCES}/{NOWHERE}/import"),
    _source("an import from nowhere", json.dumps({"entry_id": NOWHERE}),
            line=f"POST {SOURCES}/{NOWHERE}/import", status=404, code=MISSING),
    _source("an exclusion in words", '{"excluded": "yes"}', "/excluded", line=f"PATCH {ENTRY}"),
    _source("a scan of a file", '{"url": "file:///etc"}', "/url", line="POST /api/v1/marketplace/scans",
            code="repository_refused"),
    _get("an odd type", f"{SOURCES}/{NOWHERE}/artifacts?type=skill&type=virus", "/type/1"),
    _get("a confidence of 101", f"{SOURCES}/{NOWHERE}/artifacts?min_confidence=101", "/min_confidence"),
    _get("an empty range", f"{SOURCES}/{NOWHERE}/artifacts?min_confidence=9&max_confidence=3"),
    _get("two sorts", f"{SOURCES}/{NOWHERE}/artifacts?sort=by_type&sort=by_date", "/sort"),
    _get("a file above all", f"{ENTRY}/files/..%2f..%2fetc%2fpasswd", status=404, code=MISSING),
    _get("a file with NUL", f"{ENTRY}/files/a%00b", status=404, code=MISSING),
    _get("a source that is not there", f"{SOURCES}/{NOWHERE}", status=404, code=MISSING),
    Bad(name="a forced maybe", line=f"POST {SOURCES}/{NOWHERE}/rescan?force=1", places=("/force",)),
)  # fmt: skip
