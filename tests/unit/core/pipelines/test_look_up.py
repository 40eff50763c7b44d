"""A release is found by commit, number, tag or other alias, in this order; names are given by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.errors import Invalid
from taskforce.core.identity import JobId
from taskforce.core.pipelines.delivery import Alias, AliasType, Product, Release, ReleaseTrigger, Trigger
from taskforce.core.pipelines.errors import AliasTaken, CommitAmbiguous, ReleaseNotFound
from taskforce.core.pipelines.look_up import NameReading, custom_alias, default_aliases, looked_up
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import NOON

WEB = Product(project=DEFAULT_PROJECT, repository="owner/name", name="web")
TAG, CUSTOM, BRANCH = AliasType.TAG, AliasType.CUSTOM, AliasType.BRANCH


def a_release(number: int, commit: str, **aliases: AliasType) -> Release:
    return Release(
        id=JobId(f"release-{number}"),
        product=WEB,
        commit_sha=commit.ljust(40, "0"),
        release_number=number,
        oci_uri="",
        oci_digest="",
        created_at=NOON,
        created_by="ann",
        artifacts=(),
        aliases=tuple(Alias(alias=alias, alias_type=type) for alias, type in aliases.items()),
        trigger=Trigger(trigger_type=ReleaseTrigger.MANUAL, branch="main", triggered_by="ann"),
    )


FIRST = a_release(1, "1234567aaa", stable=CUSTOM, **{"main-1": BRANCH})
SECOND = a_release(2, "1234567bbb", **{"v2": TAG, "main-2": BRANCH, "3": CUSTOM})
THIRD = a_release(3, "cafe5678", **{"v3": TAG, "abcdefa": TAG, "2": TAG})
FOURTH = a_release(4, "abcdefabc", v3=CUSTOM, v2=BRANCH)
BIG = a_release(7654321, "eeeeeee", **{"8888888": TAG})
RELEASES = [FIRST, SECOND, THIRD, FOURTH, BIG]


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("1234567aaa".ljust(40, "0"), FIRST),
        ("1234567a", FIRST),
        ("1234567B", SECOND),
        ("cafe567", THIRD),
        ("abcdefa", FOURTH),  # a commit comes before a tag
        ("2", SECOND),  # a number before a tag
        ("3", THIRD),  # and before another alias
        ("v2", SECOND),  # a tag before a branch's alias
        ("v3", THIRD),  # and before a custom one
        ("main-1", FIRST),
        ("stable", FIRST),
        ("7654321", BIG),  # hex digits that begin no commit are a number
        ("8888888", BIG),  # or a tag
    ],
)
def test_a_name_stands_for_this_release(name: str, release: Release) -> None:
    assert looked_up(name, RELEASES) is release
    assert looked_up(name, reversed(RELEASES)) is release


@pytest.mark.parametrize("name", ["123456", "cafe", "02", "+2", "V2", "main", "5", "", "1234567" + "0" * 34])
def test_what_is_no_name_is_not_found(name: str) -> None:
    with pytest.raises(ReleaseNotFound, match=r"There is no release .* here\."):
        looked_up(name, RELEASES)


def test_a_short_commit_of_several_names_them_even_where_it_is_a_tag_too() -> None:
    tagged = a_release(5, "fff", **{"1234567": TAG})
    with pytest.raises(CommitAmbiguous) as refused:
        looked_up("1234567", [*RELEASES, tagged])
    assert refused.value.details["candidates"] == [FIRST.commit_sha, SECOND.commit_sha]


@given(st.from_regex(r"[0-9a-f]{40}", fullmatch=True), st.integers(7, 40))
def test_every_beginning_of_a_commit_finds_it(commit: str, length: int) -> None:
    release = a_release(1, commit)
    assert looked_up(commit[:length].upper(), [release]) is release


@given(st.text(max_size=50))
def test_any_name_can_be_read(name: str) -> None:
    reading = NameReading.of(name)
    assert reading.alias == name
    assert reading.number is None or str(reading.number) == name


@pytest.mark.parametrize(
    ("branch", "alias"),
    [
        ("main", "main-42"),
        ("release/1.2", "release-1.2-42"),
        ("feature/Ä rger#7", "feature-rger-7-42"),
        ("-.-", "branch-42"),
        ("x" * 300, "x" * 100 + "-42"),
    ],
)
def test_a_release_of_a_branch_is_named_after_it(branch: str, alias: str) -> None:
    assert default_aliases(42, branch=branch) == (
        Alias(alias="42", alias_type=AliasType.NUMERIC),
        Alias(alias=alias, alias_type=AliasType.BRANCH),
    )


def test_a_release_of_a_tag_bears_it_as_it_is() -> None:
    assert default_aliases(42, tag="api/v1.2.3")[1:] == (Alias(alias="api/v1.2.3", alias_type=TAG),)
    assert default_aliases(42, tag="42") == default_aliases(42)


@pytest.mark.parametrize("tag", ["api/v1.2.3", "api-v1.2.3"])
def test_a_release_of_a_projects_tag_bears_its_version_too(tag: str) -> None:
    names = [alias.alias for alias in default_aliases(42, tag=tag, project_name="api")]
    assert names == ["42", tag, "v1.2.3"]
    assert default_aliases(42, tag="api/42", project_name="api")[1:] == (
        Alias(alias="api/42", alias_type=TAG),
    )


@given(st.integers(1, 10**6), st.text(max_size=200))
def test_the_aliases_of_a_branch_differ_from_release_to_release(number: int, branch: str) -> None:
    these = {alias.alias for alias in default_aliases(number, branch=branch)}
    assert these.isdisjoint(alias.alias for alias in default_aliases(number + 1, branch=branch))


@pytest.mark.parametrize("name", ["stable", "v1.2.3", "2026-01-01", "A_b+c", "deadbee-x", "x" * 128])
def test_these_may_be_custom_aliases(name: str) -> None:
    assert custom_alias(name) == Alias(alias=name, alias_type=CUSTOM)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "..", "-x", "é", "x" * 129, "a\n"])
def test_what_no_path_would_hold_is_no_alias(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        custom_alias(name)
    assert refused.value.errors[0].pointer == "/alias"


@pytest.mark.parametrize("name", ["42", "007", "0", "deadbee", "ABCDEF1"])
def test_what_reads_as_a_number_or_a_commit_is_no_custom_ones_to_take(name: str) -> None:
    with pytest.raises(AliasTaken):
        custom_alias(name)
