"""A small plant's data, as files and as rows."""

from taskforce.core.scenarios.importing import read_tables
from taskforce.core.scenarios.plant import Plant
from taskforce.core.scenarios.report import Problem, Report
from taskforce.infrastructure.scenarios.table_files import CsvTableFiles

SMALL = {
    "plant.csv": "plant_id,name,timezone\np,Plant,Europe/Berlin\n",
    "products.csv": "product_id,family_id,process_time_mean,process_time_sigma\na,red,1,0.5\nb,blue,2,\n",
    "routings.csv": (
        "routing_id,product_id,step_id,machine_group_id,process_time_mean,yield_rate\n"
        "ra,a,a1,saw,0.5,\nra,a,a2,mill,1.5,0.9\nrb,b,b1,mill,2,\n"
    ),
    "machines.csv": (
        "machine_id,name,cell_id,machine_group_id,capacity\ns1,Saw,c1,saw,1\nm1,Mill,c2,mill,2\n"
    ),
}
"""The tables that a plant needs."""
WHOLE = {
    **SMALL,
    "operators.csv": "operator_id,skills,shift_calendar_id\nann,saw;mill,early\nbob,mill,\n",
    "setup_matrix.csv": "from_family_id,to_family_id,setup_time\nred,blue,0.25\nblue,red,0.5\n",
    "demand.csv": (
        "product_id,due_date,quantity,release_date,priority\n"
        "a,2026-03-30T06:00,5,2026-03-27T06:00,1\nb,2026-03-30,1,,\n"
    ),
    "calendars.csv": (
        "calendar_id,timezone,windows,blackout_windows\n"
        "early,Europe/Berlin,Mon-Fri 06:00-14:00,2026-03-28/2026-03-29\n"
    ),
    "mtbf_mttr.csv": "machine_id,mtbf_hours,mttr_hours\nm1,100,4\n",
    "yields.csv": "step_id,yield_rate,rework_probability\na2,0.8,0.5\n",
    "skills.csv": "operator_id,machine_group_id,level\nann,mill,3\n",
}
"""All tables, each with something to say."""


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


def read(files: dict[str, bytes]) -> tuple[Plant | None, Report]:
    given = CsvTableFiles().tables(files)
    return read_tables(given.tables, given.problems)


def a_plant(**files: str) -> Plant:
    """The whole plant, with other texts of some tables."""
    plant, report = read(encoded(WHOLE | {f"{name}.csv": text for name, text in files.items()}))
    assert plant is not None, told(report.problems)
    return plant


def told(problems: tuple[Problem, ...]) -> list[tuple[str, int, str, str]]:
    return [(one.file, one.row, one.column, one.message) for one in problems]
