"""The code of table steps: load, filter, sort, take, select, count, calculate, save."""

LOAD = '''
import csv, sqlite3
from decimal import Decimal, InvalidOperation


def load(source):
    """Return the column names and the rows of a table; every cell is a text, None if there is none."""
    path = inside(source["path"])
    if not path.is_file():
        stop(f"There is no file {source['path']!r}.")
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv"):
        return load_csv(path, kind)
    if kind in (".db", ".sqlite", ".sqlite3"):
        return load_sqlite(path, source.get("table"))
    if kind in (".json", ".jsonl", ".ndjson"):
        return load_json(path, kind)
    stop(f"{source['path']} is no table: CSV, TSV, JSON, JSON lines and SQLite are.")


def load_csv(path, kind):
    text = path.read_text(encoding="utf-8-sig")
    head = text.split("\\n", 1)[0]
    mark = "\\t" if kind == ".tsv" else ";" if head.count(";") > head.count(",") else ","
    rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=mark) if row]
    if not rows:
        stop(f"{path.name} is empty.")
    columns = [name.strip() for name in rows[0]]
    if len(set(columns)) < len(columns):
        stop(f"{path.name} has two columns of one name.")
    for number, row in enumerate(rows[1:], 1):
        if len(row) != len(columns):
            stop(f"Row {number} of {path.name} has {len(row)} cells, the header has {len(columns)}.")
    return columns, [dict(zip(columns, row)) for row in rows[1:]]


def load_sqlite(path, table):
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    tables = [name for (name,) in base.execute(
        "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%' order by name")]
    if table is None and len(tables) == 1:
        table = tables[0]
    found = [name for name in tables if table and name.lower() == table.lower()]
    if not found:
        stop(f"{path.name} has the tables {', '.join(tables)}; " + (f"none is {table!r}." if table else "say which."))
    cursor = base.execute('select * from "' + found[0].replace('"', '""') + '"')
    columns = [column[0] for column in cursor.description]
    return columns, [dict(zip(columns, map(cell, row))) for row in cursor]


def load_json(path, kind):
    text = path.read_text(encoding="utf-8-sig")
    if kind == ".json":
        data = json.loads(text, parse_float=Decimal)
    else:
        data = [json.loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip()]
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
        data = lists[0] if len(lists) == 1 else data
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        stop(f"{path.name} is no list of objects.")
    rows = [flat(row) for row in data]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return columns, [{name: cell(row.get(name)) for name in columns} for row in rows]


def flat(row, before=""):
    out = {}
    for name, value in row.items():
        out.update(flat(value, f"{before}{name}.") if isinstance(value, dict) else {before + name: value})
    return out


class Raw(str):
    """The text of a value that was no text."""


def cell(value):
    if value is None or isinstance(value, str):
        return value
    text = Raw(spelled(value))
    text.value = value
    return text


def spelled(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return json.dumps(value, default=str)
    return str(value)


def column_of(columns, wanted):
    """Return the one column that is meant: the same name, else the same but for case, blanks or a plural s."""
    if wanted in columns:
        return wanted
    for same in (lambda name: name.lower(), lambda name: re.sub(r"[\\W_]+", "", name.lower()), singular):
        found = [name for name in columns if same(name) == same(wanted)]
        if len(found) == 1:
            return found[0]
    stop(f"There is no column {wanted!r}; there are {', '.join(columns)}.")


def singular(name):
    name = re.sub(r"[\\W_]+", "", name.lower())
    for end, other in (("ies", "y"), ("ses", "s"), ("s", "")):
        if name.endswith(end) and not name.endswith("ss"):
            return name[: -len(end)] + other
    return name


def number(text):
    """Return a cell as an exact number, None if it is none."""
    try:
        value = Decimal(text.strip())
    except (InvalidOperation, AttributeError):
        return None
    return value if value.is_finite() else None


def is_empty(text):
    return text is None or text.strip() == ""


DATE = re.compile(r"\\d{4}-\\d\\d-\\d\\d(?:[T ]\\d\\d:\\d\\d.*)?")


def sort_key(rows, column):
    """Return how a column is put in order: as numbers if all are, else as text; empty cells go last."""
    full = [row[column] for row in rows if not is_empty(row[column])]
    if all(number(text) is not None for text in full):
        return lambda row: number(row[column])
    if any(number(text) is not None for text in full):
        stop(f"The column {column} holds numbers and texts; their order is not clear.")
    lower = [text.lower() for text in full]
    by_case, no_case = sorted(set(full)), sorted(set(full), key=str.lower)
    if by_case != no_case:
        return lambda row: (row[column].lower(), row[column])
    return lambda row: row[column]
'''

