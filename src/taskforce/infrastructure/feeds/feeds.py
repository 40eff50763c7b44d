"""Which feed it is: of a broker, between all that share a database, or within the process."""

from pydantic import SecretStr

from taskforce.core.jobs.ports import JobFeed
from taskforce.infrastructure.database.notices import Notices
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from taskforce.infrastructure.feeds.postgres import PostgresFeed
from taskforce.infrastructure.nats.links import NatsLinks, require_the_client


def feed_over(url: SecretStr | None, notices: Notices | None, links: NatsLinks) -> JobFeed:
    """Return the feed at an address; without one it reaches other processes where there are notices.

    Raises SettingsInvalid when the extra is missing that the address needs.
    """
    if url is None:
        return InProcessFeed() if notices is None else PostgresFeed(notices)
    require_the_client("feed_url")
    from taskforce.infrastructure.feeds.nats import NatsFeed  # noqa: PLC0415
    from taskforce.infrastructure.nats.link import NatsLink  # noqa: PLC0415

    link = NatsLink(url.get_secret_value())
    links.add(link.close)
    return NatsFeed(link)
