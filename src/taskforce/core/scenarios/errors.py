"""What can go wrong with scenarios."""

from collections.abc import Callable
from dataclasses import replace
from typing import Self

from pydantic import TypeAdapter

from taskforce.core.documents import JsonObject
from taskforce.core.errors import Conflict, FieldError, Invalid, NotFound, TaskforceError, Unavailable
from taskforce.core.scenarios.report import Report, Severity, place

_REPORTS = TypeAdapter(Report)


class SnapshotNotFound(NotFound):
    """No snapshot of this id in this project."""

    def __init__(self, snapshot_id: str) -> None:
        super().__init__(f"There is no snapshot {snapshot_id} here. Import the plant's data first.")


class NoSnapshot(Conflict):
    """A project whose plant nobody has imported."""

    code = "no_snapshot"
    title = "No plant imported"

    def __init__(self, project_id: str) -> None:
        super().__init__(f"Project {project_id} has no plant yet. Import its data first.")


class DataInvalid(Conflict):
    """Data that cannot be imported; the report tells every problem."""

    code = "data_invalid"
    title = "Data not valid"

    def __init__(self, report: Report) -> None:
        self.report = report
        errors = [problem for problem in report.problems if problem.severity is Severity.ERROR]
        count = "One error stands" if len(errors) == 1 else f"{len(errors)} errors stand"
        told: JsonObject = {"report": _REPORTS.dump_python(report, mode="json") | {"valid": report.valid}}
        first = errors[0]
        where = place(first.file, first.row, first.column)
        super().__init__(f"{count} in the way; the first, in {where}: {first.message}", details=told)


class ScenarioUnfit(Invalid):
    """A scenario that names what the plant does not have."""

    code = "scenario_unfit"
    title = "Scenario does not fit the plant"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(" ".join(error.detail for error in errors), errors=errors)

    def below(self, moved: Callable[[str], str]) -> Self:
        """Return it for a document that contains the scenario: with other pointers."""
        return type(self)(*(replace(error, pointer=moved(error.pointer)) for error in self.errors))


class RunNotFound(NotFound):
    """No run of this id in this project."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no run {run_id} here. List the runs of the project.")


class ExperimentNotFound(NotFound):
    """No experiment of this id in this project."""

    def __init__(self, experiment_id: str) -> None:
        super().__init__(f"There is no experiment {experiment_id} here.")


class RunUnfinished(Conflict):
    """A run that has no results yet."""

    code = "run_unfinished"
    title = "Run not finished"

    def __init__(self, run_id: str, status: str) -> None:
        super().__init__(f"Run {run_id} is {status}. Its results are there once it is completed.")


class ComputationLost(TaskforceError):
    """Processes that compute died one after the other, so trying again does not help."""

    code = "computation_lost"
    title = "Computation lost"

    def __init__(self, deaths: int) -> None:
        super().__init__(
            f"{deaths} processes that computed were killed one after the other, as happens when memory runs "
            "out. Simulate less at once, or give the machine more, and retry."
        )


class DebriefFailed(Unavailable):
    """A debrief that could not be written; it may be asked for again."""

    code = "debrief_failed"
    title = "Debrief not written"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The debrief was not written: {reason}")


class ExtraMissing(Unavailable):
    """What draws, prints or encodes is not installed."""

    code = "extra_missing"
    title = "Not installed"

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        super().__init__(f"{purpose} need the extra scenarios. Run: pip install 'taskforce[scenarios]'")

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        """Cross from the process that draws as what it is."""
        return type(self), (self.purpose,)
