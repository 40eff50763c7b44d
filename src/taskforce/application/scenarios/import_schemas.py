"""What is imported, and how it is shown what became of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from taskforce.application.jobs.schemas import Moment, ProjectId, Request, ShownProject, View
from taskforce.core.documents import JsonObject
from taskforce.core.scenarios.model import Snapshot
from taskforce.core.scenarios.report import Problem, Report, Severity
from taskforce.core.shapes import Count, Prose, Sha256, ShownId, unlimited

MOST_FILES = 1_000
MOST_COLUMNS = 1_000
MOST_BYTES = 64 * 2**20
SUFFIX = ".csv"


def _listed(given: object) -> object:
    """A row may stand alone."""
    return [given] if isinstance(given, Mapping) else given


Row: TypeAlias = Annotated[JsonObject, Field(max_length=MOST_COLUMNS)]
Rows: TypeAlias = Annotated[list[Row], Field(max_length=1_000_000), BeforeValidator(_listed)]
Content: TypeAlias = Annotated[
    bytes, Field(max_length=MOST_BYTES), WithJsonSchema({"type": "string", "maxLength": MOST_BYTES})
]
"""A text of JSON is meant in UTF-8; through other doors come the bytes as they are."""
FileName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255)]


def _rows(description: str) -> Any:  # noqa: ANN401 - pydantic's Field, which is of any type
    return Field(default=None, description=description)


class ProjectImportPayload(Request):
    """A plant's data: its tables as arrays of objects, or as files of CSV by name, or some of each."""

    model_config = ConfigDict(ser_json_bytes="base64")

    files: dict[FileName, Content] = Field(
        default_factory=dict,
        max_length=MOST_FILES,
        description="CSV in UTF-8 by file name, such as products.csv. They may stand beside this, too.",
    )
    plant: Rows | None = _rows("plant_id, name, timezone; one row. Needed.")
    products: Rows | None = _rows("product_id, family_id, process_time_mean, process_time_sigma. Needed.")
    routings: Rows | None = _rows(
        "routing_id, product_id, steps (of step_id, machine_group_id, process_time_mean, yield_rate). Needed."
    )
    machines: Rows | None = _rows("machine_id, name, cell_id, machine_group_id, capacity. Needed.")
    operators: Rows | None = _rows("operator_id, skills, shift_calendar_id.")
    setup_matrix: Rows | None = _rows("from_family_id, to_family_id, setup_time.")
    demand: Rows | None = _rows("product_id, due_date, quantity, release_date, priority.")
    calendars: Rows | None = _rows("calendar_id, timezone, windows, blackout_windows.")
    mtbf_mttr: Rows | None = _rows("machine_id, mtbf_hours, mttr_hours.")
    yields: Rows | None = _rows("step_id, yield_rate, rework_probability.")
    skills: Rows | None = _rows("operator_id, machine_group_id, level.")

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: Any) -> Any:  # noqa: ANN401 - whatever was sent
        """Take texts whose names end in .csv for files; a payload may be nothing but these."""
        if not isinstance(given, dict):
            return given
        beside = {name for name in given if isinstance(name, str) and name.casefold().endswith(SUFFIX)}
        inside = given.get("files", {})
        if not beside or not isinstance(inside, dict) or beside & inside.keys():
            return given
        rest = {name: value for name, value in given.items() if name not in beside}
        return rest | {"files": inside | {name: given[name] for name in given if name in beside}}

    @property
    def arrays(self) -> dict[str, list[JsonObject]]:
        """Return the tables that were given as arrays."""
        given = {name: getattr(self, name) for name in type(self).model_fields if name in TABLES}
        return {name: rows for name, rows in given.items() if rows is not None}


TABLES = frozenset(ProjectImportPayload.model_fields) - {"files"}


class ImportPlant(ProjectImportPayload):
    """A plant's data for a project."""

    project_id: ProjectId


class ProblemView(View):
    """A wrong place of the data."""

    file: Annotated[str, unlimited("as the file is called, or the table")]
    row: Count = Field(description="From 1, which is the header; 0 is the whole file.")
    column: Annotated[str, unlimited("as the header has it")]
    message: Prose
    severity: Severity

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Show a problem."""
        return cls(
            file=problem.file,
            row=problem.row,
            column=problem.column,
            message=problem.message,
            severity=problem.severity,
        )


class ValidationReport(View):
    """All that was found out about a plant's data."""

    valid: bool
    problems: Annotated[tuple[ProblemView, ...], unlimited("each wrong place, up to ten thousand")]

    @classmethod
    def of(cls, report: Report) -> Self:
        """Show a report."""
        return cls(valid=report.valid, problems=tuple(map(ProblemView.of, report.problems)))


class ProjectSnapshot(View):
    """A plant's data as it was imported; it never changes."""

    snapshot_id: ShownId
    project_id: ShownProject
    checksum: Sha256
    created_at: Moment
    rows: Annotated[dict[str, Count], unlimited("the tables")]
    size: Count
    is_replayed: bool = Field(default=False, exclude=True)
    """The same request, under the same key, has made it before."""

    @classmethod
    def of(cls, snapshot: Snapshot, *, is_replayed: bool = False) -> Self:
        """Show a snapshot."""
        return cls(
            snapshot_id=snapshot.id,
            project_id=snapshot.project,
            checksum=snapshot.checksum,
            created_at=snapshot.created_at,
            rows=dict(snapshot.rows),
            size=snapshot.size,
            is_replayed=is_replayed,
        )
