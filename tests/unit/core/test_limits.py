"""A sliding window lets no more through than its limit, and says truly when more goes."""

from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.limits import Quota, SlidingWindow

TEN = Quota(name="user", limit=10, seconds=60)


def window(*, before: int = 0, now: int = 0, left: float = 60.0) -> SlidingWindow:
    return SlidingWindow(before=before, before_left=left, now=now, left=left)


def test_an_empty_window_has_all_of_its_limit() -> None:
    standing = window().standing(TEN, is_over=False)
    assert (standing.remaining, standing.reset, standing.is_over) == (10, 60.0, False)


def test_the_window_before_weighs_as_much_as_is_left_of_it() -> None:
    half = window(before=10, now=2, left=30.0)
    assert half.has_room(TEN)
    assert half.standing(TEN, is_over=False).remaining == 3


def test_a_full_window_is_waited_for_to_its_end() -> None:
    full = window(now=10, left=42.0)
    assert not full.has_room(TEN)
    assert full.standing(TEN, is_over=True).reset == 42.0


def test_what_the_window_before_takes_up_is_waited_for() -> None:
    taken = window(before=10, now=5, left=36.0)
    assert taken.standing(TEN, is_over=True).remaining == 0
    assert taken.standing(TEN, is_over=True).reset == 6.0


@given(
    before=st.integers(0, 20),
    now=st.integers(0, 12),
    left=st.floats(0.01, 60, allow_nan=False),
    limit=st.integers(1, 12),
)
def test_who_waits_as_long_as_told_finds_room(before: int, now: int, left: float, limit: int) -> None:
    quota = Quota(name="user", limit=limit, seconds=60)
    found = window(before=before, now=now, left=left)
    standing = found.standing(quota, is_over=not found.has_room(quota))
    assert 0 <= standing.remaining <= limit
    if standing.remaining:
        return
    waited = standing.reset + 0.001
    rest = left - waited
    later = window(before=before, now=now, left=rest) if rest > 0 else window(before=now, left=60 + rest)
    assert later.has_room(quota) or rest <= -60
