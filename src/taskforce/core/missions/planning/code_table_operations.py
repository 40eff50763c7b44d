"""The code of what is done to rows: filter, sort, take, group, show, save."""
# ruff: noqa: E501 - the lines belong to programs that are written for their reader at run time

OPERATIONS = r'''
def compared(columns, rows, name, sign, wanted):
    """Return a test of the order of numbers."""
    column = column_of(columns, name)
    texts = [row[column] for row in filled(rows, column)]
    bad = next((text for text in texts if number(text) is None), None)
    goal = number(wanted)
    if bad is not None or goal is None:
        stop(f"{column} {sign} {wanted} cannot be decided: {bad if bad is not None else wanted!r} is no number.")
    decide = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}[sign]
    return lambda row: not is_empty(row[column]) and decide(number(row[column]), goal)


def compared_dates(columns, rows, name, sign, wanted):
    """Return a test of the order of dates."""
    column = column_of(columns, name)
    date = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?")
    if not all(date.fullmatch(row[column]) for row in filled(rows, column)):
        return compared(columns, rows, column, sign, wanted)
    decide = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}[sign]
    return lambda row: not is_empty(row[column]) and decide(row[column][: len(wanted)], wanted)


def equal(columns, rows, name, wanted):
    """Return a test for the same text or number or, where no row has it, the same in any case."""
    column = column_of(columns, name)
    texts = [row[column] for row in filled(rows, column)]
    same = lambda text: text == wanted or (number(text) is not None and number(text) == number(wanted))
    loose = lambda text: text.strip().lower() == wanted.strip().lower()
    if not any(map(same, texts)) and any(map(loose, texts)):
        same = loose
    return lambda row: row[column] is not None and same(row[column])


def unequal(columns, rows, name, wanted):
    is_equal = equal(columns, rows, name, wanted)
    return lambda row: not is_equal(row)


def seen(columns, rows, name, wanted):
    """Return a test for a value that some row must have."""
    test = equal(columns, rows, name, wanted)
    if not any(map(test, rows)):
        column = column_of(columns, name)
        values = sorted({row[column] for row in filled(rows, column)})
        stop(f"No row has {column} = {wanted!r}; there are {', '.join(values[:20])}.")
    return test


def empty(columns, name):
    column = column_of(columns, name)
    return lambda row: is_empty(row[column])


def present(columns, name):
    column = column_of(columns, name)
    return lambda row: not is_empty(row[column])


def partly(columns, rows, name, sign, wanted, part):
    """Return a test for a part of a text; stop where upper and lower case make a difference."""
    column = column_of(columns, name)
    exact = [part(row[column] or "", wanted) for row in rows]
    loose = [part((row[column] or "").lower(), wanted.lower()) for row in rows]
    if exact != loose and any(exact) != (sign == "not contains" and all(exact)):
        stop(f"{column} {sign} {wanted!r}: upper and lower case make a difference; say which rows are meant.")
    return lambda row: part((row[column] or "").lower(), wanted.lower())


def in_order(columns, rows, name, down=False):
    """Return rows as numbers if all are, else as text; empty cells go last."""
    column = column_of(columns, name)
    full = filled(rows, column)
    return sorted(full, key=sort_key(full, column), reverse=down) + [row for row in rows if is_empty(row[column])]


def sort_key(rows, column):
    texts = {row[column] for row in rows}
    if all(number(text) is not None for text in texts):
        return lambda row: number(row[column])
    if any(number(text) is not None for text in texts):
        stop(f"The column {column} holds numbers and texts; their order is not clear.")
    if sorted(texts) != sorted(sorted(texts), key=str.lower):
        return lambda row: (row[column].lower(), row[column])
    return lambda row: row[column]


def ranked(rows, column, down):
    """Return the rows that have a number, by it."""
    numbers(rows, column)
    return sorted(filled(rows, column), key=lambda row: number(row[column]), reverse=down)


def top(rows, column, n):
    if n < len(rows) and number(rows[n - 1][column]) == number(rows[n][column]):
        stop(f"More than {n} rows share the last place by {column}: say which of them.")
    return rows[:n]


def check_unique(rows, column):
    if len({row[column] for row in rows}) < len(rows):
        stop(f"{column} is not unique: it is not clear whether rows or groups are meant.")


def group_column(columns, wanted):
    column = column_of(columns, wanted)
    if column.lower().endswith("s") > wanted.lower().endswith("s"):
        stop(f"It is not clear whether by {wanted!r} the column {column!r} is meant.")
    return column


def multiplied(columns, rows, factors, product):
    """Add a column of the product of others; a row that lacks one of them has none."""
    if product in columns:
        stop(f"There is a column {product!r} already.")
    names = [column_of(columns, name) for name in factors]
    for name in names:
        numbers(rows, name)
    out = []
    for row in rows:
        value = Decimal(1)
        for name in names:
            value = None if value is None or is_empty(row[name]) else value * number(row[name])
        out.append({**row, product: None if value is None else f"{value:f}"})
    return [*columns, product], out


def stacked(paths, load):
    """Return the rows of several files with the same columns, one below the other."""
    tables = [load(path) for path in paths]
    columns = tables[0][0]
    for path, (others, _) in zip(paths, tables):
        if sorted(others) != sorted(columns):
            stop(f"{path} has the columns {', '.join(others)}, {paths[0]} has {', '.join(columns)}: say how to join them.")
    return columns, [row for _, rows in tables for row in rows]


def grouped(rows, keys):
    """Return the rows by what they have in some columns."""
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[key] or "" for key in keys), []).append(row)
    return sorted(groups.items())


def counted(rows, keys):
    """Return the number of rows of each group."""
    return [*keys, "count"], [{**dict(zip(keys, key)), "count": str(len(group))} for key, group in grouped(rows, keys)]


def table(columns, rows):
    return "\n".join([" | ".join(columns), *(" | ".join(row[name] or "" for name in columns) for row in rows)])


def preview(columns, rows):
    lines = [" | ".join(row[name] or "" for name in columns) for row in rows[:50]]
    more = [f"… and {len(rows) - 50} more rows"] if len(rows) > 50 else []
    return "\n".join([" | ".join(columns), *lines, *more])


def typed(columns, rows):
    """Return rows with numbers where a whole column is spelled as plain numbers."""
    plain = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
    kinds = {
        name: all(plain.fullmatch(row[name]) for row in rows if row[name] is not None)
        and any(row[name] is not None for row in rows)
        for name in columns
    }
    turn = lambda name, text: text if text is None or not kinds[name] else (float if "." in text else int)(text)
    return [{name: turn(name, row[name]) for name in columns} for row in rows]


def own_values(columns, rows):
    """Return rows with the values they were loaded with."""
    if any("." in name for name in columns):
        stop("Objects within objects are not saved as JSON.")
    own = lambda text: text.value if isinstance(text, Raw) else text
    plain = lambda value: float(value) if isinstance(value, Decimal) else value
    return [{name: plain(own(row[name])) for name in columns} for row in rows]


def save_csv(columns, rows, path, mark=","):
    with new_file(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=mark, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([row[name] for name in columns] for row in rows)


def save_json(rows, path):
    new_file(path).write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def save_json_lines(rows, path):
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    new_file(path).write_text("".join(lines), encoding="utf-8")


def save_markdown(columns, rows, path):
    cells = [columns, ["---"] * len(columns), *([row[name] or "" for name in columns] for row in rows)]
    new_file(path).write_text("".join(f"| {' | '.join(line)} |\n" for line in cells), encoding="utf-8")


def save_text(columns, rows, path):
    lines = [row[columns[0]] or "" for row in rows] if len(columns) == 1 else table(columns, rows).split("\n")
    new_file(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
'''
