"""Jobs that wait for cards, and who gets one that comes back: the earliest date, then priority, then age."""

from heapq import heappop, heappush

from taskforce.core.scenarios.engine.cards import Kinds
from taskforce.core.scenarios.engine.jobs import Job


class Board:
    """Where cards hang. A job gets all that it needs at once, or none."""

    __slots__ = ("_fresh", "_left", "_lines", "stirred", "waiting")

    def __init__(self, counts: Kinds) -> None:
        self._left = list(counts)
        self._lines: dict[Kinds, list[tuple[float, int, int, Job]]] = {}
        self._fresh: list[Job] = []
        self.waiting = 0
        self.stirred = False
        """Whether a job or a card has come since it was last looked at."""

    def wait(self, job: Job, date: float) -> None:
        """Let a job wait for the cards of its step."""
        line = self._lines.setdefault(job.step.takes, [])
        heappush(line, (date, -job.priority, job.number, job))
        self._fresh.append(job)
        self.waiting += 1
        self.stirred = True

    def give(self, job: Job, kinds: Kinds) -> None:
        """Take cards back from a job."""
        for kind in kinds:
            job.held.remove(kind)
            self._left[kind] += 1
        self.stirred = True

    def blocked(self, admitted: list[Job]) -> list[Job]:
        """Return those that have come since this was last asked, and are not admitted."""
        fresh, self._fresh = self._fresh, []
        return [job for job in fresh if job not in admitted]

    def admitted(self) -> list[Job]:
        """Hand out cards, and return the jobs that have got theirs."""
        self.stirred = False
        admitted: list[Job] = []
        left = self._left
        while True:
            ready = [
                line for kinds, line in self._lines.items() if line and all(left[kind] for kind in kinds)
            ]
            if not ready:
                return admitted
            job = heappop(min(ready))[3]
            for kind in job.step.takes:
                left[kind] -= 1
            job.held.extend(job.step.takes)
            self.waiting -= 1
            admitted.append(job)
