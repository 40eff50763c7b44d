"""Programs about tables: load, do what is asked with direct calls, and tell or save what comes of it."""
# ruff: noqa: E501 - a line of a program stands on one line

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.assembly import Draft
from taskforce.core.missions.planning.file_programs import add_listing
from taskforce.core.missions.planning.given import Given

Writer = Callable[[Draft, Given], None]

_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?")
_ORDERS = frozenset({">", "<", ">=", "<="})
_FIGURES = {
    "sum": "sum(values, Decimal(0))",
    "average": "sum(values) / len(values)",
    "min": "values[0]",
    "max": "values[-1]",
    "median": "median(values)",
}
_PARTS = {
    "contains": "goal in text",
    "not contains": "goal not in text",
    "starts with": "text.startswith(goal)",
    "ends with": "text.endswith(goal)",
}
_KEEPS_NUMBER = frozenset({"sort", "select"})
_GROUPS = frozenset({"count_by", "figures_by"})
_LINES = (".jsonl", ".ndjson")


def _load(draft: Draft, given: Given) -> None:
    """Load a table, by the suffix of its file."""
    source = given.one("source")
    path = source.text("path")
    kind = PurePosixPath(path).suffix.lower()
    value = draft.value("path", path)
    if kind in {".db", ".sqlite", ".sqlite3"}:
        table = f", {draft.value('table', source.text('table'))}" if source.has("table") else ""
        draft.add(f"columns, rows = load_sqlite({value}{table})")
    elif kind in {".csv", ".tsv", ".json", *_LINES}:
        call = {".tsv": 'load_csv({}, "\\t")', ".csv": "load_csv({})", ".json": "load_json({})"}
        draft.add(f"columns, rows = {call.get(kind, 'load_json_lines({})').format(value)}")
    else:
        known = "CSV, TSV, JSON, JSON lines and SQLite are"
        draft.add(f"existing({value})", f"stop(f\"{{ARGS['path']}} is no table: {known}.\")")


def _operate(draft: Draft, given: Given) -> None:
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
            f'    stop(f"It is not clear whether by {{{_inner(wanted)}!r}} the column {{key!r}} is meant.")',
        )
    draft.add("groups = {}", "for row in rows:", '    groups.setdefault(row[key] or "", []).append(row)')


def _inner(value: str) -> str:
    """Return the expression of a value as it may stand within an f-string."""
    return value.replace('"', "'")


def _figures_by(draft: Draft, one: Given) -> None:
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
        draft.add(f'    row[f"{name} of {{column}}"] = shown({_FIGURES[name]})')
    none = "[key]" if is_single else "keys"
    draft.add("    out.append(row)", f"columns, rows = list(out[0]) if out else {none}, out")


_OPERATIONS: Mapping[str, Writer] = {
    "filter": _filter,
    "sort": _sort,
    "take": _take,
    "top": _top,
    "select": _select,
    "unique": _unique,
    "count_by": _count_by,
    "figures_by": _figures_by,
}


def _table(draft: Draft, given: Given) -> None:
    done = {one.text("do") for one in given.many("operations")}
    _load(draft, given)
    if done - _KEEPS_NUMBER and not given.flag("save"):
        draft.add("total = len(rows)")
    _operate(draft, given)
    if given.flag("save"):
        _save(draft, given)
        return
    head = "{len(rows)} rows"
    if done & _GROUPS:
        head = "{len(rows)} groups from {total} rows"
    elif done - _KEEPS_NUMBER:
        draft.add('of = f" of {total}" if len(rows) != total else ""')
        head = "{len(rows)}{of} rows"
    draft.add(f'finish(len(rows), f"{head}\\n{{preview(columns, rows)}}")')


def _save(draft: Draft, given: Given) -> None:
    target = given.text("save")
    kind = PurePosixPath(target).suffix.lower()
    path = draft.value("save", target)
    is_flat = given.one("source").text("path").lower().endswith((".csv", ".tsv"))
    typed = "typed(columns, rows)" if is_flat else "own_values(columns, rows)"
    known = {
        ".csv": f"save_csv(columns, rows, {path})",
        ".tsv": f'save_csv(columns, rows, {path}, "\\t")',
        ".json": f"save_json({typed}, {path})",
        ".jsonl": f"save_json_lines({typed}, {path})",
        ".ndjson": f"save_json_lines({typed}, {path})",
        ".md": f"save_markdown(columns, rows, {path})",
        ".txt": f"save_text(columns, rows, {path})",
    }
    if kind in known:
        draft.add(known[kind], "finish(len(rows), f\"{len(rows)} rows written to {ARGS['save']}\")")
        return
    shown = draft.value("kind", kind or "a file without a suffix")
    kinds = "csv, tsv, json, jsonl, md and txt are known"
    draft.add(f"new_file({path})", f'stop(f"A table is not saved as {{{_inner(shown)}}}: {kinds}.")')


