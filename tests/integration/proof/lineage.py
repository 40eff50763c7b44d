"""Which jobs continue which, as the disk says."""

from collections.abc import Iterator

from taskforce.core.jobs.model import Job
from tests.integration.proof.virtual_disk import Disk


class Lineage:
    """Knows of each job those that it continues."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._continued: dict[str, str | None] = {}

    def chain(self, job: str) -> Iterator[str]:
        """Yield a job and those it continues, the nearest first."""
        near: str | None = job
        while near is not None:
            yield near
            near = self._before(near)

    def origin(self, job: str) -> str:
        """Return the first of them."""
        *_, first = self.chain(job)
        return first

    def owns(self, job: Job) -> bool:
        """Tell whether a job is played by whom the disk says."""
        return self._disk.rows("SELECT epoch FROM jobs WHERE id = ?", job.id) == [(job.epoch,)]

    def _before(self, job: str) -> str | None:
        if job not in self._continued:
            ((before,),) = self._disk.rows("SELECT continues FROM jobs WHERE id = ?", job)
            self._continued[job] = None if before is None else str(before)
        return self._continued[job]
