"""Who can be named, what each lacks, and what each costs; nobody is asked anything."""

import sys
from pathlib import Path

import pytest

from taskforce.core.videos.errors import ProviderNotReady
from taskforce.core.videos.model import OFFLINE, ModelChoice, Role
from taskforce.core.videos.prices import Prices
from taskforce.infrastructure.videos.drawn_media import DrawnClips, DrawnFrames
from taskforce.infrastructure.videos.offers import OFFERS
from taskforce.infrastructure.videos.offline.script_writer import RuleScriptWriter
from tests.integration.videos.film_models import CLIPS, FRAMES, WIRES, peer_of, providers_at
from tests.services.media_peer import KEY


def test_the_default_comes_first_and_every_offer_can_be_named() -> None:
    known = providers_at(None, "google", key=None)
    assert known.names(Role.SCRIPT) == (OFFLINE,)
    for role in (Role.FRAMES, Role.CLIPS):
        first, *others = known.names(role)
        assert first == OFFLINE
        assert others == [name for name, offer in OFFERS.items() if offer.role is role]


@pytest.mark.parametrize("wire", WIRES)
def test_none_is_opened_without_a_key_though_it_has_an_address(wire: str) -> None:
    with peer_of(wire) as peer:
        known = providers_at(peer, wire, key=None)
        with pytest.raises(ProviderNotReady, match=rf"Set {wire.upper()}_API_KEY\."):
            known.frame_renderer(FRAMES[wire])
        with pytest.raises(ProviderNotReady, match=rf"Set {wire.upper()}_API_KEY\."):
            known.clip_renderer(CLIPS[wire])
        assert peer.asked == []


def test_to_open_one_asks_nobody() -> None:
    with peer_of("google") as peer:
        known = providers_at(peer, "google")
        known.frame_renderer(FRAMES["google"])
        known.clip_renderer(CLIPS["google"])
        assert peer.asked == []


def test_clips_of_openai_need_an_address_since_its_own_is_shut_down() -> None:
    known = providers_at(None, "openai", key=KEY)
    with pytest.raises(ProviderNotReady, match=r"shut it down\. Set OPENAI_BASE_URL"):
        known.clip_renderer("openai:sora-2")
    assert known.frame_renderer("openai:gpt-image-2.5-flare") is not None


@pytest.mark.parametrize(
    "name", ["google:imagen-4.0-generate-001", "nobody", "google:veo-3.1-generate-preview"]
)
def test_a_name_without_the_role_is_refused_with_those_that_have_it(name: str) -> None:
    with pytest.raises(ProviderNotReady, match=r"Choose one of offline, google:gemini-3\.1-flash-image"):
        providers_at(None, "google").frame_renderer(name)


def test_offline_is_who_draws_by_program() -> None:
    known = providers_at(None, "google", key=None)
    assert isinstance(known.script_writer(OFFLINE), RuleScriptWriter)
    assert isinstance(known.frame_renderer(OFFLINE), DrawnFrames)
    assert isinstance(known.clip_renderer(OFFLINE), DrawnClips)


def test_a_missing_package_is_told_by_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.genai", None)
    with pytest.raises(ProviderNotReady, match=r"pip install 'taskforce\[videos-google\]'"):
        providers_at(None, "google").clip_renderer(CLIPS["google"])


def test_prices_are_those_of_the_choice() -> None:
    known = providers_at(None, "google")
    assert known.prices(ModelChoice()) == Prices()
    choice = ModelChoice(script="openai:gpt-6-luna", frames=FRAMES["google"], clips=CLIPS["google"])
    prices = known.prices(choice)
    assert (prices.picture, prices.clip_second, prices.clip_lengths) == (0.067, 0.4, (4, 6, 8))
    assert 0 < prices.storyboard < 1
    assert known.prices(ModelChoice(script="openai-compatible:own")).storyboard == 0


@pytest.mark.parametrize(
    ("name", "asked", "given"),
    [
        ("google:veo-3.1-generate-preview", (2, 4, 5, 8, 60), (4, 4, 6, 8, 8)),
        ("openai:sora-2", (5, 9), (8, 12)),
    ],
)
def test_a_clip_has_the_next_length_that_its_model_knows(
    name: str, asked: tuple[int, ...], given: tuple[int, ...]
) -> None:
    assert tuple(map(OFFERS[name].length_for, asked)) == given


def test_the_page_about_models_tells_every_offer_with_its_price() -> None:
    page = Path(__file__).parents[3] / "docs/how-to/film-with-real-models.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    for name, offer in OFFERS.items():
        (line,) = [line for line in lines if line.startswith(f"| `{name}`")]
        assert f"| {offer.price:g} " in line
        assert f"`videos-{offer.provider}`" in line
