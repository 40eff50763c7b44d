"""Which trace a request belongs to: W3C Trace Context, read strictly."""

import re
from collections.abc import Callable, Sequence

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_VERSION = "00"
_FORBIDDEN = "ff"
_RANDOM = "02"
"""The flag that says of a trace's id that it was made by chance; whether it is recorded, others decide."""


def traceparent(given: Sequence[str], new_id: Callable[[], str]) -> str:
    """Return the one that was given if it is right, else that of a new trace."""
    return given_traceparent(given) or _new(new_id)


def given_traceparent(given: Sequence[str]) -> str:
    """Return the one that was given if it is right, else ""."""
    known = _PARENT.fullmatch(given[0]) if len(given) == 1 else None
    return given[0] if known is not None and _is_right(*known.groups()) else ""


def _is_right(version: str, trace: str, parent: str, _flags: str, more: str | None) -> bool:
    if version == _FORBIDDEN or not int(trace, 16) or not int(parent, 16):
        return False
    return more is None or version != _VERSION


def _new(new_id: Callable[[], str]) -> str:
    trace = new_id().replace("-", "")
    return f"{_VERSION}-{trace}-{trace[16:]}-{_RANDOM}"
