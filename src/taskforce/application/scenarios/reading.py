"""Reading a plant's data: what is wrong with it, and its canonical document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from taskforce.application.scenarios.import_schemas import ImportPlant
from taskforce.core.scenarios.canonical import document
from taskforce.core.scenarios.importing import read_tables
from taskforce.core.scenarios.json_tables import json_table
from taskforce.core.scenarios.plant import Plant
from taskforce.core.scenarios.ports import TableFiles
from taskforce.core.scenarios.report import Problem, Report
from taskforce.core.scenarios.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPayload:
    """What was found in a payload; without a plant where it is not valid."""

    report: Report
    content: bytes
    """The plant's canonical document."""
    rows: dict[str, int]
    """How many there are of each table."""


def read_payload(files: TableFiles, request: ImportPlant) -> ReadPayload:
    """Read a plant's data. It computes: ask it from a thread."""
    given = files.tables(request.files)
    problems = [*given.problems, *_twice(request, given.tables)]
    arrays = {name: json_table(name, rows) for name, rows in request.arrays.items()}
    plant, report = read_tables({**given.tables, **arrays}, problems)
    if plant is None:
        return ReadPayload(report=report, content=b"", rows={})
    return ReadPayload(report=report, content=document(plant), rows=_counts(plant))


def _twice(request: ImportPlant, tables: Mapping[str, Table]) -> Iterator[Problem]:
    for name in request.arrays.keys() & tables.keys():
        message = f"is the table {name}, which is given as an array, too"
        yield Problem(file=tables[name].file, row=0, column="", message=message)


def _counts(plant: Plant) -> dict[str, int]:
    return {
        "products": len(plant.products),
        "routings": len(plant.routings),
        "machines": len(plant.machines),
        "operators": len(plant.operators),
        "setup_matrix": len(plant.setups),
        "demand": len(plant.orders),
        "calendars": len(plant.calendars),
        "mtbf_mttr": len(plant.failures),
    }
