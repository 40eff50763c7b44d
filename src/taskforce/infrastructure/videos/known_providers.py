"""Who makes films: the program that draws offline, and models of providers.

What asks providers is imported when one is opened: a client of HTTP takes its time, and few films need it.
"""

from collections.abc import Mapping

from taskforce.core.clock import Clock
from taskforce.core.videos.errors import ProviderNotReady
from taskforce.core.videos.model import OFFLINE, ModelChoice, Role
from taskforce.core.videos.ports import (
    ClipRenderer,
    FrameRenderer,
    PriceList,
    ScriptWriter,
    VideoProviders,
)
from taskforce.core.videos.prices import Prices
from taskforce.infrastructure.network.addresses import AddressRules
from taskforce.infrastructure.videos.drawn_media import DrawnClips, DrawnFrames
from taskforce.infrastructure.videos.offers import OFFERS, Offer, check_ready
from taskforce.infrastructure.videos.offline.script_writer import RuleScriptWriter
from taskforce.infrastructure.videos.scripts import ModelScripts, StorytellerSource
from taskforce.infrastructure.videos.workshop import Workshop
from taskforce.settings import ModelAccess

STORYBOARD_TOKENS = 1_500, 3_000
"""In and out, about: three scenes are some 1,000 words, and models think before."""


class KnownProviders(VideoProviders, PriceList):
    """Opens them by name: who draws offline, and models. None is asked anything here, or without a key."""

    def __init__(
        self,
        workshop: Workshop,
        *,
        storytellers: StorytellerSource,
        access: Mapping[str, ModelAccess],
        defaults: ModelChoice,
        rules: AddressRules,
        clock: Clock,
    ) -> None:
        self._workshop = workshop
        self._storytellers = storytellers
        self._access = access
        self._defaults = defaults
        self._rules = rules
        self._clock = clock

    def names(self, role: Role) -> tuple[str, ...]:
        offered = [offer.name for offer in OFFERS.values() if offer.role is role]
        known = self._storytellers.names() if role is Role.SCRIPT else offered
        return tuple(dict.fromkeys((self._defaults.of(role), OFFLINE, *known)))

    def script_writer(self, name: str) -> ScriptWriter:
        if name == OFFLINE:
            return RuleScriptWriter()
        if name not in self._storytellers.names():
            raise self._unknown(name, Role.SCRIPT)
        return ModelScripts(self._storytellers.open(name))

    def frame_renderer(self, name: str) -> FrameRenderer:
        if name == OFFLINE:
            return DrawnFrames(self._workshop)
        offer = self._offer(name, Role.FRAMES)
        key = check_ready(offer, self._access[offer.provider])
        from taskforce.infrastructure.videos.opening import frames

        return frames(offer, self._access[offer.provider], key=key, rules=self._rules, clock=self._clock)

    def clip_renderer(self, name: str) -> ClipRenderer:
        if name == OFFLINE:
            return DrawnClips(self._workshop)
        offer = self._offer(name, Role.CLIPS)
        key = check_ready(offer, self._access[offer.provider])
        from taskforce.infrastructure.videos.opening import clips

        return clips(offer, self._access[offer.provider], key=key, rules=self._rules, clock=self._clock)

    def prices(self, models: ModelChoice) -> Prices:
        return Prices(
            storyboard=_storyboard_price(models.script),
            picture=_price(models.frames),
            clip_second=_price(models.clips),
            clip_lengths=OFFERS[models.clips].lengths if models.clips in OFFERS else (),
        )

    def _offer(self, name: str, role: Role) -> Offer:
        offer = OFFERS.get(name)
        if offer is None or offer.role is not role:
            raise self._unknown(name, role)
        return offer

    def _unknown(self, name: str, role: Role) -> ProviderNotReady:
        known = ", ".join(one for one in self.names(role) if one != name)
        return ProviderNotReady(name, f"Nobody of this name makes {role.value} here. Choose one of {known}.")


def _price(name: str) -> float:
    offer = OFFERS.get(name)
    return 0.0 if offer is None else offer.price


def _storyboard_price(name: str) -> float:
    """Return US dollars by the public list of tokens' prices (genai-prices); nothing when it has none."""
    provider, _, model = name.partition(":")
    if not model:
        return 0.0
    from genai_prices import Usage, calc_price

    tokens_in, tokens_out = STORYBOARD_TOKENS
    usage = Usage(input_tokens=tokens_in, output_tokens=tokens_out)
    try:
        price = calc_price(usage, model, provider_id=provider.partition("-")[0])
    except LookupError:
        return 0.0
    return float(price.total_price)
