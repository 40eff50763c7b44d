"""The clause grammar."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.missions.planning.clauses import clauses
from taskforce.core.missions.planning.lexicon import CONNECTORS

_WORDS = st.sampled_from(
    [
        "count",
        "the",
        "lines",
        "in",
        "a.txt",
        "and",
        "then",
        ",",
        ";",
        ".",
        "\n",
        "1. ",
        "- ",
        '"',
        "'",
        "`",
        "it",
        "if",
    ]
)


@pytest.mark.parametrize(
    ("mission", "expected"),
    [
        ("Count the lines in a.txt and write it to b.txt", ["Count the lines in a.txt", "write it to b.txt"]),
        ("Read a.txt, then hash it; delete it.", ["Read a.txt", "hash it", "delete it."]),
        ("1. Read a.txt\n2) Hash it\n- delete it", ["Read a.txt", "Hash it", "delete it"]),
        ("Sort a.csv by x and y", ["Sort a.csv by x and y"]),
        ('Write "one and then read. Two" to a.txt', ['Write "one and then read. Two" to a.txt']),
        ("Read a.txt. Count its words.", ["Read a.txt", "Count its words."]),
        ("Delete a.txt. But only if it is old.", ["Delete a.txt. But only if it is old."]),
        ("Don't stop and don't run", ["Don't stop and don't run"]),
    ],
)
def test_clauses_end_at_connectors_outside_of_quotes(mission: str, expected: list[str]) -> None:
    assert [clause.text for clause in clauses(mission)] == expected


@given(st.one_of(st.text(max_size=200), st.lists(_WORDS, max_size=30).map(" ".join)))
def test_no_word_is_lost_between_clauses(mission: str) -> None:
    found = clauses(mission)
    end = 0
    for clause in found:
        assert clause.start >= end
        assert mission[clause.start : clause.end] == clause.text
        assert _says_nothing(mission[end : clause.start])
        end = clause.end
    assert _says_nothing(mission[end:])


def _says_nothing(between: str) -> bool:
    words = re.findall(r"[^\W\d_]+", between.lower())
    return all(word in CONNECTORS or word == "step" for word in words)
