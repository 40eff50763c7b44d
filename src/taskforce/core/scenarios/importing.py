"""Tables become a plant, or a report of everything that stands in the way."""

from collections.abc import Iterable, Mapping

from taskforce.core.scenarios.assembly import plant_of
from taskforce.core.scenarios.plant import Plant
from taskforce.core.scenarios.problem_list import ProblemList
from taskforce.core.scenarios.records import Bad, Records, records_of
from taskforce.core.scenarios.report import Problem, Report, Severity
from taskforce.core.scenarios.table import Table
from taskforce.core.scenarios.tables import BY_NAME, SHAPES, Column


def read_tables(tables: Mapping[str, Table], problems: Iterable[Problem] = ()) -> tuple[Plant | None, Report]:
    """Return the plant that the tables tell of, and all that is wrong with them; no plant where one is bad.

    Args:
        tables: By their names; each is gone through once, row by row.
        problems: What was found wrong before, such as files that are no tables.
    """
    found = ProblemList()
    for problem in problems:
        found.take(problem)
    suffix = ".csv" if any(table.file.endswith(".csv") for table in tables.values()) else ""
    for name in tables.keys() - BY_NAME.keys():
        _tell_unknown(tables[name].file, found)
    read: dict[str, Records] = {}
    for shape in SHAPES:
        if shape.name in tables:
            read[shape.name] = records_of(shape, tables[shape.name], found)
        else:
            if shape.is_needed and not _is_told(shape.name, problems):
                found.add(f"{shape.name}{suffix}", 0, "", "the table is missing")
            read[shape.name] = Records(shape=shape, file=f"{shape.name}{suffix}", is_broken=shape.is_needed)
    for records in read.values():
        _check_references(records, read, found)
    _check_routings(read["routings"], found)
    _tell_overruled(read, found)
    plant = plant_of(read, found)
    report = found.report()
    return (plant if report.valid else None), report


def _is_told(name: str, problems: Iterable[Problem]) -> bool:
    """Tell whether there was such a file, which could not be read."""
    files = {problem.file.rpartition("/")[2] for problem in problems}
    return bool(files & {name, f"{name}.csv"})


def _tell_unknown(file: str, found: ProblemList) -> None:
    names = ", ".join(shape.name for shape in SHAPES)
    message = f"there is no such table, and it is left out; the tables are {names}"
    found.add(file, 0, "", message, severity=Severity.WARNING)


def _check_references(records: Records, read: Mapping[str, Records], found: ProblemList) -> None:
    for place, column in enumerate(records.shape.columns):
        if column.leads_to:
            target = read[column.leads_to.partition(".")[0]]
            known = target.known.get(column.leads_to, set())
            for record in () if target.is_broken else records.rows:
                for missing in _missing(record.values[place], known):
                    message = _nowhere(column, missing)
                    where = f"{record.place}{column.name}"
                    severity = Severity.WARNING if column.may_dangle else Severity.ERROR
                    found.add(records.file, record.row, where, message, severity=severity)


def _missing(value: object, known: set[object]) -> Iterable[object]:
    """Return the values of a cell that are not known."""
    if value is Bad.CELL or value is None or (isinstance(value, str) and value in known):
        return ()
    return [one for one in (value if isinstance(value, tuple) else (value,)) if one not in known]


def _nowhere(column: Column, value: object) -> str:
    table, _, name = column.leads_to.partition(".")
    return f"there is no {name} {value!r} in {table}"


def _check_routings(records: Records, found: ProblemList) -> None:
    """All steps of a routing are of one product; of a product's routings the first by its id is taken."""
    products: dict[object, object] = {}
    for row, _, (routing, product, *_) in records.rows:
        if Bad.CELL not in {routing, product} and products.setdefault(routing, product) != product:
            message = f"routing {routing!r} is of {products[routing]!r} in a row before"
            found.add(records.file, row, "product_id", message)
    routings: dict[object, list[str]] = {}
    for routing, product in products.items():
        routings.setdefault(product, []).append(str(routing))
    for product, several in routings.items():
        if len(several) > 1:
            names = ", ".join(sorted(several))
            message = f"{product!r} has several routings ({names}); jobs take the first"
            found.add(records.file, 0, "product_id", message, severity=Severity.WARNING)


def _tell_overruled(read: Mapping[str, Records], found: ProblemList) -> None:
    """A step's yield may be told in two tables: that of yields counts."""
    told = {values[2]: (row, values[5]) for row, _, values in read["routings"].rows if values[5] != 1.0}
    file = read["yields"].file
    for row, _, (step, rate, _) in read["yields"].rows:
        other = told.get(step)
        if other is not None and Bad.CELL not in {rate, other[1]} and other[1] != rate:
            message = f"counts instead of {other[1]:g} in row {other[0]} of routings"
            found.add(file, row, "yield_rate", message, severity=Severity.WARNING)
