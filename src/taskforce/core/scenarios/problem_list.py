"""Problems as they are found: all of them, up to a number that somebody can read."""

from taskforce.core.scenarios.report import Problem, Report, Severity

MOST = 10_000
"""More are counted, not listed."""


class ProblemList:
    """Gathers what is wrong."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._more = 0
        self._more_is_error = False

    def add(
        self, file: str, row: int, column: str, message: str, *, severity: Severity = Severity.ERROR
    ) -> None:
        """Take a problem down."""
        self.take(Problem(file=file, row=row, column=column, message=message, severity=severity))

    def take(self, problem: Problem) -> None:
        """Take a problem down that somebody else has found."""
        if len(self._found) < MOST:
            self._found.append(problem)
            return
        self._more += 1
        self._more_is_error = self._more_is_error or problem.severity is Severity.ERROR

    def report(self) -> Report:
        """Return all that was found, by file, row and column."""
        found = sorted(self._found)
        if self._more:
            severity = Severity.ERROR if self._more_is_error else Severity.WARNING
            message = f"{self._more} more problems are not listed."
            found.append(Problem(file="", row=0, column="", message=message, severity=severity))
        return Report(problems=tuple(found))
