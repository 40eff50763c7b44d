"""Phrases about the rows and columns of CSV, JSON, JSON lines and SQLite tables."""
# ruff: noqa: E501 - a phrase stands on one line, so that one sees what it takes

import re
from collections.abc import Callable
from dataclasses import replace

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.arguments import aggregate, count, names
from taskforce.core.missions.planning.context import (
    NotUnderstood,
    Slots,
    Step,
    python,
    rows,
    table_of,
    with_operation,
)

Builder = Callable[[Slots], Step]

_OF_COL = "[column|field] <col> [column|field|values]"


def _figures(slots: Slots) -> Step:
    table = slots.table()
    slots.check_rows()
    kinds = names(slots.values["aggs"], slots.wording) if slots.has("aggs") else [slots.values["agg"]]
    columns = names(slots.values["cols"], slots.wording) if slots.has("cols") else [slots.text("col")]
    figures: list[JsonObject] = [
        {"figure": aggregate(kind), "column": name} for kind in kinds for name in columns
    ]
    if slots.has("by"):
        return _by(table, names(slots.values["by"], slots.wording), figures)
    return _taken(table, figures)


def _taken(table: JsonObject, figures: list[JsonObject]) -> Step:
    return python(
        "figures", {**table, "figures": [*figures]}, narrowed=bool(table["operations"]), table=table
    )


def _by(table: JsonObject, by: list[str], figures: list[JsonObject]) -> Step:
    return rows(with_operation(table, {"do": "figures_by", "by": [*by], "figures": [*figures]}))


def _count_rows(slots: Slots) -> Step:
    table = slots.table()
    slots.check_rows()
    if slots.has("by"):
        return rows(
            with_operation(table, {"do": "count_by", "by": [*names(slots.values["by"], slots.wording)]})
        )
    return _taken(table, [{"figure": "count"}])


def _one_figure(figure: str) -> Builder:
    def build(slots: Slots) -> Step:
        return _taken(slots.table(), [{"figure": figure, "column": slots.text("col")}])

    return build


def _distinct(slots: Slots) -> Step:
    return python("distinct", {**slots.table(), "column": slots.text("col")})


def _rows(slots: Slots) -> Step:
    table = slots.table()
    slots.check_rows()
    return rows(table)


def _select(slots: Slots) -> Step:
    chosen = names(slots.values["cols"], slots.wording)
    return rows(with_operation(slots.table(), {"do": "select", "columns": [*chosen]}))


def _take(slots: Slots) -> Step:
    table = slots.table()
    slots.check_rows()
    n = count(slots.values.get("n", "1"))
    last = slots.values["end"].lower() in {"last", "bottom"}
    return rows(with_operation(table, {"do": "take", "n": n, "last": last}))


def _sort(slots: Slots) -> Step:
    down = slots.has("down")
    by = names(slots.values["cols"], slots.wording)
    if down and len(by) > 1:
        raise NotUnderstood
    return rows(with_operation(slots.table(), {"do": "sort", "by": [*by], "down": down}))


def _top(slots: Slots) -> Step:
    table = slots.table()
    noun = slots.values.get("noun")
    of: str | None = None
    try:
        slots.check_rows()
    except NotUnderstood:
        of = noun
    down = slots.values["end"].lower() in {"top", "highest", "largest", "biggest"}
    operation: JsonObject = {
        "do": "top", "n": count(slots.values.get("n", "1")), "by": slots.text("col"), "down": down, "of": of,
    }  # fmt: skip
    return rows(with_operation(table, operation))


def _best(slots: Slots) -> Step:
    down = slots.values["end"].lower() in {
        "highest",
        "largest",
        "biggest",
        "most",
        "greatest",
        "maximum",
        "max",
    }
    figure = "count" if slots.has("counted") else aggregate(slots.values["agg"]) if slots.has("agg") else None
    if slots.has("counted"):
        slots.check_rows()
    by = slots.values.get("col")
    is_row = False
    if figure is None and " " not in slots.text("of"):
        try:
            slots.check_rows("of")
            is_row = True
        except NotUnderstood:
            pass
    arguments: JsonObject = {
        "is_row": is_row, **slots.table(), "of": slots.text("of"), "by": by and slots.wording.unquote(by), "group": figure, "down": down,
    }  # fmt: skip
    return python("best", arguments)


def _convert(slots: Slots) -> Step:
    source = slots.path()
    suffix = slots.values["suffix"].lower().lstrip(".") if slots.has("suffix") else None
    target = slots.text("target") if slots.has("target") else f"{source.rpartition('.')[0]}.{suffix}"
    if target == source or not target.lower().endswith((".csv", ".json", ".jsonl", ".tsv", ".ndjson")):
        raise NotUnderstood
    if suffix is not None and not target.lower().endswith(f".{suffix}"):
        raise NotUnderstood
    return rows(table_of(source, None)).saving(target)


def _columns(slots: Slots) -> Step:
    return python("columns", slots.table(), table=slots.table())


def _tables(slots: Slots) -> Step:
    path = slots.path()
    if not path.lower().endswith((".db", ".sqlite", ".sqlite3")):
        raise NotUnderstood
    return python("sql_tables", {"path": path}, path=path)


