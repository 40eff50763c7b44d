"""Which bus it is: that of the house alone, or one that a broker's subjects follow."""

from pydantic import SecretStr

from taskforce.core.webhooks.ports import EventBus
from taskforce.infrastructure.nats.links import NatsLinks, require_the_client


def bus_over(url: SecretStr | None, following: EventBus, links: NatsLinks) -> EventBus:
    """Return the bus of the house; with an address, one that hands its events to the server there too.

    Raises SettingsInvalid when the extra is missing that the address needs.
    """
    if url is None:
        return following
    require_the_client("events_url")
    from taskforce.infrastructure.nats.link import NatsLink  # noqa: PLC0415
    from taskforce.infrastructure.webhooks.nats import NatsBus  # noqa: PLC0415

    link = NatsLink(url.get_secret_value())
    links.add(link.close)
    return NatsBus(following, link)
