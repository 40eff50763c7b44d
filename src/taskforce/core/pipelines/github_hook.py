"""Webhooks of GitHub: whose they are, and which run each asks for.

The formats are those of GitHub's documentation, "Webhook events and payloads" and "Validating webhook
deliveries". What a payload says beside the fields here is of no use to runs.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from taskforce.core.pipelines.forge import is_release_tag
from taskforce.core.pipelines.model import TriggerType

PUSH, PULL_REQUEST, PING = "push", "pull_request", "ping"
ACTIONS = ("opened", "reopened", "synchronize")
"""What may be done with a pull request to give it another commit, or its first one."""

_BRANCH, _TAG = "refs/heads/", "refs/tags/"
_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")
_Commit = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
_Text = Annotated[str, Field(min_length=1, max_length=1_000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Repository(_Part):
    full_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", max_length=250)]


class _Named(_Part):
    name: _Text


class _User(_Part):
    login: _Text


class _HeadCommit(_Part):
    id: _Commit


class _Push(_Part):
    ref: _Text
    after: _Commit
    deleted: bool
    repository: _Repository
    pusher: _Named
    head_commit: _HeadCommit | None = None
    """The commit itself; `after` of an annotated tag is the tag."""


class _Head(_Part):
    ref: _Text
    sha: _Commit
    repo: _Repository | None
    """None: the fork is gone."""


class _PullRequest(_Part):
    head: _Head


class _Pulled(_Part):
    action: _Text
    pull_request: _PullRequest
    repository: _Repository
    sender: _User


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRun:
    """The run that a webhook asks for."""

    repository: str
    branch: str
    """A branch's name, or `refs/tags/` and a tag's."""
    commit_sha: str
    trigger_type: TriggerType
    triggered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A webhook that asks for nothing, and why."""

    reason: str


def is_signed(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """Tell whether one of the secrets signed the body; it takes as long whichever did."""
    found = _SIGNATURE.fullmatch(signature)
    given = bytes.fromhex(found[1]) if found else b""
    digests = [hmac.digest(secret.encode(), body, hashlib.sha256) for secret in secrets]
    return any([hmac.compare_digest(digest, given) for digest in digests])  # noqa: C419 - all are compared


def asked_by(event: str, payload: Mapping[str, JsonValue], *, forks: bool) -> HookRun | Ignored:
    """Return what a webhook asks for.

    `forks` tells whether pull requests from other repositories are run; their authors need no right to push.
    Raises pydantic's ValidationError for a payload that is none of the event.
    """
    if event == PUSH:
        return _asked_by_push(_Push.model_validate(payload))
    if event == PULL_REQUEST:
        return _asked_by_pull_request(payload, forks=forks)
    if event == PING:
        return Ignored(reason="pong")
    return Ignored(reason=f"runs follow {PUSH} and {PULL_REQUEST}, not {event}")


def _asked_by_push(push: _Push) -> HookRun | Ignored:
    if push.deleted:
        return Ignored(reason=f"{push.ref} was deleted")
    if is_release_tag(push.ref):
        return Ignored(reason=f"{push.ref} names a release that is there")
    if not push.ref.startswith((_BRANCH, _TAG)):
        return Ignored(reason=f"{push.ref} is no branch and no tag")
    return HookRun(
        repository=push.repository.full_name,
        branch=push.ref.removeprefix(_BRANCH),
        commit_sha=push.head_commit.id if push.head_commit else push.after,
        trigger_type=TriggerType.PUSH,
        triggered_by=push.pusher.name,
    )


def _asked_by_pull_request(payload: Mapping[str, JsonValue], *, forks: bool) -> HookRun | Ignored:
    if payload.get("action") not in ACTIONS:
        return Ignored(reason=f"of a {PULL_REQUEST} {', '.join(ACTIONS)} are followed")
    pulled = _Pulled.model_validate(payload)
    head = pulled.pull_request.head
    if head.repo != pulled.repository and not forks:
        return Ignored(reason="the pull request comes from a fork, and github_forks is not set")
    return HookRun(
        repository=pulled.repository.full_name,
        branch=head.ref,
        commit_sha=head.sha,
        trigger_type=TriggerType.PULL_REQUEST,
        triggered_by=pulled.sender.login,
    )
