"""Pictures of providers, over their real formats."""

from base64 import urlsafe_b64decode
from traceback import format_exception

import pytest

from taskforce.core.errors import Exhausted, TaskforceError, Unavailable
from taskforce.core.videos.errors import ContentRefused, ProviderFailed
from taskforce.core.videos.limits import MOST_PICTURE_BYTES
from taskforce.core.videos.model import AspectRatio
from taskforce.infrastructure.videos.containers import png_size
from tests.integration.videos.film_models import SMALL, WIRES, a_frame_order, frames_at, peer_of
from tests.services.media_files import a_picture, a_picture_head
from tests.services.media_peer import KEY, WAIT_SECONDS, Call, Fault
from tests.services.openai_media import form_of

LATER: dict[Fault, type[TaskforceError]] = {
    Fault.BUSY: Exhausted,
    Fault.BUSY_INSIDE: Exhausted,
    Fault.BROKEN: Unavailable,
    Fault.OVERLOADED: Unavailable,
    Fault.HANGS_UP: Unavailable,
}
NEVER: dict[Fault, tuple[type[TaskforceError], str]] = {
    Fault.SPENT: (ProviderFailed, "used up"),
    Fault.WRONG_KEY: (ProviderFailed, "_API_KEY"),
    Fault.UNKNOWN: (ProviderFailed, "404"),
    Fault.REFUSED: (ContentRefused, "refuses this content"),
    Fault.NONSENSE: (ProviderFailed, "cannot be read"),
    Fault.OTHER_FORM: (ProviderFailed, "cannot be read"),
}


async def test_google_draws_by_generate_content() -> None:
    with peer_of("google") as peer:
        picture = await frames_at(peer, "google").render(a_frame_order(earlier=SMALL))
        (asked,) = peer.of(Call.PICTURE)
    assert picture == peer.picture
    assert asked.target == "/v1beta/models/gemini-3.1-flash-image:generateContent"
    earlier, words = asked.json["contents"][0]["parts"]
    assert urlsafe_b64decode(earlier["inlineData"]["data"]) == SMALL
    assert {"A fox before a bridge at dusk", "Rusty: a red fox with a torn ear"} <= set(
        words["text"].split("\n")
    )
    assert asked.json["generationConfig"] == {
        "responseModalities": ["IMAGE"],
        "imageConfig": {"aspectRatio": "16:9", "imageSize": "1K"},
        "seed": 7,
    }


async def test_openai_draws_the_first_picture_by_generations_and_others_by_edits() -> None:
    with peer_of("openai") as peer:
        frames = frames_at(peer, "openai")
        await frames.render(a_frame_order())
        await frames.render(a_frame_order(earlier=SMALL))
        first, second = peer.of(Call.PICTURE)
    assert first.target == "/v1/images/generations"
    sizes = {name: first.json[name] for name in ("model", "size", "quality", "output_format", "n")}
    assert sizes == {
        "model": "gpt-image-2.5-flare",
        "size": "1280x720",
        "quality": "medium",
        "output_format": "png",
        "n": 1,
    }
    assert second.target == "/v1/images/edits"
    parts = form_of(second)
    assert parts["image"].get_payload(decode=True) == SMALL
    assert parts["size"].get_payload() == "1280x720"


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("format", ["JPEG", "WEBP", "PNG"])
async def test_a_picture_of_another_size_or_format_becomes_the_png_that_was_ordered(
    wire: str, format: str
) -> None:
    given = a_picture(1376, 768, format=format)
    with peer_of(wire, picture=given) as peer:
        picture = await frames_at(peer, wire).render(a_frame_order(ratio=AspectRatio.SQUARE))
    assert png_size(picture) == (960, 960)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    "given", [b"<svg/>", SMALL[: len(SMALL) // 2], b"\x89PNG\r\n\x1a\n"], ids=["svg", "cut", "head"]
)
async def test_a_picture_that_cannot_be_read_is_refused(wire: str, given: bytes) -> None:
    with peer_of(wire, picture=given) as peer, pytest.raises(ProviderFailed, match="its picture is broken"):
        await frames_at(peer, wire).render(a_frame_order())


async def test_a_picture_of_too_many_bytes_is_refused_before_it_is_read() -> None:
    with (
        peer_of("openai", picture=bytes(MOST_PICTURE_BYTES + 1)) as peer,
        pytest.raises(ProviderFailed, match="its picture has 33,554,433 bytes"),
    ):
        await frames_at(peer, "openai").render(a_frame_order())


@pytest.mark.parametrize("wire", WIRES)
async def test_an_answer_without_end_is_left(wire: str) -> None:
    with peer_of(wire) as peer:
        peer.plan(Call.PICTURE, Fault.ENDLESS)
        with pytest.raises(ProviderFailed, match="the answer is longer than any may be"):
            await frames_at(peer, wire).render(a_frame_order())


async def test_a_picture_of_too_many_pixels_is_not_unpacked() -> None:
    told = a_picture_head(8_000, 6_000)
    with (
        peer_of("google", picture=told) as peer,
        pytest.raises(ProviderFailed, match="than 40,000,000 pixels"),
    ):
        await frames_at(peer, "google").render(a_frame_order())


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(("fault", "error"), LATER.items())
async def test_what_may_go_later_is_told_so_after_one_request(
    wire: str, fault: Fault, error: type[TaskforceError]
) -> None:
    with peer_of(wire) as peer:
        peer.plan(Call.PICTURE, fault)
        with pytest.raises(error) as raised:
            await frames_at(peer, wire).render(a_frame_order())
        assert peer.calls == {"picture": 1}
        assert await frames_at(peer, wire).render(a_frame_order()) == peer.picture
    waits = WAIT_SECONDS if fault in {Fault.BUSY, Fault.BUSY_INSIDE} else 0
    assert isinstance(raised.value, Exhausted | Unavailable)
    assert raised.value.retry_after.total_seconds() == waits


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(("fault", "told"), NEVER.items())
async def test_what_no_further_try_mends_is_told_so_without_the_key(
    wire: str, fault: Fault, told: tuple[type[TaskforceError], str]
) -> None:
    error, words = told
    with peer_of(wire) as peer:
        peer.plan(Call.PICTURE, fault)
        with pytest.raises(error, match=words) as raised:
            await frames_at(peer, wire).render(a_frame_order())
        assert peer.calls == {"picture": 1}
    assert KEY not in "".join(format_exception(raised.value))


async def test_a_prompt_that_google_blocks_before_it_draws_is_refused_with_its_reason() -> None:
    with peer_of("google") as peer:
        peer.plan(Call.PICTURE, Fault.FAILED)
        with pytest.raises(ContentRefused, match="PROHIBITED_CONTENT"):
            await frames_at(peer, "google").render(a_frame_order())


async def test_words_in_place_of_a_picture_are_asked_about_again() -> None:
    with peer_of("google") as peer:
        peer.plan(Call.PICTURE, Fault.EMPTY)
        with pytest.raises(Unavailable, match="gave no picture"):
            await frames_at(peer, "google").render(a_frame_order())


async def test_an_answer_without_a_picture_is_told() -> None:
    with peer_of("openai") as peer:
        peer.plan(Call.PICTURE, Fault.EMPTY)
        with pytest.raises(ProviderFailed, match="holds no picture"):
            await frames_at(peer, "openai").render(a_frame_order())


@pytest.mark.parametrize("wire", WIRES)
async def test_nobody_home_is_told_as_away(wire: str) -> None:
    with peer_of(wire) as peer:
        frames = frames_at(peer, wire)
    with pytest.raises(Unavailable, match="did not answer"):
        await frames.render(a_frame_order())
