"""The throttles of the programs: what each says of a job of its kind."""

from collections.abc import Mapping

from taskforce.core.jobs.model import Job, Throttle
from taskforce.core.jobs.program import Program


class Throttles:
    """Asks the program of a job's kind, if it is played here."""

    def __init__(self, programs: Mapping[str, Program]) -> None:
        self._programs = programs

    def of(self, job: Job) -> Throttle | None:
        """Return with how many of its like the job runs and waits. None: with any number."""
        program = self._programs.get(job.kind)
        return None if program is None else program.throttle(job)
