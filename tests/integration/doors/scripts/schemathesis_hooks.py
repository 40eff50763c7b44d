"""What the document cannot say: which models, skills and so on there are; right cases are led to them.

Nor can JSON Schema say that 7.0 is no integer. Cases that are meant to be wrong stay as they were made.
"""

from itertools import count
from typing import Any

import schemathesis

keys = count(1)
KNOWN = {
    "model": "local:planner",
    "profile": "dev",
    "skill": "profile-csv",
    "workspace": None,
    "repository": "acme/shop",
    "branch": "main",
    "commit_sha": "0" * 40,
    "url": "https://hooks.example/in",
    "sweeps": {"dispatch_rule": ["EDD", "SPT"]},
    "base": {},
    "release_policy": "push",
    "wip_caps": {},
    "repo_url": "https://git.example/acme/skills",
    "root_hint": None,
    "manual_map": None,
    "rescan_interval": "6h",
    "arrivals": "demand",
    "warm_up": 0,
}
REPLAY = "/api/v1/webhooks/{webhook_id}/replay"
PRUNE = "/api/v1/jobs:prune"
NOWHERE = "00000000-0000-7000-8000-000000000000"
IMPORT = "/api/v1/marketplace/sources/{source_id}/import"
FILMS = ("/api/generate", "/api/projects/{video_id}/resume", "/api/projects/{video_id}/fork")
APPROVALS = "/v1/approvals"
RELEASES = "/v1/releases"
OF_A_RANGE = ("since", "until")
OF_AN_ANSWER = ("decision", "arguments")


@schemathesis.hook
def before_call(context: Any, case: Any, **_: Any) -> None:  # noqa: ANN401, ARG001 - Schemathesis's words
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"key-{next(keys)}"
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    for place, name in ((case.headers, "Last-Event-ID"), (case.query, "after")):
        if name in (place or {}):
            place[name] = "0"
    if "wait" in (case.query or {}):
        case.query["wait"] = "0"  # a request has ten seconds
    if "min_confidence" in (case.query or {}):
        case.query["max_confidence"] = "100"
    if isinstance(case.body, dict):
        case.body = _fitting(case.path, _possible(_whole(case.body)))


def _fitting(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body whose fields fit each other."""
    if path == REPLAY and not any(body.get(name) for name in ("delivery_id", *OF_A_RANGE)):
        body["since"] = "2026-01-01T00:00:00Z"
    if path == IMPORT:  # one or several, and here there is none
        return {"entry_id": NOWHERE}
    if path in FILMS:  # to draw one takes a minute; how long it may last depends on its clips
        kept = {name: value for name, value in body.items() if name not in {"models", "total_duration"}}
        return kept | {"run_through": "storyboarding"}
    if path == APPROVALS:  # that a text holds no NUL is said in words alone
        return body | {"justification": str(body["justification"]).replace("\0", "")}
    if path == RELEASES and isinstance(body.get("artifacts"), list):  # each has a name of its own
        named = [one | {"name": f"{number}"} for number, one in enumerate(body["artifacts"])]
        return body | {"artifacts": named}
    if path == PRUNE:  # no setting says here how old
        body["older_than"] = body.get("older_than") or "30d"
    return body


def _possible(body: dict[str, Any]) -> dict[str, Any]:
    body = {name: KNOWN.get(name, value) for name, value in body.items() if name != "params"}
    if "wait_id" in body:
        body = {name: value for name, value in body.items() if name not in OF_AN_ANSWER}
        body["answer"] = body.get("answer") or "yes"
    if body.get("delivery_id") is not None:
        body = {name: value for name, value in body.items() if name not in OF_A_RANGE}
    return body


def _whole(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the same JSON, in which a number that is whole is written as one."""
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
