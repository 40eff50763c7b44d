"""Retries and budgets are arithmetic."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

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
