"""What becomes of the entries of an import."""

from dataclasses import dataclass
from typing import Self

from taskforce.core.errors import TaskforceError
from taskforce.core.marketplace.model import Entry, EntryId, Item, ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An entry that is in the collection now."""

    entry: Entry
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicting:
    """An entry whose name is taken, and about which nobody said what becomes of it."""

    entry: Entry
    name: str
    existing: ItemId
    suggested: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An entry whose name is taken, and that was to be skipped then."""

    entry: Entry
    existing: ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An entry that could not be taken."""

    entry: EntryId
    code: str
    problem: str

    @classmethod
    def by(cls, entry: EntryId, error: TaskforceError) -> Self:
        """Return that an error kept an entry from being taken."""
        return cls(entry=entry, code=error.code, problem=error.message)


Outcome = Taken | Conflicting | Skipped | Failed


def told(outcome: Outcome) -> tuple[EntryId, str, str]:
    """Return what the audit is told: the entry, what became of it in a word, and more of that for people."""
    match outcome:
        case Failed(entry=entry, problem=problem):
            return entry, "error", problem
        case Skipped(entry=skipped, existing=existing):
            return skipped.id, "skipped", f"its name is that of {existing}"
        case Conflicting(entry=conflicting, name=name, existing=existing):
            return conflicting.id, "conflict", f"{name} is the name of {existing}"
        case Taken(entry=taken, item=item):
            return taken.id, "success", item.name
