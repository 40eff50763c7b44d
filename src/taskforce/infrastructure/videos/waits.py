"""How long a provider asks to wait, as it says so in headers."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=1)


def wait_of(headers: Mapping[str, str], *, now: datetime) -> timedelta:
    """Return the wait of retry-after-ms (OpenAI's) or Retry-After (RFC 9110, 10.2.3); else zero."""
    milliseconds, after = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    if seconds := seconds_of(milliseconds) / 1_000 or seconds_of(after):
        return bounded(seconds)
    try:
        moment = parsedate_to_datetime(after)
    except (ValueError, TypeError):
        return timedelta()
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return bounded((aware - now).total_seconds())


def seconds_of(text: str) -> float:
    """Return a plain number, zero for anything else."""
    is_number = text.isascii() and text.replace(".", "", 1).isdigit() and len(text) < 12  # noqa: PLR2004
    return float(text) if is_number else 0.0


def bounded(seconds: float) -> timedelta:
    """Return a wait that is none below zero, and no longer than one may be."""
    return min(timedelta(seconds=max(seconds, 0)), LONGEST)
