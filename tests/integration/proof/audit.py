"""What must hold of the ledger: while jobs run, looked at after each commit, and when all are over."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.integration.proof.virtual_disk import Disk

OVER = frozenset({"succeeded", "failed", "cancelled"})


class Finding(AssertionError):
    """Something that must hold does not."""


class Seen(NamedTuple):
    """A job's row, as much of it as the audit looks at."""

    id: str
    status: str
    epoch: int
    owner: str | None
    until: int | None
    last_event: int
    version: int
    due: int | None
    outcome: str


_ROWS = """
    SELECT id, status, epoch, lease_owner, lease_until, last_event, version, due_at,
           coalesce(result, '') || coalesce(failure, '') || coalesce(ended_at, '')
    FROM jobs ORDER BY created_at, id
"""


@dataclass(slots=True)
class Auditor:
    """Compares each state of the jobs with the one before it."""

    disk: Disk
    dead: Callable[[str], bool]
    """Tells whether a worker is known to be dead: its leases are taken before they end."""
    losses: Counter[str] = field(default_factory=Counter)
    """How often a worker lost a job to another."""
    _seen: dict[str, Seen] = field(default_factory=dict)
    _owners: dict[tuple[str, int], str] = field(default_factory=dict)

    def look(self, now: int, *, earliest: int) -> None:
        """Look at the jobs; the moments are in microseconds, as in the rows. Raises Finding.

        It is `now` by the clock of who wrote last, and `earliest` by the one that is most behind.
        """
        for row in self.disk.rows(_ROWS):
            after = Seen(*row)  # type: ignore[arg-type] # a row's types are those of the columns
            before = self._seen.get(after.id)
            self._seen[after.id] = after
            self._check_owner(after)
            is_put_off = after.status == "queued" and (after.due is None or after.due > earliest)
            _demand(not is_put_off, f"a queued job is not due by every clock: {after}")
            if before is not None and before != after:
                self._check_change(before, after, now)

    def _check_owner(self, row: Seen) -> None:
        if row.owner is not None:
            owner = self._owners.setdefault((row.id, row.epoch), row.owner)
            _demand(owner == row.owner, f"epoch {row.epoch} of {row.id} has two owners: {owner}, {row.owner}")

    def _check_change(self, before: Seen, after: Seen, now: int) -> None:
        _demand(before.status not in OVER, f"an ended job changed: {before} -> {after}")
        _demand(after.epoch >= before.epoch, f"an epoch went back: {before} -> {after}")
        _demand(after.last_event >= before.last_event, f"a log became shorter: {before} -> {after}")
        is_held = after.status == "running" and before._replace(until=after.until, due=after.due) == after
        is_told = after.version > before.version or is_held  # how long a lease holds is shown to nobody
        _demand(is_told, f"a row changed without its version: {before} -> {after}")
        is_taken_over = (
            before.status == "running" and after.epoch > before.epoch and after.status == "running"
        )
        if is_taken_over:
            self.losses[after.id] += 1
            is_anothers = before.owner not in {None, after.owner} and not self.dead(before.owner or "")
            live = is_anothers and before.until is not None and before.until > now
            _demand(not live, f"a live lease was stolen at {now}: {before} -> {after}")


def examine(disk: Disk) -> None:
    """Look at all that is written. Raises Finding."""
    for job, last, distinct, count, low, high in disk.rows(
        "SELECT j.id, j.last_event, count(DISTINCT e.number), count(e.number), min(e.number), max(e.number)"
        " FROM jobs j LEFT JOIN job_events e ON e.job = j.number GROUP BY j.id"
    ):
        _demand(
            (distinct, count, low, high) == (last, last, 1, last),
            f"the log of {job} has gaps or doubles: {distinct} of {count}, {low} to {high}, head {last}",
        )
    _none(disk, "SELECT job, key, count(*) FROM job_steps GROUP BY 1, 2 HAVING count(*) > 1", "steps twice")
    _none(disk, "SELECT job, key, count(*) FROM job_events GROUP BY 1, 2 HAVING count(*) > 1", "told twice")
    _none(
        disk,
        "SELECT j.id, j.status, count(e.key) FROM jobs j LEFT JOIN job_events e"
        " ON e.job = j.number AND e.key = '@complete' GROUP BY 1, 2"
        " HAVING count(e.key) <> (j.status IN ('succeeded', 'failed', 'cancelled'))",
        "jobs whose log does not say once that they are over",
    )
    _none(
        disk,
        "SELECT parent, parent_key, count(*) FROM jobs WHERE parent IS NOT NULL GROUP BY 1, 2"
        " HAVING count(*) > 1",
        "children twice",
    )
    _none(
        disk,
        "SELECT key, count(*) FROM artifacts GROUP BY job, key HAVING count(*) > 1",
        "artifacts twice",
    )


def _none(disk: Disk, query: str, what: str) -> None:
    rows = disk.rows(query)
    _demand(not rows, f"{what}: {rows}")


def _demand(holds: bool, else_say: str) -> None:
    if not holds:
        raise Finding(else_say)
