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
}
OF_AN_ANSWER = ("decision", "arguments")


@schemathesis.hook
def before_call(context: Any, case: Any, **_: Any) -> None:  # noqa: ANN401, ARG001 - Schemathesis's words
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"key-{next(keys)}"
    for place, name in ((case.headers, "Last-Event-ID"), (case.query, "after")):
        if name in (place or {}):
            place[name] = "0"
    if isinstance(case.body, dict):
        case.body = _possible(case.body)


def _possible(body: dict[str, Any]) -> dict[str, Any]:
    body = {name: KNOWN.get(name, value) for name, value in body.items() if name != "params"}
    for part in ("limits", "message"):
        if isinstance(body.get(part), dict):
            body[part] = {
                name: int(value) if isinstance(value, float) and value.is_integer() else value
                for name, value in body[part].items()
            }
    if "wait_id" in body:
        body = {name: value for name, value in body.items() if name not in OF_AN_ANSWER}
        body["answer"] = body.get("answer") or "yes"
    return body