OPERATIONS = '''

def matching(rows, columns, where):
    tests = [test(rows, columns, one) for one in where["all"]]
    join = any if where["join"] == "or" else all
    return [row for row in rows if join(one(row) for one in tests)]


def test(rows, columns, one):
    column, sign, wanted = column_of(columns, one["column"]), one["is"], one["value"]
    full = [row[column] for row in rows if not is_empty(row[column])]
    if sign in (">", "<", ">=", "<="):
        return compare(full, column, sign, wanted)
    if wanted == "":
        return lambda row: is_empty(row[column]) == (sign == "=")
    if sign in ("=", "seen", "!="):
        return equal(full, column, sign, wanted)
    part = {
        "contains": lambda text, goal: goal in text,
        "not contains": lambda text, goal: goal not in text,
        "starts with": lambda text, goal: text.startswith(goal),
        "ends with": lambda text, goal: text.endswith(goal),
    }[sign]
    exact = [part(row[column] or "", wanted) for row in rows]
    loose = [part((row[column] or "").lower(), wanted.lower()) for row in rows]
    if exact != loose and any(exact) != (sign == "not contains" and all(exact)):
        stop(f"{column} {sign} {wanted!r}: upper and lower case make a difference; say which rows are meant.")
    return lambda row: part((row[column] or "").lower(), wanted.lower())


def compare(full, column, sign, wanted):
    if DATE.fullmatch(wanted) and all(DATE.fullmatch(text) for text in full):
        key = lambda text: text[: len(wanted)]
    else:
        key = number
        bad = next((text for text in full if number(text) is None), None)
        if bad is not None or number(wanted) is None:
            stop(f"{column} {sign} {wanted} cannot be decided: {bad if bad is not None else wanted!r} is no number.")
    goal = key(wanted)
    decide = {
        ">": lambda a: a > goal, "<": lambda a: a < goal, ">=": lambda a: a >= goal, "<=": lambda a: a <= goal,
    }[sign]
    return lambda row: not is_empty(row[column]) and decide(key(row[column]))


def equal(full, column, sign, wanted):
    same = lambda text: text == wanted or (number(text) is not None and number(text) == number(wanted))
    if not any(map(same, full)):
        lower = lambda text: text.strip().lower() == wanted.strip().lower()
        if any(map(lower, full)):
            same = lower
        elif sign == "seen":
            stop(f"No row has {column} = {wanted!r}; there are {', '.join(sorted(set(full))[:20])}.")
    return lambda row: (row[column] is not None and same(row[column])) == (sign != "!=")


def apply(columns, rows, operations):
    for one in operations:
        do = one["do"]
        if do == "filter":
            rows = matching(rows, columns, one["where"])
        elif do == "sort":
            rows = in_order(columns, rows, one)
        elif do == "take":
            rows = rows[-one["n"] :] if one["last"] else rows[: one["n"]]
        elif do == "top":
            rows = top(columns, rows, one)
        elif do == "select":
            columns = [column_of(columns, name) for name in one["columns"]]
            rows = [{name: row[name] for name in columns} for row in rows]
        elif do == "unique":
            rows = list({tuple(row.items()): row for row in rows}.values())
        elif do == "count_by":
            columns, rows = counted(columns, rows, one["by"])
        elif do == "figures_by":
            columns, rows = figures_by(columns, rows, one)
    return columns, rows


def in_order(columns, rows, one):
    for name in reversed(one["by"]):
        column = column_of(columns, name)
        key = sort_key(rows, column)
        full = [row for row in rows if not is_empty(row[column])]
        rest = [row for row in rows if is_empty(row[column])]
        rows = sorted(full, key=key, reverse=one["down"]) + rest
    return rows


def top(columns, rows, one):
    column = column_of(columns, one["by"])
    numbers([row[column] for row in rows if not is_empty(row[column])], column)
    rows = [row for row in in_order(columns, rows, {"by": [column], "down": one["down"]}) if not is_empty(row[column])]
    if one["n"] < len(rows) and number(rows[one["n"] - 1][column]) == number(rows[one["n"]][column]):
        stop(f"More than {one['n']} rows share the last place by {column}: say which of them.")
    if one.get("of") is not None:
        name = column_of(columns, one["of"])
        if len({row[name] for row in rows}) < len(rows):
            stop(f"{name} is not unique: it is not clear whether rows or groups are meant.")
    return rows[: one["n"]]


def group_column(columns, wanted):
    column = column_of(columns, wanted)
    if singular(column) == singular(wanted) and column.lower().endswith("s") > wanted.lower().endswith("s"):
        stop(f"It is not clear whether by {wanted!r} the column {column!r} is meant.")
    return column


def counted(columns, rows, by):
    keys = [group_column(columns, name) for name in by]
    groups = grouped(rows, keys)
    return [*keys, "count"], [{**dict(zip(keys, key)), "count": str(len(group))} for key, group in groups.items()]


def grouped(rows, keys):
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[key] or "" for key in keys), []).append(row)
    return dict(sorted(groups.items()))


def figures_by(columns, rows, one):
    keys = [group_column(columns, name) for name in one["by"]]
    out, names = [], []
    for key, group in grouped(rows, keys).items():
        row = dict(zip(keys, key))
        for figure in one["figures"]:
            column = column_of(columns, figure["column"])
            name = f"{figure['figure']} of {column}"
            row[name] = shown(calculated(figure["figure"], [line[column] for line in group], column)[0])
        out.append(row)
    return list(out[0]) if out else keys, out


def numbers(cells, column):
    bad = next((text for text in cells if number(text) is None), None)
    if bad is not None:
        stop(f"The column {column} holds {bad!r}, which is no number.")
    return [number(text) for text in cells]


def calculated(figure, cells, column):
    """Return a figure of a column, and how many empty cells were left out."""
    full = [text for text in cells if not is_empty(text)]
    values = sorted(numbers(full, column))
    if not values and figure != "sum":
        stop(f"There are no values of {column} to take the {figure} of.")
    middle = len(values) // 2
    result = {
        "sum": lambda: sum(values, Decimal(0)),
        "average": lambda: sum(values) / len(values),
        "min": lambda: values[0],
        "max": lambda: values[-1],
        "median": lambda: values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2,
    }[figure]()
    return result, len(cells) - len(full)


def shown(value):
    """Return a number as text: all its digits if they are few, else six decimals."""
    text = format(value, "f")
    if "." in text and len(text.split(".")[1]) > 6:
        text = format(round(value, 6), "f")
    return text


def rounded(value):
    text = format(value, "f")
    return f"{text} (about {round(value, 2):f})" if "." in text and len(text.split(".")[1]) > 2 else text


def typed(columns, rows):
    """Return the rows with their own values; from a CSV numbers where a whole column is spelled as plain numbers."""
    if not ARGS["source"]["path"].lower().endswith((".csv", ".tsv")):
        if any("." in name for name in columns):
            stop("Objects within objects are not saved as JSON.")
        own = lambda text: text.value if isinstance(text, Raw) else text
        return [{name: plain_number(own(row[name])) for name in columns} for row in rows]
    plain = re.compile(r"-?(?:0|[1-9]\\d{0,14})(?:\\.\\d{1,9})?")
    kinds = {
        name: all(plain.fullmatch(row[name]) for row in rows if row[name] is not None)
        and any(row[name] is not None for row in rows)
        for name in columns
    }
    turn = lambda name, text: text if text is None or not kinds[name] else (float if "." in text else int)(text)
    return [{name: turn(name, row[name]) for name in columns} for row in rows]


def plain_number(value):
    return value if not isinstance(value, Decimal) else float(value)


def save(columns, rows, path):
    target = inside(path)
    kind = target.suffix.lower()
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind in (".csv", ".tsv"):
        with target.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter="\\t" if kind == ".tsv" else ",", lineterminator="\\n")
            writer.writerow(columns)
            writer.writerows([row[name] for name in columns] for row in rows)
    elif kind == ".json":
        target.write_text(json.dumps(typed(columns, rows), indent=2, ensure_ascii=False) + "\\n", encoding="utf-8")
    elif kind in (".jsonl", ".ndjson"):
        lines = (json.dumps(row, ensure_ascii=False) + "\\n" for row in typed(columns, rows))
        target.write_text("".join(lines), encoding="utf-8")
    elif kind == ".md":
        cells = [columns, ["---"] * len(columns), *([row[name] or "" for name in columns] for row in rows)]
        target.write_text("".join(f"| {' | '.join(line)} |\\n" for line in cells), encoding="utf-8")
    elif kind == ".txt":
        lines = [row[columns[0]] or "" for row in rows] if len(columns) == 1 else table(columns, rows).split("\\n")
        target.write_text("".join(f"{line}\\n" for line in lines), encoding="utf-8")
    else:
        stop(f"A table is not saved as {kind or 'a file without a suffix'}: csv, tsv, json, jsonl, md and txt are known.")


def table(columns, rows):
    return "\\n".join([" | ".join(columns), *(" | ".join(row[name] or "" for name in columns) for row in rows)])
'''