def _unique_rows(slots: Slots) -> Step:
    return replace(rows(with_operation(slots.table(), {"do": "unique"})), is_unfinished=True)


def _stack(slots: Slots) -> Step:
    """Put tables of one kind and with the same columns below each other."""
    paths = [
        slots.wording.unquote(one).strip() for one in re.split(r" ?, (?:and )?| and ", slots.values["paths"])
    ]
    suffixes = {path.rpartition(".")[2].lower() for path in paths}
    if len(paths) < _TWO or len(suffixes) > 1 or not suffixes <= {"csv", "tsv", "json", "jsonl", "ndjson"}:
        raise NotUnderstood
    shown = rows({"source": {"paths": [*paths]}, "operations": []})
    if not slots.has("target"):
        return shown
    saving = shown.saving(slots.text("target"))
    return replace(saving, arguments={**saving.arguments, "fresh": True})


def _rename_column(slots: Slots) -> Step:
    operation: JsonObject = {"do": "rename", "old": slots.text("old"), "new": slots.text("new")}
    return replace(rows(with_operation(slots.table(), operation)), is_unfinished=True)


def _drop_columns(slots: Slots) -> Step:
    columns = names(slots.values["cols"], slots.wording)
    return replace(
        rows(with_operation(slots.table(), {"do": "drop", "columns": [*columns]})), is_unfinished=True
    )


def _missing(slots: Slots) -> Step:
    return python("missing", slots.table(), table=slots.table())


def _of_product(slots: Slots) -> Step:
    factors = [slots.text("one"), slots.text("two")]
    product = " * ".join(factors)
    table = with_operation(slots.table(), {"do": "multiply", "factors": [*factors], "product": product})
    figures: list[JsonObject] = [{"figure": aggregate(slots.values["agg"]), "column": product}]
    return (
        _by(table, names(slots.values["by"], slots.wording), figures)
        if slots.has("by")
        else _taken(table, figures)
    )


_TWO = 2
_S = "[%source]"
_SW = "(%where %source | [%source] [%where])"
_DIR = "[(in [<down:descending>|ascending] order | <down:descending> [order] | ascending [order] | from (<down:hilo>|lowest to highest|smallest to largest|a to z))]"
_BYCOL = "(by|per|for (each|every)|in each|grouped by) [column] <by:cols>"

_TIMES = "(times|multiplied by|*|x)"
_EMPTY = "(missing|empty|null|blank) (values|cells|data|fields)"

