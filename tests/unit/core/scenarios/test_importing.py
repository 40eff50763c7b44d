"""Tables become the plant that they tell of."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.scenarios.importing import read_tables
from taskforce.core.scenarios.json_tables import json_table
from taskforce.core.scenarios.plant import Order, RoutingStep, Skill, Span
from taskforce.core.scenarios.problem_list import MOST, ProblemList
from taskforce.core.scenarios.report import Severity
from tests.plant_builders import SMALL, WHOLE, a_plant, encoded, read, told

BERLIN = ZoneInfo("Europe/Berlin")
STEPS: list[JsonObject] = [
    {"step_id": "s1", "machine_group_id": "g", "process_time_mean": "0.5", "yield_rate": 0.9},
    {"step_id": "s2", "machine_group_id": "g", "process_time_mean": 1},
]
PLANT: dict[str, list[JsonObject]] = {
    "plant": [{"plant_id": "p", "name": "Plant", "timezone": "UTC"}],
    "products": [{"product_id": 7, "family_id": "f", "process_time_mean": 1}],
    "routings": [{"routing_id": "r", "product_id": "7", "steps": [*STEPS]}],
    "machines": [{"machine_id": "m", "cell_id": "c", "machine_group_id": "g", "capacity": 2}],
}


def of_json(**tables: list[JsonObject]) -> list[tuple[str, int, str, str]]:
    _, report = read_tables({name: json_table(name, rows) for name, rows in (PLANT | tables).items()})
    return told(report.problems)


def test_the_tables_that_are_needed_are_enough() -> None:
    plant, report = read(encoded(SMALL))
    assert report.problems == ()
    assert plant is not None
    assert plant.epoch is None
    assert (plant.operators, plant.orders, plant.failures) == ((), (), ())
    assert plant.products[1].process_time_sigma == 0


def test_steps_have_what_the_yields_tell() -> None:
    steps = a_plant().routings[0].steps
    assert steps[0] == RoutingStep(step_id="a1", machine_group_id="saw", process_time_mean=0.5)
    assert (steps[1].yield_rate, steps[1].rework_probability) == (0.8, 0.5)


def test_operators_have_the_skills_of_both_tables() -> None:
    ann, bob = a_plant().operators
    assert ann.skills == (
        Skill(machine_group_id="mill", level=3),
        Skill(machine_group_id="saw", level=1),
    )
    assert (ann.shift_calendar_id, bob.shift_calendar_id) == ("early", None)


def test_hours_count_from_the_midnight_before_the_first_date_and_pass_as_they_do() -> None:
    plant = a_plant()
    assert plant.epoch == datetime(2026, 3, 27, tzinfo=BERLIN)
    first, second = plant.orders
    assert first == Order(product_id="a", due=77.0, quantity=5, release=6.0, priority=1)  # an hour is lost
    assert (second.due, second.release) == (95.0, 0.0)
    assert plant.calendars[0].windows[0] == Span(start=6.0, end=14.0)
    assert plant.calendars[0].blackouts == (Span(start=24.0, end=71.0),)


def test_plain_hours_have_no_epoch() -> None:
    plant = a_plant(
        demand="product_id,due_date,quantity\na,36.5,1\n",
        calendars="calendar_id,timezone,windows,blackout_windows\nearly,UTC,,10/20; 5/12\n",
    )
    assert plant.epoch is None
    assert plant.orders[0].due == 36.5
    assert plant.calendars[0].windows == ()
    assert plant.calendars[0].blackouts == (Span(start=5, end=20),)


def test_rows_of_json_are_the_rows_of_files() -> None:
    plant, report = read_tables({name: json_table(name, rows) for name, rows in PLANT.items()})
    assert report.problems == ()
    assert plant is not None
    assert plant.products[0].product_id == "7"
    assert [(one.step_id, one.yield_rate) for one in plant.routings[0].steps] == [("s1", 0.9), ("s2", 1.0)]
    flat: list[JsonObject] = [{"routing_id": "r", "product_id": "7", **step} for step in STEPS]
    same, _ = read_tables(
        {name: json_table(name, rows) for name, rows in (PLANT | {"routings": flat}).items()}
    )
    assert same == plant


def test_a_nested_step_is_named_in_its_problem() -> None:
    step: JsonObject = {"step_id": "s", "machine_group_id": "g", "process_time_mean": 0}
    routing: JsonObject = {"routing_id": "r", "product_id": "7", "steps": [step, {**step, "colour": 1}]}
    assert of_json(routings=[routing]) == [
        ("routings", 1, "colour", "there is no such column; it is left out"),
        ("routings", 2, "steps[0].process_time_mean", "must be more than 0"),
        ("routings", 2, "steps[1].process_time_mean", "must be more than 0"),
        ("routings", 2, "steps[1].step_id", "r, s is in row 2 already"),
    ]
    for steps in ([], "s", [1]):
        wrong: JsonObject = {"routing_id": "r", "product_id": "7", "steps": steps}  # type: ignore[dict-item] # wrong
        assert ("routings", 1, "step_id", "the column is missing") in of_json(routings=[wrong])
        assert of_json(routings=[routing, wrong])[-1] == (
            "routings",
            3,
            "",
            "steps must be an array of one object or more",
        )


def test_a_step_without_a_routing_of_its_product_cannot_be_asked_for() -> None:
    demand: list[JsonObject] = [{"product_id": "8", "due_date": 4, "quantity": 1}]
    assert of_json(demand=demand) == [("demand", 2, "product_id", "there is no product_id '8' in routings")]


def test_a_product_may_have_several_routings_and_is_told_so() -> None:
    second = SMALL["routings.csv"] + "r0,a,a3,saw,1,\n"
    plant, report = read(encoded(SMALL | {"routings.csv": second}))
    assert plant is not None
    assert told(report.problems) == [
        ("routings.csv", 0, "product_id", "'a' has several routings (r0, ra); jobs take the first")
    ]


def test_what_the_yields_overrule_is_told() -> None:
    _, report = read(encoded(WHOLE))
    assert told(report.problems) == [
        ("yields.csv", 2, "yield_rate", "counts instead of 0.9 in row 3 of routings")
    ]
    assert report.valid


def test_a_report_ends_with_how_much_is_not_listed() -> None:
    found = ProblemList()
    for row in range(MOST + 3):
        found.add("a", row, "", "must not be", severity=Severity.WARNING)
    report = found.report()
    assert len(report.problems) == MOST + 1
    assert report.problems[-1].message == "3 more problems are not listed."
    assert report.valid
    found.add("a", 0, "", "must not be")
    assert not found.report().valid


@pytest.mark.parametrize("hour", [0, 5, 23])
def test_the_plants_clock_decides_on_the_epoch(hour: int) -> None:
    plant = a_plant(
        plant="plant_id,name,timezone\np,Plant,Asia/Tokyo\n",
        calendars="calendar_id,timezone\nearly,UTC\n",
        demand=f"product_id,due_date,quantity\na,2026-07-01T{hour:02}:00,1\n",
    )
    assert plant.epoch == datetime(2026, 7, 1, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert plant.orders[0].due == hour
