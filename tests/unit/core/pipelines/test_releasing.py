"""A run releases those projects whose conditions hold for what it was started by, and no others."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.pipelines.branch_patterns import checked_pattern, matches
from taskforce.core.pipelines.config import ProjectConfig, RepositoryConfig
from taskforce.core.pipelines.delivery import ArtifactType, ReleaseTrigger
from taskforce.core.pipelines.model import TriggerType
from taskforce.core.pipelines.plan import RunPlan
from taskforce.core.pipelines.planning import planned
from taskforce.core.pipelines.refs import Ref, owner_of, version_of
from taskforce.core.pipelines.releasing import Due, due
from tests.pipeline_builders import SHA, a_run
from tests.unit.core.pipelines.configs import found

PUSH, PULL, MANUAL = TriggerType.PUSH, TriggerType.PULL_REQUEST, TriggerType.MANUAL
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)


def a_plan(tagging: str = "monorepo", **conditions: list[dict[str, Any]]) -> RunPlan:
    """A plan of projects with these conditions."""
    repository = RepositoryConfig.model_validate({"phases": {"build": {}}, "tagging": tagging})
    projects = [
        ProjectConfig.model_validate({"name": name.replace("_", "-"), "release": {"on": on}})
        for name, on in conditions.items()
    ]
    return planned(found(repository, *projects))


def released(plan: RunPlan, branch: str, trigger_type: TriggerType = PUSH) -> list[str]:
    return [task.project_name for task in asked(plan, branch, trigger_type).tasks]


def asked(plan: RunPlan, branch: str, trigger_type: TriggerType = PUSH) -> Due:
    return due(a_run(branch=branch, trigger_type=trigger_type)[1], plan, commit_sha=SHA)


@pytest.mark.parametrize(
    ("pattern", "branch", "is_released"),
    [
        ("main", "main", True),
        ("main", "refs/heads/main", True),
        ("main", "maintenance", False),
        ("main", "not-main", False),
        ("main", "main\n", False),
        ("main|release/.*", "release/1.2", True),
        ("main|release/.*", "release", False),
        ("(?i)MAIN", "main", True),
        (".*", "HEAD", True),
    ],
)
def test_a_push_releases_where_the_pattern_matches_the_whole_branch(
    pattern: str, branch: str, is_released: bool
) -> None:
    assert released(a_plan(app=[{"branch": pattern}]), branch) == (["app"] if is_released else [])


@pytest.mark.parametrize(
    ("trigger_type", "branch", "names"),
    [
        (PUSH, "main", ["branchy", "every"]),
        (PUSH, "refs/tags/v1", ["every", "tagged"]),
        (MANUAL, "main", ["every", "manual"]),
        (MANUAL, "refs/tags/v1", ["every", "manual"]),
        (PULL, "main", []),
        (PULL, "refs/tags/v1", []),
    ],
)
def test_each_condition_is_about_one_way_to_start_a_run(
    trigger_type: TriggerType, branch: str, names: list[str]
) -> None:
    on: list[dict[str, Any]] = [{"branch": ".*"}, {"tag": True}, {"manual": True}]
    plan = a_plan("tag-all", branchy=on[:1], tagged=on[1:2], manual=on[2:], every=on, never=[])
    assert released(plan, branch, trigger_type) == names
    assert set(names).isdisjoint(asked(plan, branch, trigger_type).passed_over)


@pytest.mark.parametrize(
    ("tag", "tagging", "names"),
    [
        ("app/v1.2.3", "monorepo", ["app"]),
        ("app-v1.2.3", "monorepo", ["app"]),
        ("app-1.2.3", "monorepo", ["app"]),
        ("app/nightly", "monorepo", ["app"]),
        ("app-nightly", "monorepo", []),
        ("app-v2-v1.0", "monorepo", ["app-v2"]),
        ("app-v2/v1.0", "monorepo", ["app-v2"]),
        ("app-v2", "monorepo", ["app"]),
        ("app", "monorepo", []),
        ("app/", "monorepo", []),
        ("v1.2.3", "monorepo", []),
        ("lib/v1.2.3", "monorepo", []),
        ("v1.2.3", "tag-all", ["app", "app-v2"]),
        ("app/v1.2.3", "tag-all", ["app", "app-v2"]),
    ],
)
def test_a_tag_is_one_projects_or_all_projects(tag: str, tagging: str, names: list[str]) -> None:
    plan = a_plan(tagging, app=[{"tag": True}], app_v2=[{"tag": True}], lib=[])
    assert released(plan, f"refs/tags/{tag}") == names


def test_the_only_project_of_a_repository_has_all_its_tags() -> None:
    assert released(a_plan(app=[{"tag": True}]), "refs/tags/v1.2.3") == ["app"]


@given(st.lists(NAMES, unique=True, min_size=1), st.data())
def test_every_tag_that_is_made_by_the_rule_is_its_projects(names: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names))
    version = data.draw(st.from_regex(r"v?[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True))
    assert owner_of(f"{name}/{version}", tuple(names)) == name
    assert version_of(f"{name}-{version}", name) == version
    assert owner_of(f"{name}-{version}", tuple(names)) == name


def test_a_release_is_of_the_commit_that_was_run_and_refers_to_what_was_published() -> None:
    repository = RepositoryConfig.model_validate({"phases": {"build": {}}})
    artifacts = [
        {"name": "image", "type": "container", "uri": "oci://public/app:1"},
        {"name": "app", "path": "dist/app"},
    ]
    project = {"name": "app", "artifacts": artifacts, "release": {"on": [{"branch": "main"}]}}
    _, facts = a_run(commit_sha=SHA[:12])
    plan = planned(found(repository, ProjectConfig.model_validate(project)))
    (task,) = due(facts, plan, commit_sha=SHA).tasks
    assert (task.commit_sha, task.run, task.triggered_by) == (SHA, facts.id, facts.triggered_by)
    assert (task.trigger_type, task.branch, task.tag) == (ReleaseTrigger.BRANCH_PUSH, "main", "")
    assert [(one.name, one.type, one.primary_published_uri) for one in task.artifacts] == [
        ("image", ArtifactType.CONTAINER, "oci://public/app:1"),
        ("app", ArtifactType.BINARY, ""),
    ]


@pytest.mark.parametrize(
    ("trigger_type", "branch", "reason"),
    [
        (PULL, "main", "a pull request releases nothing."),
        (PUSH, "topic", "release.on does not say a branch that topic matches."),
        (PUSH, "refs/tags/v1", "release.on does not say tag, or the tag v1 is another project's."),
        (MANUAL, "main", "release.on does not say manual."),
    ],
)
def test_why_nothing_is_released_is_told(trigger_type: TriggerType, branch: str, reason: str) -> None:
    plan = a_plan(app=[{"branch": "main"}], lib=[{"branch": "main"}], never=[])
    told = asked(plan, branch, trigger_type)
    assert (told.tasks, told.passed_over, told.reason) == ((), ("app", "lib"), reason)


def test_a_recorded_plan_of_an_earlier_version_is_read() -> None:
    old = {"phases": [], "releases": [{"project_name": "app", "folder": ".", "release": {"on": []}}]}
    assert RunPlan.model_validate(old).projects == ()


def test_a_run_of_no_branch_has_none() -> None:
    assert Ref.of("HEAD") == Ref()


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+", "(.*a){20}", "((a*)*)*b", r"(\w|\w\w)+/x"])
def test_no_pattern_holds_a_run_up(pattern: str) -> None:
    """Backtracking would take longer than the universe is old."""
    begun = time.process_time()
    assert not matches(checked_pattern(pattern), "a" * 255 + "!")
    assert time.process_time() - begun < 5
