"""What SQLite's errors mean to whoever asked."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from taskforce.core.errors import Unavailable
from taskforce.core.jobs.errors import StoreBusy

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full. Free some space.",
    sqlite3.SQLITE_IOERR: "the disk does not read or write. Look at the system's log.",
    sqlite3.SQLITE_CORRUPT: "the file is damaged. Restore it from a backup.",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database. Move it away, or name another one.",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened. Look at its folder and at who may write there.",
    sqlite3.SQLITE_READONLY: "the file cannot be written. Look at who may write it.",
    sqlite3.SQLITE_PERM: "the file may not be used. Look at who may write it.",
    sqlite3.SQLITE_NOMEM: "there is no memory left.",
}
_PRIMARY = 0xFF


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether another connection holds the lock that was wanted."""
    return _primary(error) in _BUSY


def translated(error: BaseException, *, place: str) -> BaseException:
    """Return what the error means: StoreBusy, Unavailable with the reason, or the error itself."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, OSError):
        return Unavailable(f"The database {place} cannot be used: {cause.strerror}.")
    if not isinstance(cause, sqlite3.Error):
        return error
    code = _primary(cause)
    if code in _BUSY:
        return StoreBusy(f"{place}: {cause}. Another process writes; try again.")
    if code in _REASONS:
        return Unavailable(f"The database {place} cannot be used: {_REASONS[code]} ({cause})")
    return error


def _primary(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY
