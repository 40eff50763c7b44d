"""Entries of the same content, within a source and across: which is the best, and which are its copies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from taskforce.core.marketplace.manual_map import SIGNAL
from taskforce.core.marketplace.model import Entry, EntryId, EntryStatus


def duplicates(entries: Iterable[Entry]) -> Mapping[EntryId, EntryId]:
    """Return the copies among entries, each with the best entry of its content and type.

    Best is the highest confidence, then what the manual map says, then the shorter path; what is still
    equal goes by path and id. Entries that were removed are no copies, and have none. A project's entries
    are given alone: nobody is told of what another project has.
    """
    alike: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.status is not EntryStatus.REMOVED:
            alike[entry.digest, entry.found.type].append(entry)
    found: dict[EntryId, EntryId] = {}
    for group in alike.values():
        best = min(group, key=_place)
        found.update((entry.id, best.id) for entry in group if entry.id != best.id)
    return found


def _place(entry: Entry) -> tuple[int, bool, int, str, str]:
    """Return where an entry stands among its like; the lowest is the best."""
    is_mapped = any(signal.name == SIGNAL for signal in entry.found.breakdown)
    path = entry.found.path
    return -entry.found.confidence, not is_mapped, len(path), path, entry.id
