"""What is asked when old jobs are to go, and how it is shown what went."""

from datetime import timedelta

from pydantic import Field

from taskforce.application.jobs.schemas import Moment, Request, View
from taskforce.core.shapes import Count

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class PruneJobs(Request):
    """How old what is removed must be."""

    older_than: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]{0,4}[smhdw]$",
        max_length=6,
        description="Only what ended longer ago, such as 30d or 12h; else the setting retention_days counts.",
    )
    dry_run: bool = Field(default=False, description="Only count, and remove nothing.")

    @property
    def age(self) -> timedelta | None:
        """Return it as a duration."""
        if self.older_than is None:
            return None
        return timedelta(**{_UNITS[self.older_than[-1]]: int(self.older_than[:-1])})


class PruneView(View):
    """What was removed, or in a dry run would be."""

    jobs: Count
    """Jobs that belong to no session."""
    sessions: Count
    """Sessions, each with its jobs."""
    logs: Count
    """Pipeline runs that have lost their logs, which the settings keep for less time than the runs."""
    before: Moment
    """All that was used last before this moment."""
    dry_run: bool
