"""A provider's model, opened for a role."""

from collections.abc import Callable, Mapping

from taskforce.core.clock import Clock
from taskforce.core.videos.ports import ClipRenderer, FrameRenderer
from taskforce.infrastructure.network.addresses import AddressRules
from taskforce.infrastructure.network.destinations import Destinations
from taskforce.infrastructure.videos.failures import Party
from taskforce.infrastructure.videos.google.clips import GoogleClips
from taskforce.infrastructure.videos.google.frames import GoogleFrames
from taskforce.infrastructure.videos.offers import Offer
from taskforce.infrastructure.videos.openai.clips import OpenAIClips
from taskforce.infrastructure.videos.openai.frames import OpenAIFrames
from taskforce.infrastructure.videos.reach import Reach
from taskforce.settings import ModelAccess

ADDRESSES: Mapping[str, str] = {
    "google": "https://generativelanguage.googleapis.com",
    "openai": "https://api.openai.com/v1",
}
_FRAMES: Mapping[str, Callable[[Reach], FrameRenderer]] = {"google": GoogleFrames, "openai": OpenAIFrames}
_CLIPS: Mapping[str, Callable[[Reach], ClipRenderer]] = {"google": GoogleClips, "openai": OpenAIClips}


def frames(
    offer: Offer, access: ModelAccess, *, key: str, rules: AddressRules, clock: Clock
) -> FrameRenderer:
    """Return who makes pictures; nobody is asked anything."""
    return _FRAMES[offer.provider](_reach(offer, access, key=key, rules=rules, clock=clock))


def clips(offer: Offer, access: ModelAccess, *, key: str, rules: AddressRules, clock: Clock) -> ClipRenderer:
    """Return who makes clips; nobody is asked anything."""
    return _CLIPS[offer.provider](_reach(offer, access, key=key, rules=rules, clock=clock))


def _reach(offer: Offer, access: ModelAccess, *, key: str, rules: AddressRules, clock: Clock) -> Reach:
    return Reach(
        offer=offer,
        party=Party(name=offer.name, variable=access.variable, key=key),
        address=access.base_url or ADDRESSES[offer.provider],
        is_own_address=access.base_url is not None,
        destinations=Destinations(rules=rules),
        clock=clock,
    )
