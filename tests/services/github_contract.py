"""What GitHub asks of the requests that Taskforce sends it: a recorded contract, kept by hand.

It is drawn from GitHub's OpenAPI description of the REST API 2022-11-28 (github/rest-api-description,
`repos/create-commit-status`, `repos/list-deployments`, `repos/create-deployment`,
`repos/create-deployment-status`, `git/create-ref`, `git/get-ref`). It is stricter than GitHub: fields that
the description does not name are refused, and descriptions end where GitHub cuts them off.
"""

import re
from typing import Any

VERSION = "2022-11-28"
REPOSITORY = r"/repos/(?P<repository>[^/]+/[^/]+)"
TEXT = {"type": "string"}
SHORT = {"type": "string", "maxLength": 140}
LINK = {"type": "string", "pattern": "^https?://"}


def _body(required: list[str], **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON Schema
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


def _at(path: str) -> re.Pattern[str]:
    return re.compile(REPOSITORY + path)


STATUS = _body(
    ["state"],
    state={"enum": ["error", "failure", "pending", "success"]},
    target_url=LINK,
    description=SHORT,
    context=TEXT,
)
DEPLOYMENT = _body(
    ["ref"],
    ref=TEXT,
    task=TEXT,
    auto_merge={"type": "boolean"},
    required_contexts={"type": "array", "items": TEXT},
    payload={"type": ["object", "string"]},
    environment=TEXT,
    description=SHORT,
    transient_environment={"type": "boolean"},
    production_environment={"type": "boolean"},
)
DEPLOYMENT_STATUS = _body(
    ["state"],
    state={"enum": ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"]},
    target_url=LINK,
    log_url=LINK,
    description=SHORT,
    environment=TEXT,
    environment_url=LINK,
    auto_inactive={"type": "boolean"},
)
REF = _body(
    ["ref", "sha"], ref={"type": "string", "pattern": "^refs/[^/]+/"}, sha={"pattern": "^[0-9a-f]{40}$"}
)

# operation: the method, the path, the schema of the body, the parameters of the query
OPERATIONS: dict[str, tuple[str, re.Pattern[str], dict[str, Any] | None, frozenset[str]]] = {
    "status": ("POST", _at("/statuses/(?P<sha>[0-9a-f]{40})"), STATUS, frozenset()),
    "deployments": (
        "GET",
        _at("/deployments"),
        None,
        frozenset({"sha", "ref", "task", "environment", "per_page", "page"}),
    ),
    "deployment": ("POST", _at("/deployments"), DEPLOYMENT, frozenset()),
    "deployment_status": (
        "POST",
        _at("/deployments/(?P<deployment>[0-9]+)/statuses"),
        DEPLOYMENT_STATUS,
        frozenset(),
    ),
    "ref": ("POST", _at("/git/refs"), REF, frozenset()),
    "get_ref": ("GET", _at("/git/ref/(?P<ref>.+)"), None, frozenset()),
}
