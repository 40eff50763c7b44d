"""Programs: how long they are, and that the looks before matching turn nothing away."""

import time

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.clauses import clauses
from taskforce.core.missions.planning.grammar import keys, pattern, worded
from taskforce.core.missions.planning.programs import code
from taskforce.core.missions.planning.steps import PHRASES

ROWS: JsonObject = {"source": {"path": "orders.csv"}, "operations": []}


def test_counting_rows_takes_a_short_program() -> None:
    made = code("figures", {**ROWS, "figures": [{"figure": "count"}]})

    assert made.startswith('ARGS = {"path": "orders.csv"}\n')
    assert len(made) <= 1_500
    assert "Decimal" not in made


def test_a_sum_by_group_holds_nothing_of_filters_or_other_files() -> None:
    by: JsonObject = {
        "do": "figures_by",
        "by": ["region"],
        "figures": [{"figure": "sum", "column": "amount"}],
    }

    made = code("table", {**ROWS, "operations": [by]})

    assert len(made) <= 4_000
    assert not any(word in made for word in ("sqlite3", "def save", "def compared", "def median"))


@pytest.mark.parametrize(
    "text",
    [
        "count rows in a.csv",
        "( 17 + 3 ) * 2",
        "sum and average of x in a.csv",
        'find lines containing "TODO" in all python files',
        "number of ERROR lines in app.log",
        "copy a.txt and b.txt to folder out",
        "l\u0131st f\u0131les",
        "SORT a.csv by x",
    ],
)
def test_what_a_template_matches_its_keys_allow(text: str) -> None:
    wording = worded(text)
    matching = [one for one, _ in PHRASES if pattern(one).fullmatch(f"{wording.text} ")]

    assert all(keys(one).allow(*wording.words) for one in matching)


@pytest.mark.parametrize("text", [" ", "it's 'a ", '"a" and read ', "“", "```\n", "'a\n", "\n "])
def test_a_long_text_is_parted_in_no_time(text: str) -> None:
    start = time.process_time()

    clauses((text * 100_000)[:100_000])

    assert time.process_time() - start < 2
