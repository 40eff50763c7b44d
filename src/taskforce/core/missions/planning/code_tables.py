"""The code that loads a table and finds its columns and numbers."""
# ruff: noqa: E501 - the lines belong to programs that are written for their reader at run time

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
