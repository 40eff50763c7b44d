"""Files of tables by their names: `products.csv` is the table products, in whatever folder of an archive."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from taskforce.core.scenarios.ports import TableFiles
from taskforce.core.scenarios.report import Problem, Severity
from taskforce.core.scenarios.table import GivenTables, Table, TableBroken
from taskforce.infrastructure.scenarios.archives import is_archive, unpacked
from taskforce.infrastructure.scenarios.csv_reader import csv_table

SUFFIX = ".csv"
ARCHIVE = ".zip"


class CsvTableFiles(TableFiles):
    def tables(self, files: Mapping[str, bytes]) -> GivenTables:
        reading = _Reading()
        for file, content in files.items():
            reading.take(file, content)
        return GivenTables(tables=reading.tables, problems=tuple(reading.problems))


class _Reading:
    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.problems: list[Problem] = []

    def take(self, file: str, content: bytes) -> None:
        """Read a file, or the files of an archive."""
        try:
            if is_archive(content) or file.casefold().endswith(ARCHIVE):
                for name, inner in _wanted(unpacked(content)):
                    self._take_table(name, inner)
            elif file.casefold().endswith(SUFFIX):
                self._take_table(file, content)
            else:
                message = "is no CSV file by its name, and is left out"
                self.problems.append(
                    Problem(file=file, row=0, column="", message=message, severity=Severity.WARNING)
                )
        except TableBroken as broken:
            self._tell(file, broken)

    def _take_table(self, file: str, content: bytes) -> None:
        name = PurePosixPath(file).stem.casefold()
        if name in self.tables:
            self._tell(file, TableBroken(0, f"is the table {name}, as {self.tables[name].file} is"))
            return
        try:
            self.tables[name] = csv_table(file, content)
        except TableBroken as broken:
            self._tell(file, broken)

    def _tell(self, file: str, broken: TableBroken) -> None:
        self.problems.append(Problem(file=file, row=broken.row, column="", message=broken.message))


def _wanted(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield CSV files, without what systems add by themselves."""
    for name, content in files.items():
        path = PurePosixPath(name)
        if (
            path.suffix.casefold() == SUFFIX
            and not path.name.startswith(".")
            and "__MACOSX" not in path.parts
        ):
            yield name, content
