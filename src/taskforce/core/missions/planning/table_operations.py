"""What is done to the rows of a table, one operation after the other."""
# ruff: noqa: E501 - a line of a program stands on one line

import re
from collections.abc import Callable, Mapping

from taskforce.core.missions.planning.assembly import Draft
from taskforce.core.missions.planning.given import Given

Writer = Callable[[Draft, Given], None]

FIGURES = {
    "sum": "sum(values, Decimal(0))",
    "average": "sum(values) / len(values)",
    "min": "values[0]",
    "max": "values[-1]",
    "median": "median(values)",
}
"""The expression of each figure over sorted values."""
KEEPS_NUMBER = frozenset({"sort", "select", "rename", "drop", "multiply"})
GROUPS = frozenset({"count_by", "figures_by"})
"""Operations after which the rows are groups."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?")
_ORDERS = frozenset({">", "<", ">=", "<="})
_PARTS = {
    "contains": "goal in text",
    "not contains": "goal not in text",
    "starts with": "text.startswith(goal)",
    "ends with": "text.endswith(goal)",
}


def operate(draft: Draft, given: Given) -> None:
    """Do all operations of a table."""
    for one in given.many("operations"):
        _OPERATIONS[one.text("do")](draft, one)


def _filter(draft: Draft, one: Given) -> None:
    where = one.one("where")
    tests = [_test(draft, condition) for condition in where.many("all")]
    if len(tests) == 1:
        draft.add(f"test = {tests[0]}", "rows = [row for row in rows if test(row)]")
        return
    join = "any" if where.text("join") == "or" else "all"
    draft.add("tests = [", *(f"    {test}," for test in tests), "]")
    draft.add(f"rows = [row for row in rows if {join}(test(row) for test in tests)]")


def _test(draft: Draft, one: Given) -> str:
    """Return the expression of a test of a row."""
    column, sign, wanted = draft.value("column", one.text("column")), one.text("is"), one.text("value")
    if wanted == "" and sign not in _ORDERS:
        return f"{'empty' if sign == '=' else 'present'}(columns, {column})"
    value = draft.value("value", wanted)
    if sign in _ORDERS:
        compared = "compared_dates" if _DATE.fullmatch(wanted) else "compared"
        return f'{compared}(columns, rows, {column}, "{sign}", {value})'
    if sign in {"=", "seen", "!="}:
        equal = {"=": "equal", "seen": "seen", "!=": "unequal"}[sign]
        return f"{equal}(columns, rows, {column}, {value})"
    return f'partly(columns, rows, {column}, "{sign}", {value}, lambda text, goal: {_PARTS[sign]})'


def _sort(draft: Draft, one: Given) -> None:
    by, down = one.texts("by"), ", down=True" if one.flag("down") else ""
    if not by:
        draft.add(f"rows = in_order(columns, rows, columns[-1]{down})")
    for name in reversed(by):
        draft.add(f"rows = in_order(columns, rows, {draft.value('by', name)}{down})")


def _take(draft: Draft, one: Given) -> None:
    n = draft.value("n", one.raw("n"))
    draft.add(f"rows = rows[-{n} :]" if one.flag("last") else f"rows = rows[:{n}]")


def _top(draft: Draft, one: Given) -> None:
    n = draft.value("n", one.raw("n"))
    draft.add(
        f"by = column_of(columns, {draft.value('by', one.text('by'))})",
        f"rows = ranked(rows, by, down={one.flag('down')})",
    )
    if one.has("of"):
        draft.add(
            f"best = top(rows, by, {n})",
            f"check_unique(rows, column_of(columns, {draft.value('of', one.text('of'))}))",
            "rows = best",
        )
    else:
        draft.add(f"rows = top(rows, by, {n})")


def _select(draft: Draft, one: Given) -> None:
    draft.add(
        f"columns = [column_of(columns, name) for name in {draft.value('columns', [*one.texts('columns')])}]",
        "rows = [{name: row[name] for name in columns} for row in rows]",
    )


def _unique(draft: Draft, _: Given) -> None:
    draft.add("rows = list({tuple(row.items()): row for row in rows}.values())")


def _count_by(draft: Draft, one: Given) -> None:
    if len(one.texts("by")) == 1:
        _group(draft, one)
        draft.add(
            'rows = [{key: value, "count": str(len(group))} for value, group in sorted(groups.items())]',
            'columns = [key, "count"]',
        )
    else:
        _group(draft, one)
        draft.add("columns, rows = counted(rows, keys)")


def _group(draft: Draft, one: Given) -> None:
    by = one.texts("by")
    if len(by) > 1:
        draft.add(f"keys = [group_column(columns, name) for name in {draft.value('by', [*by])}]")
        return
    if one.flag("resolved"):
        draft.add("key = of")
    else:
        wanted = draft.value("by", by[0])
        draft.add(f"key = column_of(columns, {wanted})")
    if not one.flag("resolved") and not by[0].lower().endswith("s"):
        draft.add(
            'if key.lower().endswith("s"):',
            f'    stop(f"It is not clear whether by {{{inner(wanted)}!r}} the column {{key!r}} is meant.")',
        )
    draft.add("groups = {}", "for row in rows:", '    groups.setdefault(row[key] or "", []).append(row)')


def inner(value: str) -> str:
    """Return the expression of a value as it may stand within an f-string."""
    return value.replace('"', "'")


def figures_by(draft: Draft, one: Given) -> None:
    """Take figures of each group; the groups then are the rows."""
    _group(draft, one)
    is_single = len(one.texts("by")) == 1
    draft.add(
        "out = []",
        "for value, group in sorted(groups.items()):"
        if is_single
        else "for key, group in grouped(rows, keys):",
        "    row = {key: value}" if is_single else "    row = dict(zip(keys, key))",
    )
    last = ""
    for figure in one.many("figures"):
        name, column = figure.text("figure"), draft.value("column", figure.text("column"))
        if column != last:
            draft.add(f"    column = column_of(columns, {column})", "    values = numbers(group, column)")
        last = column
        if name != "sum":
            draft.add(f'    need(values, "{name}", column)')
        draft.add(f'    row[f"{name} of {{column}}"] = shown({FIGURES[name]})')
    none = "[key]" if is_single else "keys"
    draft.add("    out.append(row)", f"columns, rows = list(out[0]) if out else {none}, out")


def _rename(draft: Draft, one: Given) -> None:
    draft.add(
        f"old, new = column_of(columns, {draft.value('old', one.text('old'))}), {draft.value('new', one.text('new'))}",
        "if new in columns:",
        '    stop(f"There is a column {new!r} already.")',
        "columns = [new if name == old else name for name in columns]",
        "rows = [{new if name == old else name: value for name, value in row.items()} for row in rows]",
    )


def _drop(draft: Draft, one: Given) -> None:
    draft.add(
        f"gone = [column_of(columns, name) for name in {draft.value('columns', [*one.texts('columns')])}]",
        "columns = [name for name in columns if name not in gone]",
        "if not columns:",
        '    stop("No column would be left.")',
        "rows = [{name: row[name] for name in columns} for row in rows]",
    )


def _multiply(draft: Draft, one: Given) -> None:
    factors = draft.value("factors", [*one.texts("factors")])
    draft.add(
        f"columns, rows = multiplied(columns, rows, {factors}, {draft.value('product', one.text('product'))})"
    )


_OPERATIONS: Mapping[str, Writer] = {
    "filter": _filter,
    "sort": _sort,
    "take": _take,
    "top": _top,
    "select": _select,
    "unique": _unique,
    "count_by": _count_by,
    "figures_by": figures_by,
    "rename": _rename,
    "drop": _drop,
    "multiply": _multiply,
}