TABLE = """

columns, rows = load(ARGS["source"])
total = len(rows)
columns, rows = apply(columns, rows, ARGS["operations"])
if ARGS.get("save"):
    save(columns, rows, ARGS["save"])
    finish(len(rows), f"{len(rows)} rows written to {ARGS['save']}")
say = table(columns, rows[:50])
if len(rows) > 50:
    say += f"\\n… and {len(rows) - 50} more rows"
finish(len(rows), f"{len(rows)} of {total} rows\\n{say}" if len(rows) != total else f"{len(rows)} rows\\n{say}")
"""

FIGURES = """

columns, rows = load(ARGS["source"])
columns, rows = apply(columns, rows, ARGS["operations"])
results, says = [], []
for figure in ARGS["figures"]:
    if figure["figure"] == "count":
        results.append(str(len(rows)))
        says.append(f"{len(rows)} rows")
        continue
    column = column_of(columns, figure["column"])
    cells = [row[column] for row in rows]
    if figure["figure"] in ("sum", "average", "min", "max", "median"):
        value, empty = calculated(figure["figure"], cells, column)
        note = f"{len(rows)} rows" + (f", {empty} empty cells left out" if empty else "")
        says.append(f"{figure['figure']} of {column} = {rounded(value)} ({note})")
        results.append(shown(value))
        continue
    values = [text for text in cells if not is_empty(text)]
    if figure["figure"] == "distinct":
        results.append(str(len(set(values))))
        says.append(f"{len(set(values))} different values of {column}: {', '.join(sorted(set(values))[:50])}")
    else:
        counts = sorted(((values.count(value), value) for value in set(values)), reverse=True)
        if not counts or (len(counts) > 1 and counts[0][0] == counts[1][0]):
            stop(f"No single value of {column} is the most common.")
        results.append(counts[0][1])
        says.append(f"most common value of {column} = {counts[0][1]} ({counts[0][0]} rows)")
finish(", ".join(results), "; ".join(says))
"""

