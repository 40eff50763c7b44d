"""The code that loads a table and finds its columns and numbers."""
# ruff: noqa: E501 - the lines belong to programs that are written for their reader at run time

TABLES = r'''
def load_csv(path, mark=None):
    """Return columns and rows; each cell is a text."""
    file = existing(path)
    text = file.read_text(encoding="utf-8-sig")
    head = text.split("\n", 1)[0]
    mark = mark or (";" if head.count(";") > head.count(",") else ",")
    rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=mark) if row]
    if not rows:
        stop(f"{file.name} is empty.")
    columns = [name.strip() for name in rows.pop(0)]
    if len(set(columns)) < len(columns):
        stop(f"{file.name} has two columns of one name.")
    for place, row in enumerate(rows, 1):
        if len(row) != len(columns):
            stop(f"Row {place} of {file.name} has {len(row)} cells, the header has {len(columns)}.")
    return columns, [dict(zip(columns, row)) for row in rows]


def load_sqlite(path, table=None):
    """Return the columns and the rows of a table; every cell is a text, None if there is none."""
    file = existing(path)
    base = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    tables = [name for (name,) in base.execute(
        "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%' order by name")]
    if table is None and len(tables) == 1:
        table = tables[0]
    found = [name for name in tables if table and name.lower() == table.lower()]
    if not found:
        stop(f"{file.name} has the tables {', '.join(tables)}; " + (f"none is {table!r}." if table else "say which."))
    cursor = base.execute('select * from "' + found[0].replace('"', '""') + '"')
    columns = [column[0] for column in cursor.description]
    return columns, [dict(zip(columns, map(cell, row))) for row in cursor]


def load_json(path):
    file = existing(path)
    return table_in(json.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal), file.name)


def load_json_lines(path):
    file = existing(path)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    return table_in([json.loads(line, parse_float=Decimal) for line in lines if line.strip()], file.name)


def table_in(data, name):
    """Return the columns and the rows of a list of objects; every cell is a text, None if there is none."""
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
        data = lists[0] if len(lists) == 1 else data
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        stop(f"{name} is no list of objects.")
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
    return json.dumps(value, default=str) if isinstance(value, list) else str(value)


def column_of(columns, wanted):
    """Return the column that is meant, though case, blanks or a plural s may differ."""
    if wanted in columns:
        return wanted
    for same in (str.lower, bare, singular):
        found = [name for name in columns if same(name) == same(wanted)]
        if len(found) == 1:
            return found[0]
    stop(f"There is no column {wanted!r}; there are {', '.join(columns)}.")


def bare(name):
    return re.sub(r"[\W_]+", "", name.lower())


def singular(name):
    return re.sub("(ie|se|(?<!s))s$", lambda end: {"ie": "y", "se": "s", "": ""}[end[1]], bare(name))


def number(text):
    """Return a cell as an exact number, None if it is none."""
    try:
        return Decimal(text) if Decimal(text).is_finite() else None
    except InvalidOperation:
        return None


def is_empty(text):
    return text is None or text.strip() == ""


def filled(rows, column):
    """Return the rows that have a value."""
    return [row for row in rows if not is_empty(row[column])]


def numbers(rows, column):
    """Return the numbers of a column in order; empty cells are left out."""
    cells = [row[column] for row in rows if (row[column] or "").strip()]
    for text in cells:
        if number(text) is None:
            stop(f"The column {column} holds {text!r}, which is no number.")
    return sorted(map(Decimal, cells))


def median(values):
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def need(values, figure, column):
    if not values:
        stop(f"There are no values of {column} to take the {figure} of.")


def shown(value):
    """Return a number with at most six decimals."""
    text = f"{value:f}"
    return text if len(text.partition(".")[2]) <= 6 else f"{value:.6f}"


def rounded(value):
    text = f"{value:f}"
    return f"{text} (about {value:.2f})" if len(text.partition(".")[2]) > 2 else text


def note(rows, values):
    """Return of how many rows a figure was taken."""
    empty = len(rows) - len(values)
    return f"{len(rows)} rows" + (f", {empty} empty cells left out" if empty else "")
'''
