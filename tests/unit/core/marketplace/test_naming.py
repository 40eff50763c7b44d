"""A name for the second of a name is free, short enough, and found at once."""

from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.marketplace.naming import LONGEST_NAME, suggested_name

WORDS = st.text("ab", min_size=1, max_size=80)


@given(WORDS, st.lists(WORDS))
def test_it_is_free_and_a_name(name: str, taken: list[str]) -> None:
    free = suggested_name(name, [name, *taken])
    assert free not in {name, *taken}
    assert len(free) <= LONGEST_NAME


def test_it_counts_on_and_knows_no_case() -> None:
    assert suggested_name("deploy", ["deploy"]) == "deploy-2"
    assert suggested_name("deploy", ["deploy", "Deploy-2", "deploy-3"]) == "deploy-4"
    assert suggested_name("a" * 64, ["a" * 62 + "-2"]) == "a" * 62 + "-3"
