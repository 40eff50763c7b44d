"""One who follows a job through whatever machine is there, and comes back with the last number."""

from collections.abc import Callable

from taskforce.application.jobs.watch import LogFollower
from taskforce.core.identity import JobId
from tests.integration.proof.audit import Finding


class Watcher:
    """Reads the log of a job to its end; a number that is missing or comes twice is a finding."""

    def __init__(self, job_id: JobId, *, find: Callable[[object], None]) -> None:
        self.job_id = job_id
        self.last = 0
        self.has_seen_the_end = False
        self._find = find

    async def follow(self, follower: LogFollower) -> None:
        """Go on from the last number until the end, or until the machine dies or the watcher leaves."""
        async for page in follower.follow(self.job_id, after=self.last):
            for told in page.events:
                if told.number != self.last + 1:
                    self._find(Finding(f"who watches {self.job_id} sees {told.number} after {self.last}"))
                self.last = told.number
            self.has_seen_the_end = page.is_end
