"""The eleven tables that a plant is imported from: their columns, what cells mean, keys and references."""

from dataclasses import dataclass

from taskforce.core.scenarios.cells import Reader, listed, named, number, text, whole, zone
from taskforce.core.scenarios.moments import MOST_HOURS, beginning, ending, span, windows
from taskforce.core.scenarios.scenario import GLOBAL

MOST_PIECES = 1_000_000_000
MOST_PLACES = 10_000
MOST_PRIORITY = 1_000_000
_TIME = number(above=0, most=MOST_HOURS)
_SPARE = number(least=0, most=MOST_HOURS)
_YIELD = number(above=0, most=1)
_NOT_GLOBAL = named(reserved=GLOBAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: how its cells are read, what an empty one means, where it leads."""

    name: str
    read: Reader = text
    is_needed: bool = True
    """Whether it must be there, with a value in each row."""
    empty: object = None
    """What an empty cell means of a column that need not be there."""
    leads_to: str = ""
    """The column, as `table.column`, that has to have this value; each one of a list."""
    may_dangle: bool = False
    """Whether a reference that leads nowhere is a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A table: its columns in the order in which their values are kept."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    """The columns that no two rows have equal; none: rows may repeat."""
    is_needed: bool = False
    most_rows: int | None = None


SHAPES: tuple[Shape, ...] = (
    Shape(
        name="plant",
        columns=(Column(name="plant_id"), Column(name="name"), Column(name="timezone", read=zone)),
        is_needed=True,
        most_rows=1,
    ),
    Shape(
        name="products",
        columns=(
            Column(name="product_id"),
            Column(name="family_id"),
            Column(name="process_time_mean", read=_TIME),
            Column(name="process_time_sigma", read=_SPARE, is_needed=False, empty=0.0),
        ),
        key=("product_id",),
        is_needed=True,
    ),
    Shape(
        name="routings",
        columns=(
            Column(name="routing_id", read=_NOT_GLOBAL),
            Column(name="product_id", leads_to="products.product_id"),
            Column(name="step_id"),
            Column(name="machine_group_id", leads_to="machines.machine_group_id"),
            Column(name="process_time_mean", read=_TIME),
            Column(name="yield_rate", read=_YIELD, is_needed=False, empty=1.0),
        ),
        key=("routing_id", "step_id"),
        is_needed=True,
    ),
    Shape(
        name="machines",
        columns=(
            Column(name="machine_id"),
            Column(name="name", is_needed=False, empty=""),
            Column(name="cell_id", read=_NOT_GLOBAL),
            Column(name="machine_group_id"),
            Column(name="capacity", read=whole(least=1, most=MOST_PLACES), is_needed=False, empty=1),
        ),
        key=("machine_id",),
        is_needed=True,
    ),
    Shape(
        name="operators",
        columns=(
            Column(name="operator_id"),
            Column(
                name="skills",
                read=listed(text),
                is_needed=False,
                empty=(),
                leads_to="machines.machine_group_id",
            ),
            Column(name="shift_calendar_id", is_needed=False, leads_to="calendars.calendar_id"),
        ),
        key=("operator_id",),
    ),
    Shape(
        name="setup_matrix",
        columns=(
            Column(name="from_family_id", leads_to="products.family_id", may_dangle=True),
            Column(name="to_family_id", leads_to="products.family_id", may_dangle=True),
            Column(name="setup_time", read=_SPARE),
        ),
        key=("from_family_id", "to_family_id"),
    ),
    Shape(
        name="demand",
        columns=(
            Column(name="product_id", leads_to="routings.product_id"),
            Column(name="due_date", read=ending),
            Column(name="quantity", read=whole(least=1, most=MOST_PIECES)),
            Column(name="release_date", read=beginning, is_needed=False),
            Column(
                name="priority",
                read=whole(least=-MOST_PRIORITY, most=MOST_PRIORITY),
                is_needed=False,
                empty=0,
            ),
        ),
    ),
    Shape(
        name="calendars",
        columns=(
            Column(name="calendar_id"),
            Column(name="timezone", read=zone),
            Column(name="windows", read=listed(windows), is_needed=False, empty=()),
            Column(name="blackout_windows", read=listed(span), is_needed=False, empty=()),
        ),
        key=("calendar_id",),
    ),
    Shape(
        name="mtbf_mttr",
        columns=(
            Column(name="machine_id", leads_to="machines.machine_id"),
            Column(name="mtbf_hours", read=_TIME),
            Column(name="mttr_hours", read=_SPARE),
        ),
        key=("machine_id",),
    ),
    Shape(
        name="yields",
        columns=(
            Column(name="step_id", leads_to="routings.step_id"),
            Column(name="yield_rate", read=_YIELD),
            Column(name="rework_probability", read=number(least=0, most=1), is_needed=False, empty=0.0),
        ),
        key=("step_id",),
    ),
    Shape(
        name="skills",
        columns=(
            Column(name="operator_id", leads_to="operators.operator_id"),
            Column(name="machine_group_id", leads_to="machines.machine_group_id"),
            Column(name="level", read=whole(least=1, most=MOST_PLACES), is_needed=False, empty=1),
        ),
        key=("operator_id", "machine_group_id"),
    ),
)
BY_NAME = {shape.name: shape for shape in SHAPES}
TARGETS = frozenset(column.leads_to for shape in SHAPES for column in shape.columns if column.leads_to)
"""The columns that references lead to."""
STEPS = "steps"
"""The member of a routing in JSON that holds its steps, where they are not rows of their own."""
