"""The Python programs of steps: named pieces of code put together, and their arguments as data."""

import json

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning import (
    code_arithmetic,
    code_files,
    code_table_operations,
    code_table_results,
    code_tables,
    code_text,
)

_PRELUDE = '''\
import sys

sys.path = [folder for folder in sys.path if folder]  # none of the workspace's modules counts
import json, re
from pathlib import Path

ARGS = json.loads({arguments})
ROOT = Path.cwd().resolve()


def stop(reason):
    """End without a result."""
    print(json.dumps({{"stopped": reason}}))
    sys.exit(1)


def inside(path):
    """Return a path of the workspace; stop when it leads out of it."""
    target = (ROOT / path).resolve()
    if not target.is_relative_to(ROOT):
        stop(f"{{path}} is not in the workspace.")
    return target


def finish(result, say):
    """End with a result and a sentence that tells it."""
    if len(json.dumps(result)) > 3000:
        stop("The result is too long to be shown.")
    while len(json.dumps([result, say])) > 7000:  # a longer output would be cut by the loop
        say = say[: len(say) * 3 // 4] + " …"
    print(json.dumps({{"result": result, "say": say}}))
    sys.exit(0)


def lines(found, head, result=None, numbered=True):
    """End with lines; save them if that is wanted."""
    if ARGS.get("save"):
        target = inside(ARGS["save"])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("".join(f"{{line}}\\n" for line in found), encoding="utf-8")
        finish(result, f"{{len(found)}} lines written to {{ARGS['save']}}")
    if result is None:
        result = len(found)
    more = [f"… and {{len(found) - 50}} more"] if len(found) > 50 else []
    finish(result, "\\n".join(([head] if head else []) + found[:50] + more))
'''

_TABLE = code_tables.LOAD + code_table_operations.OPERATIONS
_PROGRAMS = {
    "table": _TABLE + code_table_results.TABLE,
    "figures": _TABLE + code_table_results.FIGURES,
    "distinct": _TABLE + code_table_results.DISTINCT,
    "columns": code_tables.LOAD + code_table_results.COLUMNS,
    "best": _TABLE + code_table_results.BEST,
    "sql_tables": code_table_results.SQL_TABLES,
    "files": code_files.SCOPE + code_files.FILES,
    "count_files": code_files.SCOPE + code_files.COUNT_FILES,
    "biggest": code_files.SCOPE + code_files.BIGGEST,
    "size": code_files.SCOPE + code_files.SIZE,
    "exists": code_files.EXISTS,
    "hash": code_files.SCOPE + code_files.HASH,
    "transfer": code_files.SCOPE + code_files.TRANSFER,
    "delete": code_files.SCOPE + code_files.DELETE,
    "delete_folder": code_files.SCOPE + code_files.DELETE_FOLDER,
    "make_folder": code_files.MAKE_FOLDER,
    "create": code_files.CREATE,
    "run": code_files.RUN,
    "count": code_files.SCOPE + code_text.COUNT,
    "matches": code_files.SCOPE + code_text.MATCHES,
    "occurrences": code_files.SCOPE + code_text.OCCURRENCES,
    "take": code_files.SCOPE + code_text.TAKE,
    "sort_lines": code_files.SCOPE + code_text.SORT,
    "line_numbers": code_files.SCOPE + code_arithmetic.FIGURES + code_text.NUMBERS,
    "replace": code_files.SCOPE + code_text.REPLACE,
    "append": code_text.APPEND,
    "combine": code_files.SCOPE + code_text.COMBINE,
    "diff": code_files.SCOPE + code_text.DIFF,
    "summary": code_files.SCOPE + code_text.SUMMARY,
    "value": code_text.VALUE,
    "numbers": code_arithmetic.FIGURES + code_arithmetic.OF_NUMBERS,
    "formula": code_arithmetic.FIGURES + code_arithmetic.FORMULA,
}

SAVABLE = frozenset((
    "table", "distinct", "columns", "sql_tables", "files", "biggest", "hash", "matches", "take", "sort_lines",
    "diff", "summary",
))  # fmt: skip
"""Programs that only read and whose lines or rows can be written to a file by running them again."""


def code(program: str, arguments: JsonObject) -> str:
    """Return the whole code of a program; the arguments are data in it and can never become code."""
    embedded = repr(json.dumps(arguments, sort_keys=True))
    return _PRELUDE.format(arguments=embedded) + _PROGRAMS[program]


def runs_a_file(code: object) -> bool:
    """Tell whether code runs a person's own file, whose output is no outcome of ours."""
    return isinstance(code, str) and code.endswith(_PROGRAMS["run"])


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
