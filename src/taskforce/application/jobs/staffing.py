"""This process's worker, made when there is something for it to do: most commands only look."""

from collections.abc import Callable
from threading import Lock

from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.jobs.worker import Worker


class Staffing:
    """Has one worker at most."""

    def __init__(self, make: Callable[[], Worker]) -> None:
        self._make = make
        self._made: Worker | None = None
        self._making = Lock()

    @property
    def worker(self) -> Worker:
        """Return the worker."""
        with self._making:
            self._made = self._made or self._make()
            return self._made

    def look(self) -> None:
        """Let the worker look at once whether a job was cancelled or answered, if it was made."""
        if self._made is not None:
            self._made.look()

    def stop(self) -> None:
        """Stop the worker, if it was made; see there."""
        if self._made is not None:
            self._made.stop()
