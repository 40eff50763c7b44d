"""The code of what is done to rows: filter, sort, take, select, count, calculate, save."""
# ruff: noqa: E501 - the lines belong to programs that are written for their reader at run time

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
