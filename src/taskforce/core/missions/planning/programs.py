"""The Python programs of steps, each written for its mission; what they print is read again here."""

import json
from functools import cache

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.assembly import Definitions, Draft, assembled, library
from taskforce.core.missions.planning.code_arithmetic import ARITHMETIC
from taskforce.core.missions.planning.code_ending import COMMON
from taskforce.core.missions.planning.code_files import FILES
from taskforce.core.missions.planning.code_table_operations import OPERATIONS
from taskforce.core.missions.planning.code_tables import TABLES
from taskforce.core.missions.planning.file_programs import FILE_PROGRAMS, RUNS
from taskforce.core.missions.planning.finding_programs import FINDING_PROGRAMS
from taskforce.core.missions.planning.given import Given
from taskforce.core.missions.planning.table_programs import TABLE_PROGRAMS
from taskforce.core.missions.planning.text_programs import TEXT_PROGRAMS

_WRITERS = {**TABLE_PROGRAMS, **FILE_PROGRAMS, **TEXT_PROGRAMS, **FINDING_PROGRAMS}

SAVABLE = frozenset((
    "table", "distinct", "columns", "sql_tables", "files", "biggest", "hash", "matches", "take", "sort_lines",
    "diff", "summary", "extract", "definitions", "missing",
))  # fmt: skip
"""Programs that only read and whose lines or rows can be written to a file by running them again."""


def code(program: str, arguments: JsonObject) -> str:
    """Return the whole code of a program; the arguments are data in it and can never become code."""
    draft = Draft()
    _WRITERS[program](draft, Given(arguments))
    return assembled(draft, _definitions())


@cache
def _definitions() -> Definitions:
    return library(COMMON, FILES, TABLES, OPERATIONS, ARITHMETIC)


def runs_a_file(code: object) -> bool:
    """Tell whether code runs a person's own file, whose output is no outcome of ours."""
    return isinstance(code, str) and code.endswith(f"\n{RUNS}\n")


def outcome(content: str) -> JsonObject | None:
    """Return what a program printed: {result, say} or {stopped}; None if it printed neither."""
    for line in reversed(content.splitlines()):
        if line.startswith(('{"result":', '{"stopped":')):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            return found if isinstance(found, dict) else None
    return None
