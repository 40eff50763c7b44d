"""Equal data has one document, in whatever order and spelling it came."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.scenarios.canonical import checksum, document, plant_of
from taskforce.core.scenarios.plant import Plant
from tests.plant_builders import WHOLE, a_plant, encoded, read

EUROPEAN = "product_id;family_id;process_time_mean;process_time_sigma\r\na; red;1.0;5e-1\r\nb;blue;2;0\r\n"
PLAIN = {name for name in WHOLE if name not in {"demand.csv", "routings.csv"}}


def digest(files: dict[str, bytes]) -> str:
    plant, report = read(files)
    assert plant is not None, report.problems
    return checksum(document(plant))


def mixed(text: str, chance: random.Random, *, rows: bool) -> str:
    """The same table, its columns in another order, and its rows, too."""
    header, *lines = [line.split(",") for line in text.splitlines()]
    order = chance.sample(range(len(header)), len(header))
    if rows:
        chance.shuffle(lines)
    return "\n".join(",".join(line[place] for place in order) for line in [header, *lines])


@given(st.integers())
def test_the_order_of_columns_rows_and_files_means_nothing(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    names = chance.sample(sorted(WHOLE), len(WHOLE))
    files = {name: mixed(WHOLE[name], chance, rows=name in PLAIN) for name in names}
    assert digest(encoded(files)) == digest(encoded(WHOLE))


@pytest.mark.parametrize("name", ["demand.csv", "routings.csv"])
def test_the_order_of_orders_and_of_steps_counts(name: str) -> None:
    header, first, second, *rest = WHOLE[name].splitlines()
    turned = "\n".join([header, second, first, *rest])
    assert digest(encoded(WHOLE | {name: turned})) != digest(encoded(WHOLE))


def test_spelling_means_nothing() -> None:
    other = {
        "products.csv": "\ufeff" + EUROPEAN,
        "skills.csv": '"operator_id","machine_group_id","level"\n"ann","mill","3.0"\n',
        "calendars.csv": WHOLE["calendars.csv"].replace(
            "Mon-Fri 06:00-14:00", '"[""Tue-Fri 6:00-14:00"", ""Mon 06:00-10:00"", ""mon 09:00-14:00""]"'
        ),
    }
    assert digest(encoded(WHOLE | other)) == digest(encoded(WHOLE))


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 10**6), st.integers(1, 10**9)), max_size=20),
    st.floats(0, 10**6),
    st.floats(0, 1, exclude_min=True),
)
def test_a_document_is_read_back_as_the_same_plant(
    orders: list[tuple[str, float, int]], setup: float, good: float
) -> None:
    demand = "".join(f"{product},{due!r},{quantity}\n" for product, due, quantity in orders)
    plant = a_plant(
        demand=f"product_id,due_date,quantity\n{demand}",
        calendars="calendar_id,timezone,windows\nearly,UTC,Sun 20:00-04:00\n",
        setup_matrix=f"from_family_id,to_family_id,setup_time\nred,blue,{setup!r}\n",
        yields=f"step_id,yield_rate\nb1,{good!r}\n",
    )
    assert again(plant) == plant
    assert document(again(plant)) == document(plant)
    assert [one.quantity for one in plant.orders] == [quantity for _, _, quantity in orders]


def test_dates_survive() -> None:
    plant = a_plant()
    assert again(plant) == plant
    assert again(plant).epoch.tzinfo == plant.epoch.tzinfo  # type: ignore[union-attr] # both have dates
    assert json.loads(document(plant))["format"] == 1


def again(plant: Plant) -> Plant:
    return plant_of(document(plant))


def test_what_is_no_document_is_refused() -> None:
    for wrong in (b"", b"{}", b'{"format": 2, "plant": {}}'):
        with pytest.raises(ValueError, match="validation error"):
            plant_of(wrong)
