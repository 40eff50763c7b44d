"""What a look at the stored files of an item comes to."""

from dataclasses import dataclass

from taskforce.core.marketplace.model import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A file that is not what was imported."""

    path: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a look at an item came to."""

    item: Item
    found_digest: str | None
    """What its files come to now; None when one of them cannot be read."""
    differences: tuple[Difference, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether all of it is as it was imported."""
        return self.found_digest == self.item.digest and not self.differences
