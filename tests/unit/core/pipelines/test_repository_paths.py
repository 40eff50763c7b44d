"""Paths with a repository in them are read in both spellings of its slash, and in a fixed order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.pipelines.repository_paths import (
    ApprovalPath,
    DeploymentPath,
    ProductPath,
    ReleasePath,
    alias_path,
    aliases_path,
    approval_path,
    deployment_paths,
    release_paths,
)

ONE = ProductPath(repository="repo", project="web")
SLASHED = ProductPath(repository="owner/name", project="web")


def a_product(repository: str, project: str) -> ProductPath:
    return ProductPath(repository=repository, project=project)


# what follows /v1/releases/ | its readings, in order
RELEASES = [
    ("repo/web", [ReleasePath(product=ONE)]),
    ("owner%2Fname/web", [ReleasePath(product=SLASHED)]),
    ("owner%2fname/web", [ReleasePath(product=SLASHED)]),
    ("owner%2Fname/web/42", [ReleasePath(product=SLASHED, name="42")]),
    (
        "owner/name/web",
        [ReleasePath(product=a_product("owner", "name"), name="web"), ReleasePath(product=SLASHED)],
    ),
    ("repo/web/42", [ReleasePath(product=ONE, name="42"), ReleasePath(product=a_product("repo/web", "42"))]),
    ("owner/name/web/v1.2.3", [ReleasePath(product=SLASHED, name="v1.2.3")]),
    ("owner/name/web/api%2Fv1", [ReleasePath(product=SLASHED, name="api/v1")]),
    ("owner/name/api%2Fv1", [ReleasePath(product=a_product("owner", "name"), name="api/v1")]),
    ("group%2Fsub%2Fname/web/42", [ReleasePath(product=a_product("group/sub/name", "web"), name="42")]),
    ("repo/web/main%2B1", [
        ReleasePath(product=ONE, name="main+1"), ReleasePath(product=a_product("repo/web", "main+1"))
    ]),
    ("r%C3%A9po/web", [ReleasePath(product=a_product("répo", "web"))]),
    ("owner%252Fname/web", [ReleasePath(product=a_product("owner%2Fname", "web"))]),
    ("repo", []),
    ("", []),
    ("repo/", []),
    ("repo//web", []),
    ("/repo/web", []),
    ("repo/web/", []),
    ("a/b/c/d/e", []),
    ("owner%2Fname/x/web/42", []),
    ("owner/na%2Fme/web/42", []),
    ("repo/we%2Fb", []),
    ("../web", []),
    ("owner%2F../web", []),
    ("%2Fname/web", []),
    ("repo/..", []),
    ("repo/web%00", []),
    ("repo/web%0A", []),
    ("repo/web%zz", []),
    ("repo/web%ff", []),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "readings"), RELEASES, ids=[raw for raw, _ in RELEASES])
def test_what_follows_releases_is_read_so(raw: str, readings: list[ReleasePath]) -> None:
    assert list(release_paths(raw)) == readings


@pytest.mark.parametrize(
    ("raw", "product"),
    [
        ("repo/web/aliases", ONE),
        ("owner%2Fname/web/aliases", SLASHED),
        ("owner/name/web/aliases", SLASHED),
        ("repo/aliases", None),
        ("repo/web/alias", None),
        ("a/b/c/d/aliases", None),
    ],
)
def test_where_an_alias_is_given_is_read_so(raw: str, product: ProductPath | None) -> None:
    assert aliases_path(raw) == product


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("repo/web/aliases/stable", ReleasePath(product=ONE, name="stable")),
        ("owner%2Fname/web/aliases/stable", ReleasePath(product=SLASHED, name="stable")),
        ("owner/name/web/aliases/aliases", ReleasePath(product=SLASHED, name="aliases")),
        ("owner/name/web/aliases/", None),
        ("repo/web/stable", None),
    ],
)
def test_where_an_alias_is_removed_is_read_so(raw: str, path: ReleasePath | None) -> None:
    assert alias_path(raw) == path


# what follows /v1/deployments/ | its readings, in order
DEPLOYMENTS = [
    ("dev/repo/web", [DeploymentPath(environment="dev", product=ONE)]),
    ("dev/owner%2Fname/web", [DeploymentPath(environment="dev", product=SLASHED)]),
    ("dev/owner/name/web", [DeploymentPath(environment="dev", product=SLASHED)]),
    (
        "dev/repo/web/history",
        [
            DeploymentPath(environment="dev", product=ONE, is_history=True),
            DeploymentPath(environment="dev", product=a_product("repo/web", "history")),
        ],
    ),
    ("dev/owner%2Fname/web/history", [DeploymentPath(environment="dev", product=SLASHED, is_history=True)]),
    ("dev/owner/name/web/history", [DeploymentPath(environment="dev", product=SLASHED, is_history=True)]),
    ("dev/repo/history", [DeploymentPath(environment="dev", product=a_product("repo", "history"))]),
    ("dev/repo", []),
    ("dev", []),
    ("/repo/web", []),
    ("dev/a/b/c/d", []),
]


@pytest.mark.parametrize(("raw", "readings"), DEPLOYMENTS, ids=[raw for raw, _ in DEPLOYMENTS])
def test_what_follows_deployments_is_read_so(raw: str, readings: list[DeploymentPath]) -> None:
    assert list(deployment_paths(raw)) == readings


@pytest.mark.parametrize(
    ("raw", "release"),
    [
        ("0199a2f3/production", "0199a2f3"),
        ("owner%2Fname%2Fweb%2F42/production", ReleasePath(product=SLASHED, name="42")),
        ("owner%2Fname/web/42/production", ReleasePath(product=SLASHED, name="42")),
        ("owner/name/web/42/production", ReleasePath(product=SLASHED, name="42")),
        ("repo/web/42/production", ReleasePath(product=ONE, name="42")),
        ("web%2F42/production", None),
        ("web/42/production", None),
        ("0199a2f3/", None),
        ("0199a2f3", None),
        ("%ff/production", None),
    ],
)
def test_what_follows_approvals_is_read_so(raw: str, release: str | ReleasePath | None) -> None:
    path = approval_path(raw)
    assert path == (ApprovalPath(environment="production", release=release) if release else None)


@given(st.text("a/%2Fx.\0é", max_size=30))
def test_no_path_breaks_the_reading_or_leads_elsewhere(raw: str) -> None:
    readings = release_paths(raw)
    assert len(readings) <= 2
    for reading in readings:
        assert "/" not in reading.product.project
        assert not {"", ".", ".."} & {*reading.product.repository.split("/"), reading.product.project}
    assert len(deployment_paths(raw)) <= 2
    for read in (aliases_path, alias_path, approval_path):
        read(raw)
