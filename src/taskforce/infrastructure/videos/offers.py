"""The models that make pictures and clips: what each is called, needs, can and costs.

Which there are, by what their providers have shut down (ai.google.dev/gemini-api/docs/deprecations as the
package google-genai 2.34 points to it, the package openai 3.54): Imagen is gone since 2026-08-17 in favour of
Gemini's picture models, and OpenAI's videos since 2026-09-24. That format is still spoken by other servers,
so it is offered for an address of one's own (OPENAI_BASE_URL).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from taskforce.core.videos.errors import ProviderNotReady
from taskforce.core.videos.model import Role
from taskforce.core.videos.prices import length_for
from taskforce.settings import ModelAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model that has a role."""

    provider: str
    """Whose key, address and format it takes."""
    model: str
    role: Role
    price: float
    """US dollars for one picture of the size that is ordered, or for one second of a clip."""
    lengths: tuple[int, ...] = ()
    """Seconds that its clips may have, shortest first."""
    needs_address: bool = False
    """Whether its provider has shut it down, so that only another server can have it."""

    @property
    def name(self) -> str:
        """Return what it is called here."""
        return f"{self.provider}:{self.model}"

    def length_for(self, seconds: int) -> int:
        """Return the shortest length that is long enough, else the longest."""
        return length_for(self.lengths, seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needs:
    """What a provider's format comes with."""

    package: str
    extra: str


_NEEDS: Mapping[str, _Needs] = {
    "google": _Needs(package="google.genai", extra="videos-google"),
    "openai": _Needs(package="openai", extra="videos-openai"),
}


def check_ready(offer: Offer, access: ModelAccess) -> str:
    """Return the key that a model is asked with. Raises ProviderNotReady with what to do first."""
    needs = _NEEDS[offer.provider]
    if not _is_installed(needs.package):
        raise ProviderNotReady(offer.name, f"Install what it needs: pip install 'taskforce[{needs.extra}]'.")
    if access.key is None:
        raise ProviderNotReady(offer.name, f"Set {access.variable}.")
    if offer.needs_address and access.base_url is None:
        remedy = (
            f"Its provider has shut it down. Set {offer.provider.upper()}_BASE_URL to a server that has it, "
            "or choose another model."
        )
        raise ProviderNotReady(offer.name, remedy)
    return access.key.get_secret_value()


def _is_installed(package: str) -> bool:
    parent, _, _ = package.rpartition(".")
    return (not parent or find_spec(parent) is not None) and find_spec(package) is not None


_VEO_LENGTHS = (4, 6, 8)
_SORA_LENGTHS = (4, 8, 12)

OFFERS: Mapping[str, Offer] = {
    offer.name: offer
    for offer in (
        # A picture of 1K is 1,120 tokens at $60 and $120 a million: ai.google.dev/gemini-api/docs/pricing as
        # genai-prices 0.2.3 has it of 2026-10-14.
        Offer(provider="google", model="gemini-3.1-flash-image", role=Role.FRAMES, price=0.067),
        Offer(provider="google", model="gemini-3-pro-image", role=Role.FRAMES, price=0.134),
        # A picture of medium quality and 1536x1024 is about 1,370 tokens at $30 a million, and the one before
        # it about as many at $8: developers.openai.com/api/docs/pricing as genai-prices 0.2.3 has it of
        # 2026-10-14. Ours are smaller, so this is the most that is to be expected.
        Offer(provider="openai", model="gpt-image-2.5-flare", role=Role.FRAMES, price=0.053),
        Offer(provider="openai", model="gpt-image-2.5-sunburst", role=Role.FRAMES, price=0.053),
        # With sound, at 720p: ai.google.dev/gemini-api/docs/pricing, read on 2026-10-07 (Veo 3.1) and in May
        # 2026 (fast, lite).
        Offer(
            provider="google",
            model="veo-3.1-generate-preview",
            role=Role.CLIPS,
            price=0.40,
            lengths=_VEO_LENGTHS,
        ),
        Offer(
            provider="google",
            model="veo-3.1-fast-generate-preview",
            role=Role.CLIPS,
            price=0.10,
            lengths=_VEO_LENGTHS,
        ),
        Offer(
            provider="google",
            model="veo-3.1-lite-generate-preview",
            role=Role.CLIPS,
            price=0.05,
            lengths=_VEO_LENGTHS,
        ),
        # At 720p: OpenAI's last list, of June 2026. Another server may ask for more or less.
        Offer(
            provider="openai",
            model="sora-2",
            role=Role.CLIPS,
            price=0.10,
            lengths=_SORA_LENGTHS,
            needs_address=True,
        ),
        Offer(
            provider="openai",
            model="sora-2-pro",
            role=Role.CLIPS,
            price=0.30,
            lengths=_SORA_LENGTHS,
            needs_address=True,
        ),
    )
}
