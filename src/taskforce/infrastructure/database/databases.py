"""Which database it is: the file in the home, or the server that the settings name."""

from pathlib import Path

from pydantic import SecretStr

from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.notices import Notices
from taskforce.infrastructure.database.sqlite import SqliteDatabase, Synchronous
from taskforce.infrastructure.system.server_clock import ServerClock
from taskforce.settings import SettingsInvalid


def database_at(
    url: SecretStr | None, home: Path, *, synchronous: Synchronous, pool: int, clock: ServerClock
) -> Database:
    """Return the database, which is opened when it is first used; a server tells the clock its time.

    Raises SettingsInvalid when the extra is missing that the address needs.
    """
    if url is None:
        return SqliteDatabase(home / "taskforce.db", synchronous=synchronous)
    _require_the_extra()
    from taskforce.infrastructure.database.postgres import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(url.get_secret_value(), pool=pool, clock=clock)


def notices_at(url: SecretStr | None) -> Notices | None:
    """Return what carries words between the processes of a database; None where that is a file.

    Raises SettingsInvalid when the extra is missing that the address needs.
    """
    if url is None:
        return None
    _require_the_extra()
    from taskforce.infrastructure.database.postgres_notices import PostgresNotices  # noqa: PLC0415

    return PostgresNotices(url.get_secret_value())


def _require_the_extra() -> None:
    try:
        import asyncpg  # noqa: F401, PLC0415
        import greenlet  # noqa: F401, PLC0415
    except ImportError as missing:
        raise SettingsInvalid(
            "database_url is set, and PostgreSQL's client is not installed. "
            "Run: pip install 'taskforce[postgres]'"
        ) from missing
