"""What is found out about data that is to be imported: every problem at once, each with its place."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem stands in the way."""

    ERROR = "error"
    WARNING = "warning"


def place(file: str, row: int, column: str) -> str:
    """Return where a problem is, as editors read it: `demand.csv:7:due_date`."""
    return ":".join([file, *([str(row)] if row else []), *([column] if column else [])])


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """A wrong place of the data; row 1 is the header, row 0 and the column "" are the whole of it."""

    file: str
    row: int
    column: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that was found, in the order of files and rows."""

    problems: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        """Tell whether nothing stands in the way."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)
