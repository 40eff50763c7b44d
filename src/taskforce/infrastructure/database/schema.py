"""The schema's revisions: which one a database has, and how it gets another."""

from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, column, inspect, select, table

from taskforce.core.errors import Unavailable

HEAD = "0015"
"""The revision that this code is written for."""
SCRIPTS = Path(__file__).parent / "migrations"
_VERSION = "alembic_version"
_alembic = Lock()  # it keeps what it is doing in the process's globals


def current(connection: Connection) -> str | None:
    """Return the database's revision; None for an empty database."""
    if not inspect(connection).has_table(_VERSION):
        return None
    number: str | None = connection.scalar(select(column("version_num")).select_from(table(_VERSION)))
    return number


def check_current(connection: Connection) -> None:
    """Return when the tables are what this code needs. Raises Unavailable."""
    found = current(connection)
    if found != HEAD:
        raise Unavailable(f"The tables are of revision {found}, this code needs {HEAD}. Start it anew.")


def migrate(connection: Connection, *, to: str = HEAD) -> None:
    """Bring the database to a revision (`base`: to none), in the transaction that the connection is in.

    Raises Unavailable when the database is of a revision that this code does not know.
    """
    # Alembic takes longer to import than to find that there is nothing to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    found = current(connection)
    down = found is not None and (to == "base" or to < found <= HEAD)
    with _alembic:
        try:
            (command.downgrade if down else command.upgrade)(config, to)
        except CommandError as error:
            raise Unavailable(
                f"The database is of revision {found}, this version of taskforce knows {HEAD}: {error}. "
                "Install the version that wrote it, or a newer one."
            ) from error
