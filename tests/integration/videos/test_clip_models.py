"""Clips of providers, over their real formats: ordered in one call, looked at in others."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from ipaddress import IPv4Network
from traceback import format_exception

import pytest

from taskforce.core.errors import Exhausted, TaskforceError, Unavailable
from taskforce.core.videos.errors import ContentRefused, ProviderFailed
from taskforce.core.videos.model import AspectRatio
from taskforce.core.videos.ports import POLL_PAUSE, ClipFailed, ClipMade, ClipPending, ClipRefused
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.videos.containers import png_size
from tests.integration.videos.film_models import WIRES, a_clip_order, clips_at, peer_of
from tests.services.google_media import RAI_REASON
from tests.services.media_peer import KEY, WAIT_SECONDS, Call, Fault
from tests.services.openai_media import BLOCKED, form_of

ORDER = a_clip_order()
LOOPBACK = (IPv4Network("127.0.0.0/8"),)


@pytest.mark.parametrize("wire", WIRES)
async def test_an_operation_is_looked_at_by_its_id_alone_until_its_clip_is_there(wire: str) -> None:
    with peer_of(wire, pending=2) as peer:
        operation = await clips_at(peer, wire).submit(ORDER, key="scene/1")
        assert peer.calls == {"submit": 1}
        found = [await clips_at(peer, wire).poll(operation, ORDER) for _ in range(4)]
        assert found == [
            ClipPending(),
            ClipPending(),
            ClipMade(content=peer.clip),
            ClipMade(content=peer.clip),
        ]
        assert peer.calls == {"submit": 1, "poll": 4, "link": 2}
        clips = clips_at(peer, wire)
    assert KEY not in operation
    assert (clips.pause, clips.orders_are_free) == (POLL_PAUSE, False)


async def test_google_is_given_both_pictures_and_the_next_length_that_it_knows() -> None:
    with peer_of("google") as peer:
        await clips_at(peer, "google").submit(ORDER, key="k")
        (asked,) = peer.of(Call.SUBMIT)
    assert asked.target == "/v1beta/models/veo-3.1-generate-preview:predictLongRunning"
    (instance,) = asked.json["instances"]
    assert instance["prompt"].startswith("The fox walks over the bridge\nStyle: storybook; ink and wash")
    assert urlsafe_b64decode(instance["image"]["bytesBase64Encoded"]) == ORDER.start
    assert urlsafe_b64decode(instance["lastFrame"]["bytesBase64Encoded"]) == ORDER.end
    assert asked.json["parameters"] == {
        "sampleCount": 1,
        "aspectRatio": "16:9",
        "durationSeconds": 6,
        "resolution": "720p",
    }


async def test_openai_is_given_the_first_picture_and_told_of_the_last() -> None:
    with peer_of("openai") as peer:
        await clips_at(peer, "openai").submit(a_clip_order(seconds=60), key="k")
        (asked,) = peer.of(Call.SUBMIT)
    parts = form_of(asked)
    assert parts["input_reference"].get_payload(decode=True) == ORDER.start
    said = {name: part.get_payload() for name, part in parts.items() if name != "input_reference"}
    assert str(said.pop("prompt")).endswith("It ends with: The fox behind the bridge at night")
    assert said == {"model": "sora-2", "seconds": "12", "size": "1280x720"}


async def test_a_square_clip_is_ordered_wide() -> None:
    with peer_of("google") as peer:
        await clips_at(peer, "google").submit(a_clip_order(ratio=AspectRatio.SQUARE), key="k")
        (asked,) = peer.of(Call.SUBMIT)
    (instance,) = asked.json["instances"]
    assert png_size(urlsafe_b64decode(instance["image"]["bytesBase64Encoded"])) == (1280, 720)
    assert asked.json["parameters"]["aspectRatio"] == "16:9"


async def test_a_tall_clip_is_ordered_tall() -> None:
    with peer_of("openai") as peer:
        await clips_at(peer, "openai").submit(a_clip_order(ratio=AspectRatio.TALL), key="k")
        (asked,) = peer.of(Call.SUBMIT)
    assert form_of(asked)["size"].get_payload() == "720x1280"


FAULTS: dict[Fault, tuple[type[TaskforceError], int]] = {
    Fault.BUSY: (Exhausted, WAIT_SECONDS),
    Fault.BUSY_INSIDE: (Exhausted, WAIT_SECONDS),
    Fault.BROKEN: (Unavailable, 0),
    Fault.OVERLOADED: (Unavailable, 0),
    Fault.HANGS_UP: (Unavailable, 0),
}


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("call", [Call.SUBMIT, Call.POLL, Call.LINK])
@pytest.mark.parametrize("fault", FAULTS)
async def test_each_call_is_made_once_and_tells_how_long_to_wait(wire: str, call: Call, fault: Fault) -> None:
    error, seconds = FAULTS[fault]
    with peer_of(wire) as peer:
        clips = clips_at(peer, wire)
        if call is not Call.SUBMIT:
            operation = await clips.submit(ORDER, key="k")
        peer.plan(call, fault)
        with pytest.raises(error) as raised:
            await (clips.submit(ORDER, key="k") if call is Call.SUBMIT else clips.poll(operation, ORDER))
        assert peer.calls[call.value] == 1
    assert isinstance(raised.value, Exhausted | Unavailable)
    is_in_body = call is Call.LINK and wire == "google" and fault is Fault.BUSY_INSIDE
    assert raised.value.retry_after.total_seconds() == (0 if is_in_body else seconds)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("fault", [Fault.NONSENSE, Fault.OTHER_FORM, Fault.PAGE])
async def test_an_order_whose_answer_cannot_be_read_is_not_sent_again(wire: str, fault: Fault) -> None:
    with peer_of(wire) as peer:
        peer.plan(Call.SUBMIT, fault)
        with pytest.raises(ProviderFailed, match="answer cannot be read"):
            await clips_at(peer, wire).submit(ORDER, key="k")
        assert peer.calls == {"submit": 1}


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("fault", [Fault.NONSENSE, Fault.OTHER_FORM, Fault.PAGE])
async def test_a_look_whose_answer_cannot_be_read_is_taken_again(wire: str, fault: Fault) -> None:
    with peer_of(wire) as peer:
        clips = clips_at(peer, wire)
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.POLL, fault)
        with pytest.raises(Unavailable, match="did not answer"):
            await clips.poll(operation, ORDER)
        assert await clips.poll(operation, ORDER) == ClipMade(content=peer.clip)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("call", [Call.SUBMIT, Call.POLL])
async def test_a_wrong_key_is_told_with_its_variable_and_without_itself(wire: str, call: Call) -> None:
    with peer_of(wire) as peer:
        clips = clips_at(peer, wire)
        operation = await clips.submit(ORDER, key="k")
        peer.plan(call, Fault.WRONG_KEY)
        with pytest.raises(ProviderFailed, match=f"Check the key in {wire.upper()}_API_KEY") as raised:
            await (clips.submit(ORDER, key="k") if call is Call.SUBMIT else clips.poll(operation, ORDER))
    assert KEY not in "".join(format_exception(raised.value))


@pytest.mark.parametrize(("wire", "reason"), [("google", RAI_REASON), ("openai", BLOCKED)])
async def test_refused_content_is_an_outcome_with_its_reason(wire: str, reason: str) -> None:
    with peer_of(wire) as peer:
        clips = clips_at(peer, wire)
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.POLL, Fault.REFUSED)
        assert await clips.poll(operation, ORDER) == ClipRefused(reason=reason.rstrip("."))


async def test_content_can_be_refused_when_it_is_ordered() -> None:
    with peer_of("openai") as peer:
        peer.plan(Call.SUBMIT, Fault.REFUSED)
        with pytest.raises(ContentRefused, match="blocked by our moderation system"):
            await clips_at(peer, "openai").submit(ORDER, key="k")


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [(Fault.FAILED, "Video generation failed"), (Fault.UNKNOWN, "its provider knows the operation no more")],
)
async def test_an_operation_that_comes_to_nothing_has_failed(wire: str, fault: Fault, reason: str) -> None:
    with peer_of(wire) as peer:
        clips = clips_at(peer, wire)
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.POLL, fault)
        assert await clips.poll(operation, ORDER) == ClipFailed(reason=reason)


async def test_an_operation_that_is_done_without_a_clip_has_failed() -> None:
    with peer_of("google") as peer:
        clips = clips_at(peer, "google")
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.POLL, Fault.EMPTY)
        found = await clips.poll(operation, ORDER)
    assert found == ClipFailed(reason="the operation is done, and there is no clip")


async def test_a_clip_whose_time_is_over_has_failed_so_that_it_is_ordered_again() -> None:
    with peer_of("openai") as peer:
        clips = clips_at(peer, "openai", clock=SetClock(datetime(2026, 11, 22, tzinfo=UTC)))
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.POLL, Fault.EXPIRED)
        assert isinstance(await clips.poll(operation, ORDER), ClipFailed)
        assert "link" not in peer.calls


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("operation", ["../../v1beta/files", "op?key=1", "", "models/a/operations/../b"])
async def test_what_is_no_operation_is_asked_of_nobody(wire: str, operation: str) -> None:
    with peer_of(wire) as peer:
        with pytest.raises(ProviderFailed, match="is no operation of"):
            await clips_at(peer, wire).poll(operation, ORDER)
        assert peer.calls == {}


# ------------------------------------------------------------ downloads


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.CUT_UNSEEN, Fault.PAGE, Fault.HANGS_UP])
async def test_what_does_not_arrive_whole_is_no_clip_and_is_asked_for_again(wire: str, fault: Fault) -> None:
    with peer_of(wire) as peer:
        clips = clips_at(peer, wire)
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.LINK, fault)
        with pytest.raises(Unavailable, match="did not arrive whole"):
            await clips.poll(operation, ORDER)
        assert await clips.poll(operation, ORDER) == ClipMade(content=peer.clip)
        assert peer.calls == {"submit": 1, "poll": 2, "link": 2}


@pytest.mark.parametrize("wire", WIRES)
async def test_what_is_too_large_is_not_taken(wire: str) -> None:
    with peer_of(wire) as peer:
        clips = clips_at(peer, wire)
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.LINK, Fault.TOO_LARGE)
        with pytest.raises(ProviderFailed, match="its clip is not taken: it has 1,000,000,000,000 bytes"):
            await clips.poll(operation, ORDER)


@pytest.mark.parametrize("wire", WIRES)
async def test_storage_elsewhere_is_asked_without_the_key(wire: str) -> None:
    with peer_of(wire) as peer:
        peer.is_stored_elsewhere = True
        clips = clips_at(peer, wire, private=LOOPBACK)
        operation = await clips.submit(ORDER, key="k")
        assert await clips.poll(operation, ORDER) == ClipMade(content=peer.clip)
        (link,), (storage,) = peer.of(Call.LINK), peer.of(Call.STORAGE)
    assert KEY in str(link.headers)
    assert KEY not in str(storage.headers)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("fault", [Fault.EXPIRED, Fault.UNKNOWN])
async def test_an_address_that_has_expired_is_asked_for_again(wire: str, fault: Fault) -> None:
    with peer_of(wire) as peer:
        peer.is_stored_elsewhere = True
        clips = clips_at(peer, wire, private=LOOPBACK)
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.STORAGE, fault)
        with pytest.raises(Unavailable, match="has expired"):
            await clips.poll(operation, ORDER)
        assert await clips.poll(operation, ORDER) == ClipMade(content=peer.clip)
        first, second = (one.target for one in peer.of(Call.LINK))
    assert (first != second) == (wire == "google")  # OpenAI's own address of a clip stays


@pytest.mark.parametrize("wire", WIRES)
async def test_a_provider_leads_to_no_private_address(wire: str) -> None:
    with peer_of(wire) as peer:
        clips = clips_at(peer, wire)
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.LINK, Fault.ELSEWHERE)
        with pytest.raises(ProviderFailed, match="TASKFORCE_PRIVATE_NETWORKS"):
            await clips.poll(operation, ORDER)
        peer.is_stored_elsewhere = True  # on this machine too, unless it is allowed
        with pytest.raises(ProviderFailed, match="not on the public internet"):
            await clips.poll(operation, ORDER)
        assert "storage" not in peer.calls


@pytest.mark.parametrize("wire", WIRES)
async def test_redirects_come_to_an_end(wire: str) -> None:
    with peer_of(wire) as peer:
        peer.is_stored_elsewhere = True
        clips = clips_at(peer, wire, private=LOOPBACK)
        operation = await clips.submit(ORDER, key="k")
        peer.plan(Call.STORAGE, *[Fault.ROUND] * 5)
        with pytest.raises(ProviderFailed, match="redirected more than 3 times"):
            await clips.poll(operation, ORDER)


@pytest.mark.parametrize("wire", WIRES)
async def test_nobody_home_is_told_as_away(wire: str) -> None:
    with peer_of(wire) as peer:
        clips = clips_at(peer, wire)
    with pytest.raises(Unavailable, match="did not answer"):
        await clips.submit(ORDER, key="k")
