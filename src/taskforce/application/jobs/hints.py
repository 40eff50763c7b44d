"""The hints that plays were begun by: kept while these go on, settled when they have ended."""

from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import Hint


class HeldHints:
    """By job. A queue that counts its hints gives one that nobody settles to another worker."""

    def __init__(self) -> None:
        self._hints: dict[JobId, Hint] = {}

    def hold(self, job_id: JobId, hint: Hint) -> None:
        """Hold the hint that a play was begun by."""
        self._hints[job_id] = hint

    def keep(self) -> None:
        """Say of all that what they led to goes on; from any thread."""
        for hint in tuple(self._hints.values()):
            hint.keep()

    def end(self, job_id: JobId, *, is_done: bool) -> None:
        """Settle the hint of a play that did its part; pass on that of one which was cut off."""
        hint = self._hints.pop(job_id, None)
        if hint is not None:
            (hint.settle if is_done else hint.pass_on)()