TABLE_PHRASES: tuple[tuple[str, Builder], ...] = (
    (f"<agg> [of] <one:col> {_TIMES} <two:col> {_SW}", _of_product),
    (f"<agg> [of] <one:col> {_TIMES} <two:col> {_BYCOL} {_SW}", _of_product),
    (f"<agg> [of] <one:col> {_TIMES} <two:col> %source {_BYCOL}", _of_product),
    (f"(are|is) there [any] {_EMPTY} {_SW}", _missing),
    (f"(check|look|find|number of) [for] [all] {_EMPTY} [(per|in each|by|for each) column] {_SW}", _missing),
    (f"columns (have|has|with|contain|that have) [any] {_EMPTY} {_SW}", _missing),
    (f"[all] {_EMPTY} [(per|in each|by|for each) column] {_SW}", _missing),
    ("(combine|concatenate|merge|stack) [files] <paths> [(into|to|as|in) [new] [single|one] [csv|json] [file] [called|named] <target>]", _stack),
    ("rename column <old:col> (to|into|as) <new:col> (in|of|from) <path>", _rename_column),
    ("(in|of) <path> rename column <old:col> (to|into|as) <new:col>", _rename_column),
    ("rename column <old:col> (in|of|from) <path> (to|into|as) <new:col>", _rename_column),
    ("(remove|drop|delete) (column|columns) <cols> (from|in|of) <path>", _drop_columns),
    ("(remove|drop|delete) <cols> (column|columns) (from|in|of) <path>", _drop_columns),
    (f"<aggs> [(value|values)] [of] [all] [(column|field)] <cols> [(column|columns|field|values)] [of [all] <noun>] {_SW}", _figures),
    (f"<agg> [(value|values)] [of] [all] [(column|field)] <cols> [(column|columns|field|values)] [of [all] <noun>] {_SW}", _figures),
    (f"<agg> [(value|values)] (in|of) [column] <col> [column] {_SW}", _figures),
    (f"<agg> [of] [column] <col> [column] {_BYCOL} {_SW}", _figures),
    (f"<agg> [of] [column] <col> [column] %source {_BYCOL} [%where]", _figures),
    (f"<aggs> [of] [column] <col> [column] {_BYCOL} {_SW}", _figures),
    (f"<aggs> [of] [column] <col> [column] %source {_BYCOL}", _figures),
    ("(group|aggregate) <path> by [column] <by:cols> [,] and [then] [(calculate|compute|show|find)] (<agg>|<aggs>) [of] [column] <col> [column] [(per group|for each group|of each group|in each group|for each)]", _figures),
    ("(group|aggregate) [rows|data|records|entries] %source by [column] <by:cols> [,] and [then] [(calculate|compute|show|find)] (<agg>|<aggs>) [of] [column] <col> [column] [(per group|for each group|of each group|in each group|for each)]", _figures),
    ("(group|aggregate) <path> by [column] <by:cols> [,] and [then] number of <noun> [(per group|in each group|for each)]", _count_rows),
    ("(group|aggregate) <path> by [column] <by:cols> [,] and [then] count [<noun>] [(per group|in each group|for each)]", _count_rows),
    ("number of tables (in|of|inside) [%the_file] <path>", _tables),
    (f"number of (distinct|unique|different) [values (of|in|for)] [column] <col> [column|values] {_S} [%where]", _one_figure("distinct")),
    (f"number of [data] <noun> {_SW}", _count_rows),
    (f"number of [data] <noun> {_BYCOL} {_SW}", _count_rows),
    (f"number of [data] <noun> %source {_BYCOL} [%where]", _count_rows),
    (f"(distinct|unique|different) [values (of|in|for)] [column] <col> [column|values] {_SW}", _distinct),
    (f"most (common|frequent) [value (of|in|for)] [column] <col> [column|value] {_SW}", _one_figure("common")),
    ("[list of] (columns|column names|names of [all] columns|header|headers|header row|fields|field names) [%source]", _columns),
    ("columns (does <path> have|does <path> contain|are in <path>|are there in <path>)", _columns),
    ("[names of] [all] tables (in|of|from|inside) [%the_file] <path>", _tables),
    ("[all] [rows (of|in|from)] [all] <tname> table (in|of|from) [%the_file] <path>", _rows),
    ("tables (does <path> have|does <path> contain|are in <path>|are there in <path>)", _tables),
    (f"filter [rows|records|entries] {_SW}", _rows),
    ("filter <path> (for|to|by|where|with|on) [only] [rows|records|entries] [where|with] <where:rest>", _rows),
    ("filter <path> to [keep] [only] (rows|records|entries) %where", _rows),
    (f"[only] [all] <noun> {_SW}", _rows),
    ("keep only [rows|records|entries] %where [%source]", _rows),
    ("keep only (rows|records|entries) %source %where", _rows),
    (f"(select|extract|keep|columns) [only] [columns|column] <cols> [columns|column] {_SW}", _select),
    (f"columns <cols> {_SW}", _select),
    (f"<end:firstlast> [<n>] [data] <noun> {_S}", _take),
    (f"sort [rows|records|entries|data] [(it|them)] [(of|in|from) <path>] by [column] <cols> [column] {_DIR}", _sort),
    (f"sort [rows|records|entries|data] [(it|them)] by [column] <cols> [column] {_DIR} [(of|in|from) <path>]", _sort),
    (f"sort <path> by [column] <cols> [column] {_DIR}", _sort),
    (f"<end:topword> [<n>] <noun> by [column] <col> [column] {_S} [%where]", _top),
    (f"<n> <end:topword> <noun> by [column] <col> [column] {_S} [%where]", _top),
    (f"<n> <end:topword> <noun> {_S} by [column] <col> [column]", _top),
    (f"<end:topword> [<n>] <noun> {_S} by [column] <col> [column]", _top),
    (f"<n> <noun> with <end:topword> [value of|values of|values in|value in] <col> {_S} [%where]", _top),
    (f"row with <end:topword> [value of|value in] <col> {_S} [%where]", _top),
    (f"(which|what) <of:col> (has|have|had) <counted:most> <noun> {_S} [%where]", lambda slots: _best(_counted(slots))),
    (f"(which|what) <of:col> (has|have|had) <end:most> <agg:sumavg> [of] <col> {_S} [%where]", _best),
    (f"<of:col> with <end:most> <agg:sumavg> [of] <col> {_S} [%where]", _best),
    (f"(which|what) <of:col> (has|have|had) <end:most> [value of|value in] <col> {_S} [%where]", _best),
    (f"<of:col> with <end:most> [value of|value in] <col> {_S} [%where]", _best),
    ("convert [file] <path> [from <from:suffix>] (to|into) [file] [<suffix>] [format|file] [(called|named|as) <target>]", _convert),
    ("convert [%the_file] <path> (to|into) [<suffix>] [format|file] [,] [and] (save|write|store) [(it|this|result|output)] (as|to|in|into) [file] [called|named] <target>", _convert),
    ("convert [file] <path> (to|into) [<suffix>] [file] [(called|named)] <target>", _convert),
    ("convert <it> (to|into) [<suffix>] [format] [(called|named|as)] <target>", _convert),
    ("convert <it> (to|into) <suffix> [format]", _convert),
    ("(remove|drop|delete) duplicate (rows|records|entries|lines) (from|in|of) <path>", _unique_rows),
    ("(deduplicate|dedupe) [rows (of|in)] <path>", _unique_rows),
)  # fmt: skip


def _counted(slots: Slots) -> Slots:
    return Slots({**slots.values, "end": slots.values["counted"]}, slots.wording, slots.before)
