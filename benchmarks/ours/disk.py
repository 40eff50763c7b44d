"""What a session's turns take on the disk, by table and index."""

import json
import sqlite3
from pathlib import Path

from benchmarks.child import told
from benchmarks.conversation import LAST


def main() -> None:
    """Tell the bytes of each b-tree, where this SQLite can tell them, else those of the columns' values."""
    with sqlite3.connect(Path(told()["folder"]) / "home" / "taskforce.db") as file:
        try:
            query = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC"
            sizes = file.execute(query).fetchall()
        except sqlite3.OperationalError:  # built without it
            sizes = [(name, _values(file, name)) for name in _tables(file)]
        rows = {name: file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in _tables(file)}  # noqa: S608 - names of tables
    found = [
        {"name": name, "bytes": size / LAST, "rows": rows.get(name, 0) / LAST}
        for name, size in sorted(sizes, key=lambda each: -each[1])[:10]
    ]
    print(json.dumps({"tables": found}))


def _tables(file: sqlite3.Connection) -> list[str]:
    return [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _values(file: sqlite3.Connection, table: str) -> int:
    columns = [row[1] for row in file.execute(f'PRAGMA table_info("{table}")')]
    lengths = " + ".join(f'coalesce(length("{name}"), 0)' for name in columns)
    (size,) = file.execute(f'SELECT coalesce(sum({lengths}), 0) FROM "{table}"').fetchone()  # noqa: S608 - names of columns
    return int(size)


if __name__ == "__main__":
    main()
