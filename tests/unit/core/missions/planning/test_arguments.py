"""Arguments taken from words."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.missions.planning.arguments import conditions, count, names, patterns, sizes
from taskforce.core.missions.planning.grammar import match, worded
from taskforce.core.missions.planning.programs import code, outcome


@pytest.mark.parametrize(
    ("text", "column", "sign", "value"),
    [
        ("amount > 5", "amount", ">", "5"),
        ("amount>=5.5", "amount", ">=", "5.5"),
        ("region = North", "region", "=", "North"),
        ("status is active", "status", "seen", "active"),
        ("status is not active", "status", "!=", "active"),
        ("unit price is at least 10", "unit price", ">=", "10"),
        ("date is after 2024-01-31", "date", ">", "2024-01-31"),
        ('city is "New York"', "city", "=", "New York"),
        ("city is New York", "city", "seen", "New York"),
        ("name contains an", "name", "contains", "an"),
        ("email is empty", "email", "=", ""),
    ],
)
def test_a_condition_is_read(text: str, column: str, sign: str, value: str) -> None:
    wording = worded(text)

    assert conditions(wording.text, wording) == {
        "join": "and",
        "all": [{"column": column, "is": sign, "value": value}],
    }


@pytest.mark.parametrize(
    "text",
    [
        "amount is big",
        "amount > many",
        "the customer is very happy today",
        "a = 1 and b = 2 or c = 3",
        "status is IT or HR",
        "amount is roughly 5",
        "",
    ],
)
def test_a_condition_that_is_not_plain_is_refused(text: str) -> None:
    wording = worded(text)

    assert conditions(wording.text, wording) is None


def test_several_conditions_share_one_join() -> None:
    wording = worded("a = 1 or b < 2")

    found = conditions(wording.text, wording)

    assert found is not None
    assert found["join"] == "or"


def test_lists_of_names_keep_quoted_ones_whole() -> None:
    wording = worded('name, "unit, price" and age')

    assert names(wording.text, wording) == ["name", "unit, price", "age"]


def test_numbers_kinds_and_sizes() -> None:
    assert (count("three"), count("12")) == (3, 12)
    assert (patterns("python"), patterns(".xyz"), patterns(None)) == (["*.py"], ["*.xyz"], ["*"])
    assert (sizes("2", "KB"), sizes("1", "MiB"), sizes("5", "bytes")) == (2_000, 2**20, 5)


def test_a_template_takes_every_word_or_nothing() -> None:
    assert match("count lines in <path>", worded("Count the lines in a.txt")) == {"path": "a.txt"}
    assert match("count lines in <path>", worded("Count the lines in a.txt twice")) is None


@given(st.text(max_size=80))
def test_arguments_stay_data_in_generated_code(text: str) -> None:
    made = code("formula", {"formula": text})
    first = ast.parse(made).body[0]

    assert isinstance(first, ast.Assign)
    assert ast.unparse(first.targets[0]) == "ARGS"
    assert ast.literal_eval(first.value) == {"formula": text}
    compile(made, "<made>", "exec")


def test_only_whole_lines_of_json_are_an_outcome() -> None:
    assert outcome('noise\n{"result": 3, "say": "3 lines"}\n') == {"result": 3, "say": "3 lines"}
    assert outcome('{"stopped": "no file"}\n[exit code 1]') == {"stopped": "no file"}
    assert outcome("3") is None
    assert outcome('{"result": broken') is None
