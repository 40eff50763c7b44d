"""GitHub's side of webhooks: payloads as it documents them, signed as it signs."""

import hashlib
import hmac
import json
from typing import Any
from uuid import uuid4

SECRET = "webhook-secret-of-tests"
Json = dict[str, Any]


def pushed(
    commit: str,
    *,
    ref: str = "refs/heads/main",
    repository: str = "acme/shop",
    **fields: Any,  # noqa: ANN401 - any field
) -> Json:
    """A push, with the fields that matter and some that do not."""
    owner, _, name = repository.partition("/")
    return {
        "ref": ref,
        "before": "0" * 40,
        "after": commit,
        "created": False,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "compare": f"https://github.com/{repository}/compare/0...1",
        "commits": [{"id": commit, "message": "Change it", "distinct": True}],
        "head_commit": {"id": commit, "message": "Change it"},
        "repository": {"id": 1, "name": name, "full_name": repository, "owner": {"name": owner}},
        "pusher": {"name": "ann", "email": "ann@example.com"},
        "sender": {"login": "ann", "id": 7},
        **fields,
    }


def pulled(commit: str, *, action: str = "opened", repository: str = "acme/shop", source: str = "") -> Json:
    """A pull request from a repository, its own if none is named."""
    return {
        "action": action,
        "number": 7,
        "pull_request": {
            "id": 1,
            "state": "open",
            "head": {"ref": "feature", "sha": commit, "repo": {"full_name": source or repository}},
            "base": {"ref": "main", "sha": "0" * 40, "repo": {"full_name": repository}},
        },
        "repository": {"full_name": repository},
        "sender": {"login": "bert"},
    }


def signature(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def sent(payload: Json, *, event: str = "push", delivery: str = "", secret: str = SECRET) -> Json:
    """The words of a request that brings a payload, for a client's `post`."""
    body = json.dumps(payload).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery or str(uuid4()),
        "X-Hub-Signature-256": signature(body, secret),
    }
    return {"content": body, "headers": headers}
