"""A provider's model, opened for a role."""

from collections.abc import Mapping

from taskforce.core.clock import Clock
from taskforce.core.videos.ports import ClipRenderer, FrameRenderer
from taskforce.infrastructure.network.addresses import AddressRules
from taskforce.infrastructure.network.destinations import Destinations
from taskforce.infrastructure.videos.failures import Party
from taskforce.infrastructure.videos.offers import Offer
from taskforce.infrastructure.videos.on_demand import ClipsOnDemand, FramesOnDemand
from taskforce.infrastructure.videos.reach import Reach
from taskforce.settings import ModelAccess

ADDRESSES: Mapping[str, str] = {
    "google": "https://generativelanguage.googleapis.com",
    "openai": "https://api.openai.com/v1",
}
_PACKAGES: Mapping[str, str] = {
    "google": "taskforce.infrastructure.videos.google",
    "openai": "taskforce.infrastructure.videos.openai",
}
"""Where their formats are spoken."""


def frames(
    offer: Offer, access: ModelAccess, *, key: str, rules: AddressRules, clock: Clock
) -> FrameRenderer:
    """Return who makes pictures; nobody is asked anything."""
    reach = _reach(offer, access, key=key, rules=rules, clock=clock)
    return FramesOnDemand(reach, _PACKAGES[offer.provider])


def clips(offer: Offer, access: ModelAccess, *, key: str, rules: AddressRules, clock: Clock) -> ClipRenderer:
    """Return who makes clips; nobody is asked anything."""
    reach = _reach(offer, access, key=key, rules=rules, clock=clock)
    return ClipsOnDemand(reach, _PACKAGES[offer.provider])


def _reach(offer: Offer, access: ModelAccess, *, key: str, rules: AddressRules, clock: Clock) -> Reach:
    return Reach(
        offer=offer,
        party=Party(name=offer.name, variable=access.variable, key=key),
        address=access.base_url or ADDRESSES[offer.provider],
        is_own_address=access.base_url is not None,
        destinations=Destinations(rules=rules),
        clock=clock,
    )