DISTINCT = """

columns, rows = load(ARGS["source"])
columns, rows = apply(columns, rows, ARGS["operations"])
column = column_of(columns, ARGS["column"])
values = {row[column] for row in rows if not is_empty(row[column])}
key = number if all(number(text) is not None for text in values) else str.lower
values = sorted(sorted(values), key=key)
lines(values, f"{len(values)} different values of {column}")
"""

COLUMNS = """

columns, rows = load(ARGS["source"])
lines(columns, f"{len(columns)} columns")
"""

BEST = """

columns, rows = load(ARGS["source"])
columns, rows = apply(columns, rows, ARGS["operations"])
if ARGS["is_row"] and not any(name.lower().rstrip("s") == ARGS["of"].lower().rstrip("s") for name in columns):
    columns, rows = apply(columns, rows, [{"do": "top", "n": 1, "by": ARGS["by"], "down": ARGS["down"]}])
    finish(len(rows), table(columns, rows))
of, by = column_of(columns, ARGS["of"]), ARGS["by"]
if ARGS["group"] == "count":
    columns, rows = counted(columns, rows, [of])
    by = "count"
else:
    by = column_of(columns, by)
    if ARGS["group"] is None and len({row[of] for row in rows}) < len(rows):
        stop(f"{of} is not unique: it is not clear whether rows or groups are meant.")
    if ARGS["group"]:
        columns, rows = figures_by(columns, rows, {"by": [of], "figures": [{"figure": ARGS["group"], "column": by}]})
        by = columns[-1]
numbers([row[by] for row in rows if not is_empty(row[by])], by)
rows = [row for row in rows if not is_empty(row[by])]
if not rows:
    stop("There are no rows.")
best = (max if ARGS["down"] else min)(number(row[by]) for row in rows)
found = [row[of] for row in rows if number(row[by]) == best]
word = "highest" if ARGS["down"] else "lowest"
finish(", ".join(found), f"{', '.join(found)} ({word} {by}: {shown(best)})")
"""

SQL_TABLES = """

import sqlite3

path = inside(ARGS["path"])
if not path.is_file():
    stop(f"There is no file {ARGS['path']!r}.")
base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
names = [name for (name,) in base.execute(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name")]
lines(names, f"{len(names)} tables")
"""
