"""The order that is asked for at the end of a clause: "…, sorted by date", "…, highest first"."""

import re
from collections.abc import Callable
from dataclasses import replace

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.context import Step, rows, table_of, with_operation
from taskforce.core.missions.planning.grammar import Wording
from taskforce.core.missions.planning.lexicon import TABLE_SUFFIXES

Reader = Callable[[Wording, tuple[Step, ...]], tuple[Step, ...] | None]

_GREAT, _SMALL = r"(?:highest|largest|biggest|greatest|most)", r"(?:lowest|smallest|least|fewest)"
_DOWN = rf"(?:descending|desc|{_GREAT} first|{_GREAT} to {_SMALL})"
_UP = rf"(?:ascending|asc|{_SMALL} first|{_SMALL} to {_GREAT})"
_ORDER = re.compile(
    rf"(?P<what>.+?)(?: ,)?(?: and)?"
    rf"(?: (?:sorted|ordered|ranked)(?: by (?:column )?(?P<by>[^\W\d]\w*(?: \w+){{0,3}}?))?)?"
    rf"(?: (?:in|from|with) | |$)(?:(?P<down>{_DOWN})|(?P<up>{_UP}))?(?: order)?",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(?:sorted|ordered|ranked|first|to)\b", re.IGNORECASE)


def in_order(wording: Wording, before: tuple[Step, ...], read: Reader) -> tuple[Step, ...] | None:
    """Read a clause that ends in an order; by what may be left open where one figure or a sort tells it."""
    found = _ORDER.fullmatch(wording.text)
    if found is None or not _ASKED.search(wording.text) or not (found["by"] or found["down"] or found["up"]):
        return None
    steps = read(wording.saying(found["what"]), before)
    if steps is None:
        return None
    step = _as_rows(steps[0])
    if step.program != "table" or "save" in step.arguments:
        return None
    table = step.arguments
    last = _last(table)
    by: list[str] = [found["by"]] if found["by"] else []
    if not by and last["do"] == "sort" and not last["down"]:
        ordered = with_operation(table, {**last, "down": bool(found["down"])})
    elif by or _is_one_figure(last):
        ordered = with_operation(table, {"do": "sort", "by": [*by], "down": bool(found["down"])})
    else:
        return None
    return (replace(step, arguments=ordered, leaves=replace(step.leaves, table=ordered)),)


def _as_rows(step: Step) -> Step:
    """Return the step that shows a file's rows, if it shows the file as a text."""
    path = str(step.arguments.get("path"))
    return rows(table_of(path, None)) if step.tool == "file_read" and path.endswith(TABLE_SUFFIXES) else step


def _last(table: JsonObject) -> JsonObject:
    operations = table.get("operations")
    last = operations[-1] if isinstance(operations, list) and operations else None
    return last if isinstance(last, dict) else {"do": ""}


def _is_one_figure(last: JsonObject) -> bool:
    figures = last.get("figures")
    return last["do"] == "count_by" or (isinstance(figures, list) and len(figures) == 1)
