"""Webhooks of GitHub: their signatures, and what each asks for."""

import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from taskforce.core.pipelines.github_hook import HookRun, Ignored, asked_by, is_signed
from taskforce.core.pipelines.model import TriggerType
from tests.pipeline_builders import SHA

TAG_OBJECT = "f" * 40
REPOSITORY = {"full_name": "acme/shop", "private": True}


def push(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the payload
    return {
        "ref": "refs/heads/main",
        "before": "0" * 40,
        "after": SHA,
        "deleted": False,
        "repository": REPOSITORY,
        "pusher": {"name": "ann", "email": "ann@example.com"},
        "head_commit": {"id": SHA},
        **fields,
    }


def pulled(action: str = "opened", **head: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the head
    return {
        "action": action,
        "number": 7,
        "pull_request": {"head": {"ref": "feature/x", "sha": SHA, "repo": REPOSITORY, **head}},
        "repository": REPOSITORY,
        "sender": {"login": "bert"},
    }


def a_hook_run(**fields: Any) -> HookRun:  # noqa: ANN401 - any field
    defaults: dict[str, Any] = {
        "repository": "acme/shop",
        "branch": "main",
        "commit_sha": SHA,
        "trigger_type": TriggerType.PUSH,
        "triggered_by": "ann",
    }
    return HookRun(**{**defaults, **fields})


@given(body=st.binary(), secret=st.text(min_size=1), other=st.text(min_size=1))
def test_a_body_is_signed_by_its_secrets_alone(body: bytes, secret: str, other: str) -> None:
    def signature(text: str) -> str:
        return f"sha256={hmac.new(text.encode(), body, hashlib.sha256).hexdigest()}"

    assert is_signed(body, signature(secret), [other, secret])
    assert is_signed(body, signature(other), [secret]) == (other == secret)
    assert not is_signed(body + b" ", signature(secret), [secret])
    assert not is_signed(body, signature(secret), [])


def test_the_example_of_githubs_documentation_is_verified() -> None:
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert is_signed(b"Hello, World!", f"sha256={digest}", ["It's a Secret to Everybody"])


@pytest.mark.parametrize("signature", ["", "sha256=", f"sha1={'0' * 40}", "0" * 64, f"sha256={'0' * 63}é"])
def test_what_is_no_signature_signs_nothing(signature: str) -> None:
    assert not is_signed(b"{}", signature, ["secret"])


@pytest.mark.parametrize(
    ("event", "payload", "run"),
    [
        ("push", push(), a_hook_run()),
        ("push", push(ref="refs/heads/feature/x"), a_hook_run(branch="feature/x")),
        (
            "push",
            push(ref="refs/tags/v1.2", after=TAG_OBJECT),
            a_hook_run(branch="refs/tags/v1.2"),
        ),
        ("push", push(head_commit=None), a_hook_run()),
        *(
            (
                "pull_request",
                pulled(action),
                a_hook_run(branch="feature/x", trigger_type=TriggerType.PULL_REQUEST, triggered_by="bert"),
            )
            for action in ("opened", "reopened", "synchronize")
        ),
    ],
)
def test_pushes_and_pull_requests_ask_for_runs(event: str, payload: dict[str, Any], run: HookRun) -> None:
    assert asked_by(event, payload, forks=False) == run


@pytest.mark.parametrize(
    ("event", "payload", "reason"),
    [
        ("push", push(deleted=True, after="0" * 40), "refs/heads/main was deleted"),
        ("push", push(ref="refs/notes/commits"), "is no branch and no tag"),
        ("push", push(ref="refs/tags/releases/app/7"), "names a release that is there"),
        ("pull_request", pulled("closed"), "opened, reopened, synchronize are followed"),
        ("pull_request", pulled(repo={"full_name": "eve/shop"}), "comes from a fork"),
        ("pull_request", pulled(repo=None), "comes from a fork"),
        ("ping", {"zen": "Keep it logically awesome."}, "pong"),
        ("issues", {}, "runs follow push and pull_request, not issues"),
    ],
)
def test_the_others_are_ignored_with_a_reason(event: str, payload: dict[str, Any], reason: str) -> None:
    asked = asked_by(event, payload, forks=False)
    assert isinstance(asked, Ignored)
    assert reason in asked.reason


def test_a_fork_is_run_where_the_operator_says_so() -> None:
    asked = asked_by("pull_request", pulled(repo={"full_name": "eve/shop"}), forks=True)
    assert isinstance(asked, HookRun)
    assert asked.repository == "acme/shop"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    event=st.sampled_from(["push", "pull_request", "ping", "star"]),
    base=st.sampled_from([push(), pulled()]),
    name=st.sampled_from(
        ["ref", "after", "deleted", "repository", "pusher", "action", "pull_request", "sender"]
    ),
    value=JSON,
)
def test_whatever_a_payload_says_it_is_a_run_a_reason_or_told_to_be_wrong(
    event: str, base: dict[str, Any], name: str, value: object
) -> None:
    try:
        asked = asked_by(event, {**base, name: value}, forks=False)  # type: ignore[dict-item]
    except ValidationError:
        return
    assert isinstance(asked, HookRun | Ignored)
