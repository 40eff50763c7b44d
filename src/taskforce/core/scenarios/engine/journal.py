"""The timeline of a replication, as it is written: only of those that are to have one."""

from itertools import starmap

from taskforce.core.scenarios.outcome import Entry, Happening

Line = tuple[float, Happening, str, str, str, str, int]


class Journal:
    """Lines in the order of things. Whoever writes often asks for `lines` and appends to it."""

    __slots__ = ("lines",)

    def __init__(self, *, kept: bool) -> None:
        self.lines: list[Line] | None = [] if kept else None

    def note_machine(self, now: float, event: Happening, machine_id: str) -> None:
        """Write what happens to a machine."""
        if self.lines is not None:
            self.lines.append((now, event, "", machine_id, "", "", 0))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return all of it."""
        return tuple(starmap(Entry, self.lines or ()))
