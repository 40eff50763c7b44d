"""Each provider of pictures and clips, with a peer at the other end."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from taskforce.core.videos.model import SIZES, AspectRatio, ModelChoice, Position
from taskforce.core.videos.ports import ClipOrder, ClipRenderer, FrameOrder, FrameRenderer
from taskforce.core.videos.storyboard import Character, Scene, StyleGuide
from taskforce.infrastructure.network.addresses import AddressRules, Network
from taskforce.infrastructure.processes.computing import Computing
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.videos.known_providers import KnownProviders
from taskforce.infrastructure.videos.scripts import Storyteller, StorytellerSource
from taskforce.infrastructure.videos.workshop import Workshop
from taskforce.settings import ModelAccess
from tests.services.google_media import GoogleMedia
from tests.services.media_files import a_clip, a_picture
from tests.services.media_peer import KEY, MediaPeer, Wire, media_peer
from tests.services.openai_media import OpenAIMedia

WIRES = ("google", "openai")
FRAMES = {"google": "google:gemini-3.1-flash-image", "openai": "openai:gpt-image-2.5-flare"}
CLIPS = {"google": "google:veo-3.1-generate-preview", "openai": "openai:sora-2"}
VARIABLES = {"google": "GOOGLE_API_KEY", "openai": "OPENAI_API_KEY"}
_PATHS = {"google": "", "openai": "/v1"}
_WIRES: dict[str, type[Wire]] = {"google": GoogleMedia, "openai": OpenAIMedia}
SCENE = Scene(
    index=1,
    description="A fox crosses a bridge.",
    start_frame_prompt="A fox before a bridge at dusk",
    end_frame_prompt="The fox behind the bridge at night",
    motion_prompt="The fox walks over the bridge",
)
GUIDE = StyleGuide(visual_style="ink and wash", color_palette="teal and amber", camera_style="slow pans")
SMALL = a_picture(64, 36)
WORKSHOP = Workshop(Computing(processes=1))
"""It starts no process before it is asked."""


class NoStorytellers(StorytellerSource):
    """No language model."""

    def names(self) -> tuple[str, ...]:
        return ()

    def open(self, name: str) -> Storyteller:
        raise LookupError(name)


@contextmanager
def peer_of(wire: str, *, pending: int = 0, picture: bytes = b"") -> Iterator[MediaPeer]:
    """A provider on loopback, over when the context is left."""
    size = SIZES[AspectRatio.WIDE]
    made = picture or a_picture(size.width, size.height)
    with media_peer(MediaPeer(wire=_WIRES[wire](), picture=made, clip=a_clip(), pending=pending)) as peer:
        yield peer


def access_to(peer: MediaPeer | None, wire: str, *, key: str | None = KEY) -> ModelAccess:
    return ModelAccess(
        variable=VARIABLES[wire],
        key=SecretStr(key) if key else None,
        base_url=f"{peer.url}{_PATHS[wire]}" if peer else None,
    )


def providers_at(
    peer: MediaPeer | None,
    wire: str,
    *,
    key: str | None = KEY,
    private: tuple[Network, ...] = (),
    clock: SetClock | None = None,
) -> KnownProviders:
    """Return the providers, of whom one is the peer."""
    access = {name: access_to(peer if name == wire else None, name, key=key) for name in WIRES}
    return KnownProviders(
        WORKSHOP,
        storytellers=NoStorytellers(),
        access=access,
        defaults=ModelChoice(),
        rules=AddressRules(private),
        clock=clock or SetClock(),
    )


def frames_at(peer: MediaPeer, wire: str, *, key: str = KEY) -> FrameRenderer:
    return providers_at(peer, wire, key=key).frame_renderer(FRAMES[wire])


def clips_at(
    peer: MediaPeer, wire: str, *, private: tuple[Network, ...] = (), clock: SetClock | None = None
) -> ClipRenderer:
    return providers_at(peer, wire, private=private, clock=clock).clip_renderer(CLIPS[wire])


def a_frame_order(*, ratio: AspectRatio = AspectRatio.WIDE, earlier: bytes | None = None) -> FrameOrder:
    return FrameOrder(
        scene=SCENE,
        position=Position.START,
        prompt=SCENE.start_frame_prompt,
        style="storybook",
        style_guide=GUIDE,
        characters=(Character(name="Rusty", description="a red fox with a torn ear"),),
        size=SIZES[ratio],
        aspect_ratio=ratio,
        seed=2**40 + 7,
        earlier=earlier,
    )


def a_clip_order(*, ratio: AspectRatio = AspectRatio.WIDE, seconds: int = 5) -> ClipOrder:
    size = SIZES[ratio]
    return ClipOrder(
        scene=SCENE,
        prompt=SCENE.motion_prompt,
        style="storybook",
        style_guide=GUIDE,
        size=size,
        aspect_ratio=ratio,
        seconds=seconds,
        seed=7,
        audio=True,
        start=a_picture(size.width, size.height),
        end=a_picture(size.width, size.height, colour="green"),
    )
