"""Programs about tables: load, do what is asked with direct calls, and tell or save what comes of it."""
# ruff: noqa: E501 - a line of a program stands on one line

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.assembly import Draft
from taskforce.core.missions.planning.file_programs import add_listing
from taskforce.core.missions.planning.given import Given
from taskforce.core.missions.planning.table_operations import (
    FIGURES,
    GROUPS,
    KEEPS_NUMBER,
    figures_by,
    inner,
    operate,
)

Writer = Callable[[Draft, Given], None]

_LINES = (".jsonl", ".ndjson")


def _load(draft: Draft, given: Given) -> None:
    """Load a table, by the suffix of its file."""
    source = given.one("source")
    if source.has("paths"):
        _load_stacked(draft, source.texts("paths"))
        return
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


def _load_stacked(draft: Draft, paths: list[str]) -> None:
    """Load files of one kind, one below the other."""
    kind = PurePosixPath(paths[0]).suffix.lower()
    load = {".tsv": 'lambda path: load_csv(path, "\\t")', ".csv": "load_csv", ".json": "load_json"}.get(
        kind, "load_json_lines"
    )
    draft.add(f"columns, rows = stacked({draft.value('paths', [*paths])}, {load})")


def _table(draft: Draft, given: Given) -> None:
    done = {one.text("do") for one in given.many("operations")}
    _load(draft, given)
    if done - KEEPS_NUMBER and not given.flag("save"):
        draft.add("total = len(rows)")
    operate(draft, given)
    if given.flag("save"):
        _save(draft, given)
        return
    head = "{len(rows)} rows"
    if done & GROUPS:
        head = "{len(rows)} groups from {total} rows"
    elif done - KEEPS_NUMBER:
        draft.add('of = f" of {total}" if len(rows) != total else ""')
        head = "{len(rows)}{of} rows"
    draft.add(f'finish(len(rows), f"{head}\\n{{preview(columns, rows)}}")')


def _save(draft: Draft, given: Given) -> None:
    target = given.text("save")
    kind = PurePosixPath(target).suffix.lower()
    path = draft.value("save", target)
    if given.flag("fresh"):
        draft.add(f"check_new({path})")
    is_flat = _first_path(given).lower().endswith((".csv", ".tsv"))
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
    draft.add(f"new_file({path})", f'stop(f"A table is not saved as {{{inner(shown)}}}: {kinds}.")')


def _first_path(given: Given) -> str:
    source = given.one("source")
    return source.texts("paths")[0] if source.has("paths") else source.text("path")


def _figures(draft: Draft, given: Given) -> None:
    _load(draft, given)
    operate(draft, given)
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
    if name in FIGURES:
        draft.add("values = numbers(rows, column)")
        if name != "sum":
            draft.add(f'need(values, "{name}", column)')
        draft.add(f"result = {FIGURES[name]}")
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
    operate(draft, given)
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


def _missing(draft: Draft, given: Given) -> None:
    _load(draft, given)
    operate(draft, given)
    draft.add(
        "counts = {name: sum(is_empty(row[name]) for row in rows) for name in columns}",
        'lines = [f"{name}: {count}" for name, count in counts.items() if count]',
        "total = sum(counts.values())",
        'head = f"{total} empty cells in {len(rows)} rows" if total else f"no empty cells in {len(rows)} rows"',
    )
    add_listing(draft, given, "lines", "head", result="total")


def _best(draft: Draft, given: Given) -> None:
    _load(draft, given)
    operate(draft, given)
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
            figures_by(draft, one)
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
    "missing": _missing,
    "sql_tables": _sql_tables,
}
