"""Of entries with the same content the best is kept, and the others are told which it is."""

from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.marketplace.duplicates import duplicates
from taskforce.core.marketplace.model import Entry, EntryStatus
from tests.unit.core.marketplace.entries import an_entry

ALIKE = [
    an_entry("agents/a.md", id="of another type", confidence=99),
    an_entry("commands/x/a.md", id="surest", confidence=95),
    an_entry("commands/x/b.md", id="mapped", manual=True),
    an_entry("commands/a.md", id="short", source="another"),
    an_entry("commands/ab.md", id="longer"),
    an_entry("commands/z.md", id="other content", digest="d2"),
    an_entry("c/commands/a.md", id="gone", confidence=100, status=EntryStatus.REMOVED),
]


@given(st.permutations(ALIKE))
def test_confidence_then_the_map_then_the_shorter_path(entries: list[Entry]) -> None:
    left = list(entries)
    order = []
    while copies := duplicates(left):
        (best,) = set(copies.values())
        order.append(best)
        left = [entry for entry in left if entry.id != best]
    assert order == ["surest", "mapped", "short"]
    assert duplicates(entries) == dict.fromkeys(("mapped", "short", "longer"), "surest")


def test_equal_paths_of_two_sources_go_by_id() -> None:
    copies = duplicates([an_entry(id="2", source="b"), an_entry(id="1", source="a")])
    assert copies == {"2": "1"}
