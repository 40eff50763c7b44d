"""What a forge is told, in its words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.pipelines.delivery import DeploymentStatus, Environment, ReleaseTrigger, Trigger
from taskforce.core.pipelines.forge import (
    DESCRIPTION,
    CommitState,
    DeployState,
    commit_status,
    deploy_status,
    forge_deployment,
    is_commit,
    is_kept_there,
    is_release_tag,
    release_tag,
    shortened,
)
from taskforce.core.pipelines.model import Run, RunStatus, TriggerType
from tests.delivery_builders import a_deployment, a_release
from tests.pipeline_builders import SHA, a_run


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        (RunStatus.PENDING, CommitState.PENDING, "Run waits for its turn"),
        (RunStatus.RUNNING, CommitState.PENDING, "Run runs"),
        (RunStatus.SUCCESS, CommitState.SUCCESS, "Run succeeded"),
        (RunStatus.FAILED, CommitState.FAILURE, "Run failed: build/app/compile: It ended with exit code 1."),
        (RunStatus.CANCELLED, CommitState.ERROR, "Run was cancelled"),
    ],
)
def test_a_run_has_a_word_of_the_forge_for_each_of_ours(
    status: RunStatus, state: CommitState, words: str
) -> None:
    _, facts = a_run(trigger_type=TriggerType.PULL_REQUEST)
    run = Run(facts=facts, status=status, error="build/app/compile: It ended with exit code 1.")
    told = commit_status(run, public_url="https://ci.example")
    assert (told.repository, told.commit_sha, told.context) == ("acme/shop", SHA, "taskforce/pull_request")
    assert (told.state, told.description) == (state, words)
    assert told.target_url == f"https://ci.example/v1/runs/{facts.id}"
    assert commit_status(run, public_url=None).target_url is None


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        (DeploymentStatus.PENDING, DeployState.IN_PROGRESS, "Release 7 is on its way"),
        (DeploymentStatus.ACTIVE, DeployState.SUCCESS, "Release 7 is active"),
        (DeploymentStatus.SUPERSEDED, DeployState.INACTIVE, "Release 7 was followed by another one"),
        (DeploymentStatus.FAILED, DeployState.FAILURE, "Release 7 failed"),
    ],
)
def test_a_deployment_has_a_word_of_the_forge_for_each_of_ours(
    status: DeploymentStatus, state: DeployState, words: str
) -> None:
    _, deployment = a_deployment(a_release(7), environment=Environment.PRODUCTION, status=status)
    told, status_told = forge_deployment(deployment), deploy_status(deployment)
    assert (told.environment, told.is_production, told.task) == (
        "production/app",
        True,
        f"deploy:{deployment.id}",
    )
    assert (status_told.state, status_told.environment) == (state, told.environment)
    assert status_told.description == words
    assert deploy_status(replace(deployment, reason="Declined.")).description == f"{words}: Declined."


def test_a_release_is_named_by_a_tag_that_is_known_again() -> None:
    tag = release_tag(a_release(7))
    assert tag is not None
    assert (tag.name, tag.commit_sha) == ("releases/app/7", f"{7:040x}")
    assert is_release_tag(f"refs/tags/{tag.name}")
    assert not is_release_tag("refs/tags/v1.0")
    assert not is_release_tag("refs/heads/releases/app/7")


def test_a_release_that_a_tag_made_gets_no_other() -> None:
    by_tag = Trigger(trigger_type=ReleaseTrigger.TAG, branch="", triggered_by="ann")
    assert release_tag(a_release(7, trigger=by_tag)) is None


def test_only_owner_and_name_and_whole_commits_are_told() -> None:
    assert [is_kept_there(name) for name in ("acme/shop", "shop", "/srv/acme/shop", "a/b/c")] == [
        *(True, False),
        *(False, False),
    ]
    assert [is_commit(text) for text in (SHA, SHA[:7], "")] == [True, False, False]


@given(st.text())
def test_a_description_is_one_line_that_fits(text: str) -> None:
    short = shortened(text)
    assert len(short) <= DESCRIPTION
    assert len(short.splitlines()) <= 1
