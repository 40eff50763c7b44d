"""A row is judged by its own figure or by its ratio to the better peer."""

import pytest

from benchmarks.goals import Goal, Row, at_least, at_most, part, times
from benchmarks.measure import Samples, in_turns, shown


def a_row(ours: float, *, shipped: float | None = None, tuned: float | None = None, goal: Goal) -> Row:
    return Row(
        what="what",
        unit="unit",
        ours=Samples((ours,)),
        shipped=None if shipped is None else Samples((shipped,)),
        tuned=None if tuned is None else Samples((tuned,)),
        goal=goal,
    )


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (a_row(600, goal=at_least(600)), True),
        (a_row(599, goal=at_least(600)), False),
        (a_row(5.1, goal=at_most(5)), False),
        (a_row(30, shipped=1, tuned=2, goal=times(15)), True),
        (a_row(29, shipped=1, tuned=2, goal=times(15)), False),  # the better peer is the faster one
        (a_row(1, shipped=9, tuned=3, goal=part(1 / 3)), True),
        (a_row(1, shipped=9, tuned=2.9, goal=part(1 / 3)), False),  # here it is the one that takes less
        (a_row(1, goal=times(1)), False),  # without a peer there is no ratio that could meet it
    ],
)
def test_a_goal_is_met_or_missed(row: Row, *, met: bool) -> None:
    assert row.is_met is met


def test_every_second_round_goes_the_other_way_round() -> None:
    called: list[str] = []

    def contender(name: str) -> dict[str, float]:
        called.append(name)
        return {"figure": float(len(called))}

    found = in_turns({"a": lambda: contender("a"), "b": lambda: contender("b")}, rounds=2)
    assert called == ["a", "b", "b", "a"]
    assert found["a"]["figure"].values == (1.0, 4.0)


@pytest.mark.parametrize(("value", "text"), [(12_345.6, "12,346"), (123.4, "123"), (0.12345, "0.123")])
def test_a_figure_is_shown_with_three_digits(value: float, text: str) -> None:
    assert shown(value) == text
