"""The code that ends a table step: the rows, figures, values, columns or the best that it tells."""
# ruff: noqa: E501 - the lines belong to programs that are written for their reader at run time

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
if any(one["do"] in ("count_by", "figures_by") for one in ARGS["operations"]):
    head = f"{len(rows)} groups from {total} rows"
else:
    head = f"{len(rows)} of {total} rows" if len(rows) != total else f"{len(rows)} rows"
finish(len(rows), f"{head}\\n{say}")
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
