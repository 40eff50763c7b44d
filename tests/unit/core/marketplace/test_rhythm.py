"""When sources are scanned by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from taskforce.core.marketplace.cron import Cron
from taskforce.core.marketplace.errors import RhythmInvalid
from taskforce.core.marketplace.rhythm import rhythm_of

THURSDAY = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"), [(300, 300), ("3600", 3_600), ("90m", 5_400), (" 6h ", 21_600), ("365d", 31_536_000)]
)
def test_an_interval_comes_round_after_its_time(said: str | int, seconds: int) -> None:
    rhythm = rhythm_of(said)
    assert rhythm.text == str(seconds)
    assert rhythm.after(THURSDAY) == THURSDAY + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("cron", "after"),
    [
        ("*/15 * * * *", datetime(2026, 1, 1, 12, 45, tzinfo=UTC)),
        ("30 12 * * *", datetime(2026, 1, 2, 12, 30, tzinfo=UTC)),
        ("0 3 * * 1", datetime(2026, 1, 5, 3, tzinfo=UTC)),
        ("0 0 * * 7", datetime(2026, 1, 4, tzinfo=UTC)),
        ("0 0 * * 0", datetime(2026, 1, 4, tzinfo=UTC)),
        ("5,35 9-17/4 * * 1-5", datetime(2026, 1, 1, 13, 5, tzinfo=UTC)),
        ("0 0 29 2 *", datetime(2028, 2, 29, tzinfo=UTC)),
        ("0 0 31 * *", datetime(2026, 1, 31, tzinfo=UTC)),
        ("0 12 2 * 6", datetime(2026, 1, 2, 12, tzinfo=UTC)),
        ("10/20 13 * * *", datetime(2026, 1, 1, 13, 10, tzinfo=UTC)),
        ("0 0 1 1 *", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_cron_names_the_next_moment(cron: str, after: datetime) -> None:
    rhythm = rhythm_of(cron)
    assert rhythm.text == cron
    assert rhythm.after(THURSDAY) == after


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("299", "five minutes"),
        ("366d", "a year"),
        ("0", "five minutes"),
        ("-5m", "no time"),
        ("soon", "no time"),
        ("", "no time"),
        ("1 2 3 4", "4 fields"),
        ("60 * * * *", "from 0 to 59"),
        ("* 24 * * *", "from 0 to 23"),
        ("5-1 * * * *", "from 0 to 59"),
        ("*/0 * * * *", "no minute"),
        ("a * * * *", "no minute"),
        ("0 0 0 * *", "from 1 to 31"),
        ("0 0 30 2 *", "no month has"),
        ("* * * * *", "less than five minutes"),
        ("58,1 * * * *", "less than five minutes"),
    ],
)
def test_what_is_no_rhythm_is_refused_with_what_would_be(said: str, told: str) -> None:
    with pytest.raises(RhythmInvalid, match=told) as refused:
        rhythm_of(said)
    assert refused.value.errors[0].pointer == "/rescan_interval"


NUMBERS = {"minute": (0, 59), "hour": (0, 23), "day": (1, 28), "month": (1, 12), "weekday": (0, 6)}


@st.composite
def fields(draw: st.DrawFn, name: str) -> str:
    least, most = NUMBERS[name]
    first = draw(st.integers(least, most))
    last = draw(st.integers(first, most))
    step = draw(st.integers(1, 20))
    return draw(st.sampled_from(["*", f"*/{step}", f"{first}", f"{first}-{last}", f"{first}-{last}/{step}"]))


CRONS = st.tuples(*(fields(name) for name in NUMBERS)).map(" ".join)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - of timezones


@given(CRONS, MOMENTS)
@example("* * */7 1 2", datetime(2020, 1, 1, tzinfo=UTC))  # it takes until 2030
def test_the_next_moment_is_later_and_the_first_that_is_named(text: str, moment: datetime) -> None:
    cron = Cron.of(text)
    after = cron.after(moment)
    assert after > moment
    assert (after.second, after.microsecond) == (0, 0)
    assert cron.after(after - timedelta(seconds=1)) == after
    if after - moment > timedelta(minutes=2):
        assert cron.after(moment + (after - moment) / 2) == after


@given(CRONS)
def test_a_text_that_was_shown_is_read_again(text: str) -> None:
    assert Cron.of(Cron.of(text).text) == Cron.of(text)


@given(st.text(max_size=30))
def test_whatever_is_said_is_a_rhythm_or_refused(text: str) -> None:
    try:
        rhythm = rhythm_of(text)
    except RhythmInvalid:
        return
    assert rhythm_of(rhythm.text) == rhythm
