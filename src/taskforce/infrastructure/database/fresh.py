"""A fresh SQLite database, made at once: what all migrations come to, written down by `make docs`.

Playing the migrations one by one takes ten times as long, and Alembic: the first command would wait for it.
"""

import re
from pathlib import Path

from sqlalchemy import Connection

from taskforce.infrastructure.database.group_commit import driver
from taskforce.infrastructure.database.schema import migrate

SCRIPT = Path(__file__).with_name("fresh.sql")
_END = ";\n"
_NOW = "CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
_MOMENT = re.compile(r"\b\d{16}\b")
_FILLED = ("alembic_version", "projects")
"""Tables in which the migrations leave rows: the revision, and the project that always exists."""


def is_empty(connection: Connection) -> bool:
    """Tell whether nothing has ever been made in the database."""
    return driver(connection).execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


def create(connection: Connection) -> None:
    """Make everything in an empty database, in the transaction that the connection is in."""
    for statement in SCRIPT.read_text(encoding="utf-8").split(_END):
        driver(connection).execute(statement)


def script(connection: Connection) -> str:
    """Migrate an empty database, and return what makes another one like it."""
    migrate(connection)
    raw = driver(connection)
    made = [
        sql for (sql,) in raw.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    ]
    for table in _FILLED:
        columns = [name for _, name, *_ in raw.execute(f"PRAGMA table_info({table})")]
        quoted = " || ', ' || ".join(f"quote({name})" for name in columns)
        rows = [row for (row,) in raw.execute(f"SELECT {quoted} FROM {table}")]  # noqa: S608 - names of ours
        made += [f"INSERT INTO {table} VALUES ({_MOMENT.sub(_NOW, row)})" for row in rows]  # noqa: S608 - ours
    return "\n".join(line.rstrip() for line in (_END.join(made) + _END).split("\n"))
