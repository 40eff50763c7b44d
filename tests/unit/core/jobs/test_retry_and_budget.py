"""Retries and budgets are arithmetic."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.errors import Unavailable
from taskforce.core.jobs.budget import Limits, Spent, overdrawn
from taskforce.core.jobs.retry import ONCE, RetryPolicy


def test_one_try_means_no_retry() -> None:
    assert ONCE.delay_after(1, OSError()) is None


def test_waits_grow_up_to_the_most() -> None:
    policy = RetryPolicy(attempts=5, first=timedelta(seconds=1), factor=10, most=timedelta(seconds=50))
    waits = [policy.delay_after(failed, OSError()) for failed in range(1, 6)]
    assert waits == [
        timedelta(seconds=1),
        timedelta(seconds=10),
        timedelta(seconds=50),
        timedelta(seconds=50),
        None,
    ]


def test_an_error_that_no_try_can_mend_is_not_retried() -> None:
    policy = RetryPolicy(attempts=5, unless=(ValueError,))
    assert policy.delay_after(1, UnicodeError()) is None
    assert policy.delay_after(1, OSError()) is not None


def test_who_is_overloaded_may_ask_for_a_longer_wait_up_to_the_most() -> None:
    policy = RetryPolicy(attempts=9, first=timedelta(seconds=2), most=timedelta(seconds=60))
    asked = [Unavailable("Busy.", retry_after=timedelta(seconds=seconds)) for seconds in (1, 30, 3_600)]
    waits = [policy.delay_after(1, error) for error in asked]
    assert waits == [timedelta(seconds=2), timedelta(seconds=30), timedelta(seconds=60)]


@given(st.text(), st.integers(1, 4))
def test_jitter_only_lengthens_a_wait_and_follows_from_its_seed(seed: str, failed: int) -> None:
    plain = RetryPolicy(attempts=5, first=timedelta(seconds=1))
    spread = replace(plain, jitter=0.25)
    least, wait = plain.delay_after(failed, OSError()), spread.delay_after(failed, OSError(), seed=seed)
    assert least is not None
    assert wait is not None
    assert least <= wait <= least * 1.25
    assert wait == spread.delay_after(failed, OSError(), seed=seed)


def test_those_who_failed_together_do_not_come_back_together() -> None:
    policy = RetryPolicy(attempts=2, jitter=0.25)
    assert len({policy.delay_after(1, OSError(), seed=f"job-{number}") for number in range(50)}) == 50


@given(st.integers(1, 100), st.integers(0, 100))
def test_steps_are_overdrawn_exactly_at_the_limit(limit: int, taken: int) -> None:
    code = overdrawn(Spent(steps=taken), Limits(steps=limit))
    assert (code == "max_steps_reached") == (taken >= limit)


def test_each_limit_has_its_own_code() -> None:
    spent = Spent(steps=5, tokens=5, cost=5.0, seconds=5.0)
    codes = [
        overdrawn(spent, Limits(steps=None, tokens=5)),
        overdrawn(spent, Limits(steps=None, cost=5.0)),
        overdrawn(spent, Limits(steps=None, seconds=5.0)),
        overdrawn(spent, Limits(steps=None)),
    ]
    assert codes == ["token_budget_spent", "cost_budget_spent", "timed_out", None]


def test_a_limit_that_is_named_leaves_the_others_as_they_were() -> None:
    old = Limits(steps=2, cost=0.5)
    assert old.changed_by(Limits(steps=4)) == Limits(steps=4, cost=0.5)
    assert old.changed_by(Limits(cost=None)) == Limits(steps=2)
    assert old.changed_by(Limits()) == Limits()
    assert old.changed_by(None) == old
