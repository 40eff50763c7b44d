"""Moments, spans and weeks are what people write them to be."""

import re
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.scenarios.moments import beginning, ending, joined, midnight, seconds, span, windows
from taskforce.core.scenarios.plant import Span

at = datetime.fromisoformat
SPANS = st.builds(
    lambda start, length: Span(start=float(start), end=float(start + length)),
    st.integers(0, 100),
    st.integers(1, 50),
)


def test_a_date_without_a_time_is_the_whole_day() -> None:
    assert beginning("2026-01-05") == at("2026-01-05")
    assert ending("2026-01-05") == at("2026-01-06")
    assert ending("2026-01-05T00:00") == at("2026-01-05")
    assert ending("20.5") == 20.5
    assert ending(20) == 20.0


def test_a_date_is_of_the_clock_where_it_has_no_offset() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert seconds(at("2026-01-05T06:00"), berlin) == seconds(at("2026-01-05T05:00Z"), berlin)
    assert midnight(seconds(at("2026-03-29T23:00"), berlin), berlin).isoformat() == (
        "2026-03-29T00:00:00+01:00"
    )


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Mon 06:00-14:00", [(6, 14)]),
        ("tue 00:00-24:00", [(24, 48)]),
        ("Mon-Wed 06:00-14:30", [(6, 14.5), (30, 38.5), (54, 62.5)]),
        ("Mon 22:00-06:00", [(22, 30)]),
        ("Sun 22:00-06:00", [(166, 168), (0, 6)]),
        ("Sat-Mon 08:00-09:00", [(128, 129), (152, 153), (8, 9)]),
    ],
)
def test_windows_are_hours_of_a_week(written: str, parts: list[tuple[float, float]]) -> None:
    assert [(one.start, one.end) for one in windows(written)] == parts


@pytest.mark.parametrize(
    ("read", "written", "reason"),
    [
        (windows, "06:00-14:00", "must be windows such as Mon 06:00-14:00; Tue-Fri 22:00-06:00"),
        (windows, "Mon 06:00-06:00", "must end at another time than it begins; a whole day is 00:00-24:00"),
        (windows, "Mon 06:00-25:00", "must have times from 00:00 to 24:00"),
        (windows, "Mon 06:60-07:00", "must have times from 00:00 to 24:00"),
        (windows, "Mit 06:00-07:00", "must name a day: Mon, Tue, Wed, Thu, Fri, Sat, Sun"),
        (span, "10", "must be a date, or two moments such as 2026-12-24/2026-12-26T06:00"),
        (span, "10/9", "must end after it begins"),
        (span, "10/2026-01-01", "must have two dates or two numbers of hours, not one of each"),
        (
            span,
            "2026-01-01T00:00Z/2026-01-02T00:00",
            "must have an offset at both ends or at none",
        ),
        (
            beginning,
            "soon",
            "must be hours such as 36.5, or a date of ISO 8601 such as 2026-01-05T06:00",
        ),
        (
            beginning,
            "05.01.2026",
            "must be hours such as 36.5, or a date of ISO 8601 such as 2026-01-05T06:00",
        ),
        (beginning, "-1", "must be at least 0 (hours since 0), or a date such as 2026-01-05T06:00"),
        (beginning, "1969-12-31", "must be of the years 1970 to 2200"),
        (ending, "9999-12-31", "must be of the years 1970 to 2200"),
        (ending, "2026-02-30", "must be hours such as 36.5, or a date of ISO 8601 such as 2026-01-05T06:00"),
    ],
)
def test_other_spellings_are_refused(read: object, written: str, reason: str) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        read(written)


@given(st.text())
def test_any_text_is_a_moment_or_refused(written: str) -> None:
    for read in (beginning, ending, span, windows):
        with suppress(ValueError):
            assert read(written) is not None


@given(st.lists(SPANS, max_size=8))
def test_joined_spans_cover_the_same_hours_once(spans: list[Span]) -> None:
    found = joined(spans)
    hours = {hour for one in spans for hour in range(int(one.start), int(one.end))}
    assert [hour for one in found for hour in range(int(one.start), int(one.end))] == sorted(hours)
    assert all(one.end < other.start for one, other in pairwise(found))
