"""Which feed it is: within the process, or between all that share a database."""

from taskforce.core.jobs.ports import JobFeed
from taskforce.infrastructure.database.notices import Notices
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from taskforce.infrastructure.feeds.postgres import PostgresFeed


def feed_over(notices: Notices | None) -> JobFeed:
    """Return the feed; it reaches other processes where there are notices."""
    return InProcessFeed() if notices is None else PostgresFeed(notices)
