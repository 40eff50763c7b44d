"""The timeline of a run as CSV: what happened in its first replication, in order."""

from collections.abc import Iterable

from taskforce.core.scenarios.export_cells import csv_bytes
from taskforce.core.scenarios.outcome import Entry

COLUMNS = Entry._fields


def timeline_csv(entries: Iterable[Entry]) -> bytes:
    """Return the entries as CSV; timestamps are hours since the plant's epoch, to a microhour."""
    return csv_bytes([COLUMNS, *((round(entry.timestamp, 6), *entry[1:]) for entry in entries)])
