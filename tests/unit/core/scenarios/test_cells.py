"""Cells mean what they say, and whatever else stands there is refused in words."""

import json
import math
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.scenarios.cells import is_empty, listed, named, number, text, whole, zone
from taskforce.core.scenarios.exporting import cell

ANY = number()
WHOLE = whole(least=-(10**6), most=10**6)
ANYTHING = st.one_of(
    st.text(), st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.integers(), max_size=3)
)
WORDS = st.text(
    st.characters(categories=["L", "N", "P", "Zs"], exclude_characters=";["), min_size=1, max_size=50
).filter(lambda word: word.strip() == word)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_as_it_was_written(value: float) -> None:
    for written in (repr(value), f" {value!r} ", value):
        assert ANY(written) == value
    assert math.copysign(1, number()(-0.0) or 1.0) == 1  # type: ignore[arg-type] # a float, which the reader made


@given(st.integers(-(10**6), 10**6))
def test_a_whole_number_is_read_as_it_was_written(value: int) -> None:
    for written in (str(value), f"{value}.0", value, float(value)):
        found = WHOLE(written)
        assert found == value
        assert isinstance(found, int)


@given(WORDS)
def test_a_text_loses_the_blanks_around_it_alone(word: str) -> None:
    assert text(f"  {word}\t") == word


@given(st.lists(WORDS, max_size=5))
def test_a_list_is_the_same_between_semicolons_and_in_json(words: list[str]) -> None:
    read = listed(text)
    assert read("; ".join(words)) == read(words) == read(json.dumps(words)) == tuple(words)


@given(ANYTHING)
def test_a_reader_gives_a_value_or_a_reason(given_cell: object) -> None:
    for read in (ANY, WHOLE, text, zone, listed(text), number(above=0), named(reserved="global")):
        with suppress(ValueError):
            found = read(given_cell)
            assert not isinstance(found, float) or math.isfinite(found)


@pytest.mark.parametrize(
    ("given_cell", "reason"),
    [
        ("1e999", "must be a finite number that is not too large"),
        (10**400, "must be a finite number that is not too large"),
        ("nan", "must be a number such as 1.5"),
        ("-inf", "must be a number such as 1.5"),
        ("1_000", "must be a number such as 1.5"),
        ("\N{ARABIC-INDIC DIGIT ONE}", "must be a number such as 1.5"),
        ("0x10", "must be a number such as 1.5"),
        (True, "must be a number such as 1.5"),
        ("1,5", "must be a number such as 1.5, with a point, not a comma"),
    ],
)
def test_what_is_no_finite_number_is_refused(given_cell: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ANY(given_cell)


@pytest.mark.parametrize(
    ("read", "given_cell", "reason"),
    [
        (number(least=0), "-1", "must be at least 0"),
        (number(above=0), "0", "must be more than 0"),
        (number(most=1), "1.5", "must be at most 1"),
        (whole(least=1, most=10), "0", "must be a whole number from 1 to 10"),
        (whole(least=1, most=10), "1.5", "must be a whole number"),
        (text, "a\x00b", "must be one line without control characters"),
        (text, "a" * 201, "must have at most 200 letters, and has 201"),
        (text, 1.5, "must be a text"),
        (named(reserved="global"), "global", "must not be 'global', which means the whole plant"),
        (zone, "Europe/Nowhere", "must be a time zone such as Europe/Berlin or UTC"),
        (zone, "../../etc/passwd", "must be a time zone such as Europe/Berlin or UTC"),
        (listed(text), "[1,", 'begins as an array of JSON and is none; write a;b or ["a", "b"]'),
        (listed(text), "[" * 100_000, 'begins as an array of JSON and is none; write a;b or ["a", "b"]'),
        (listed(text), 5, "must be a list: a;b or an array of JSON"),
        (listed(text), ";".join("a" * 10_001), "must have at most 10,000 parts"),
    ],
)
def test_limits_are_told(read: object, given_cell: object, reason: str) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        read(given_cell)


def test_a_whole_number_of_json_names_as_its_digits_do() -> None:
    assert text(101) == text("101") == "101"
    assert is_empty("  ")
    assert is_empty(None)
    assert not is_empty(0)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("plain", "plain"),
        (-1.5, "-1.5"),
        (3, "3"),
        (None, ""),
    ],
)
def test_a_text_that_would_be_a_formula_is_kept_a_text(value: object, written: str) -> None:
    assert cell(value) == written