def _figures(draft: Draft, given: Given) -> None:
    _load(draft, given)
    _operate(draft, given)
    figures = given.many("figures")
    if len(figures) == 1 and figures[0].text("figure") == "count":
        draft.add('print(json.dumps({"result": f"{len(rows)}", "say": f"{len(rows)} rows"}))')
        return
    if len(figures) == 1:
        result, say = _figure(draft, figures[0])
        draft.add(f"finish(short({result}), {say})")
        return
    draft.add("results, says = [], []")
    for figure in figures:
        result, say = _figure(draft, figure)
        draft.add(f"results.append({result})", f"says.append({say})")
    draft.add('finish(short(", ".join(results)), "; ".join(says))')


def _figure(draft: Draft, one: Given) -> tuple[str, str]:
    """Add what finds a figure; return the expressions of its result and of what tells it."""
    name = one.text("figure")
    if name == "count":
        return "str(len(rows))", 'f"{len(rows)} rows"'
    draft.add(f"column = column_of(columns, {draft.value('column', one.text('column'))})")
    if name in _FIGURES:
        draft.add("values = numbers(rows, column)")
        if name != "sum":
            draft.add(f'need(values, "{name}", column)')
        draft.add(f"result = {_FIGURES[name]}")
        return "shown(result)", f'f"{name} of {{column}} = {{rounded(result)}} ({{note(rows, values)}})"'
    draft.add("values = [row[column] for row in filled(rows, column)]")
    if name == "distinct":
        draft.add("values = sorted(set(values))")
        told = "f\"{len(values)} different values of {column}: {', '.join(values[:50])}\""
        return "str(len(values))", told
    draft.add(
        "counts = sorted(((values.count(value), value) for value in set(values)), reverse=True)",
        "if not counts or (len(counts) > 1 and counts[0][0] == counts[1][0]):",
        '    stop(f"No single value of {column} is the most common.")',
    )
    return "counts[0][1]", 'f"most common value of {column} = {counts[0][1]} ({counts[0][0]} rows)"'


def _distinct(draft: Draft, given: Given) -> None:
    _load(draft, given)
    _operate(draft, given)
    draft.add(
        f"column = column_of(columns, {draft.value('column', given.text('column'))})",
        "values = {row[column] for row in filled(rows, column)}",
        "is_numeric = all(number(text) is not None for text in values)",
        "values = sorted(sorted(values), key=number if is_numeric else str.lower)",
    )
    add_listing(draft, given, "values", 'f"{len(values)} different values of {column}"')


def _columns(draft: Draft, given: Given) -> None:
    _load(draft, given)
    add_listing(draft, given, "columns", 'f"{len(columns)} columns"')


def _best(draft: Draft, given: Given) -> None:
    _load(draft, given)
    _operate(draft, given)
    if not given.flag("is_row"):
        _best_group(draft, given)
        return
    of, by = draft.value("of", given.text("of")), draft.value("by", given.text("by"))
    draft.add(
        'short_name = lambda name: name.lower().rstrip("s")',
        f"if not any(short_name(name) == short_name({of}) for name in columns):",
        f"    by = column_of(columns, {by})",
        f"    rows = top(ranked(rows, by, down={given.flag('down')}), by, 1)",
        "    finish(len(rows), table(columns, rows))",
        "    sys.exit(0)",
    )
    _best_group(draft, given)


def _best_group(draft: Draft, given: Given) -> None:
    of, group = draft.value("of", given.text("of")), given.document["group"]
    draft.add(f"of = column_of(columns, {of})")
    if group == "count":
        draft.add("columns, rows = counted(rows, [of])", 'by = "count"')
    else:
        draft.add(f"by = column_of(columns, {draft.value('by', given.text('by'))})")
        if group is None:
            draft.add("check_unique(rows, of)")
        else:
            figure: JsonObject = {"figure": group, "column": given.text("by")}
            one = Given({"by": [given.text("of")], "resolved": True, "figures": [figure]})
            _figures_by(draft, one)
            draft.add("by = columns[-1]")
    word, pick = ("highest", "max") if given.flag("down") else ("lowest", "min")
    draft.add(
        "numbers(rows, by)",
        "rows = filled(rows, by)",
        "if not rows:",
        '    stop("There are no rows.")',
        f"best = {pick}(number(row[by]) for row in rows)",
        "found = [row[of] for row in rows if number(row[by]) == best]",
        f'finish(short(", ".join(found)), f"{{\', \'.join(found)}} ({word} {{by}}: {{shown(best)}})")',
    )


def _sql_tables(draft: Draft, given: Given) -> None:
    draft.add(
        f"file = existing({draft.value('path', given.text('path'))})",
        'base = sqlite3.connect(f"file:{file}?mode=ro", uri=True)',
        "found = base.execute(",
        "    \"select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name\")",
        "names = [name for (name,) in found]",
    )
    add_listing(draft, given, "names", 'f"{len(names)} tables"')


TABLE_PROGRAMS: Mapping[str, Writer] = {
    "table": _table,
    "figures": _figures,
    "distinct": _distinct,
    "columns": _columns,
    "best": _best,
    "sql_tables": _sql_tables,
}
