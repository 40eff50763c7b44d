"""What PostgreSQL's errors mean to whoever asked.

The codes are those of https://www.postgresql.org/docs/current/errcodes-appendix.html.
"""

from enum import Enum

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from taskforce.core.errors import Invalid, Unavailable
from taskforce.core.jobs.errors import StoreBusy

_CLASHES = frozenset({"40001", "40P01"})
_LOCKED = frozenset({"55P03"})
_TOO_LONG = frozenset({"57014"})
_AWAY = frozenset({"25006", "25P03", "53300", "57P01", "57P02", "57P03", "57P05"})
_CONNECTIONS = "08"
_CONDITIONS = "23"
_UNFIT = {
    "22001": "A text is too long to be kept",
    "22021": "A text has a character that cannot be kept, U+0000",
}
_REASONS = {
    "28": "it does not let this user in. Look at the user and password of the address.",
    "3D": "there is no such database. Create it, or name another one.",
    "42501": "this user may not do that. Look at the user's rights.",
    "53100": "the disk is full. Free some space.",
    "53200": "there is no memory left.",
    "58": "its disk does not read or write. Look at the server's log.",
    "XX": "its files are damaged. Look at the server's log.",
}


class Cause(Enum):
    """Why a transaction failed, as far as that is not the transaction's own fault."""

    CLASH = "clash"
    """Others wrote at the same moment: nothing is written, and again it may go."""
    AWAY = "away"
    """The server was not reached: nothing is written unless it was being committed."""
    UNCERTAIN = "uncertain"
    """The server went away while it committed: it may be written, or not."""
    LOCKED = "locked"
    """Others held for too long what was wanted."""
    REFUSED = "refused"
    """The server cannot do it, and will not before somebody mends it."""


class Uncertain(Exception):
    """The connection broke while a transaction was committed, by this error."""

    def __init__(self, how: Exception) -> None:
        super().__init__(str(how))
        self.how = how


class MaybeWritten(Unavailable):
    """What was asked for may be done, or not: the server went away while it wrote."""


def cause_of(error: BaseException) -> Cause | None:
    """Return why it failed; None for an error of the function that was run, or of its statement."""
    if isinstance(error, Uncertain):
        return Cause.UNCERTAIN
    known = _known(error)
    if isinstance(known, NoConnectionFree):
        return Cause.LOCKED
    code = _code(known)
    if code in _CLASHES or type(known).__name__ == "InvalidCachedStatementError":
        return Cause.CLASH  # of a statement that is out of date the driver now forgets what it knows
    if code in _LOCKED or code in _TOO_LONG:
        return Cause.LOCKED
    if code in _AWAY or code.startswith(_CONNECTIONS) or _is_broken(known):
        return Cause.AWAY
    return Cause.REFUSED if _reason(code) else None


def is_conflict(error: BaseException) -> bool:
    """Tell whether a statement met others, or what is there already."""
    return cause_of(error) is not None or _code(_known(error)).startswith((_CONDITIONS, *_UNFIT))


def translated(error: BaseException, *, place: str) -> BaseException:
    """Return what it means: StoreBusy, MaybeWritten, Unavailable with the reason, Invalid, or itself."""
    cause = cause_of(error)
    known = _known(error)
    if cause is None:
        unfit = _UNFIT.get(_code(known))
        return error if unfit is None else Invalid(f"{unfit}: {_first_line(known)}. Change it and ask again.")
    said = _first_line(known)
    if cause in {Cause.CLASH, Cause.LOCKED}:
        return StoreBusy(f"{place}: {said}. Others write; try again.")
    if cause is Cause.UNCERTAIN:
        return MaybeWritten(
            f"The database {place} went away while it wrote: what was asked for may be done, or not. "
            f"Look before you ask again. ({said})"
        )
    reason = _reason(_code(known)) or "it is not reached. It is tried again with the next request."
    return Unavailable(f"The database {place} cannot be used: {reason} ({said})")


def _known(error: BaseException) -> BaseException:
    """Return the driver's error behind what SQLAlchemy, or the adapter of the driver, says."""
    inner = error.how if isinstance(error, Uncertain) else None
    if isinstance(error, DBAPIError):
        inner = error.orig
    return error if inner is None else _known(inner)


def _code(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def _reason(code: str) -> str:
    return next((reason for start, reason in _REASONS.items() if code.startswith(start)), "")


def _is_broken(error: BaseException) -> bool:
    """Tell whether the connection is gone, was none, or is mixed up: the driver gives such errors no code."""
    if isinstance(error, OSError | TimeoutError | EOFError):
        return True
    behind = error.__cause__
    if isinstance(behind, OSError | TimeoutError | EOFError):
        return True
    kind = type(error).__name__  # the driver is imported with the extra alone
    return (kind == "InterfaceError" and "clos" in str(error)) or kind == "InternalClientError"


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
