"""The format that a clip is made in, where a model knows fewer than films have."""

from collections.abc import Mapping
from dataclasses import dataclass

from taskforce.core.videos.model import SIZES, AspectRatio, FrameSize
from taskforce.core.videos.ports import ClipOrder
from taskforce.infrastructure.videos.fitting import fitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a model is asked for."""

    ratio: str
    size: FrameSize

    @property
    def pixels(self) -> str:
        """Return width and height as OpenAI writes them."""
        return f"{self.size.width}x{self.size.height}"


_RATIOS: Mapping[AspectRatio, AspectRatio] = {
    AspectRatio.WIDE: AspectRatio.WIDE,
    AspectRatio.TALL: AspectRatio.TALL,
    AspectRatio.SQUARE: AspectRatio.WIDE,
}
"""Neither Veo nor Sora makes square clips: these are wide, and stand on black in a square film."""


def stage_of(order: ClipOrder) -> Stage:
    """Return the format for an order."""
    ratio = _RATIOS[order.aspect_ratio]
    return Stage(ratio=ratio.value, size=SIZES[ratio])


async def staged(picture: bytes, stage: Stage) -> bytes:
    """Return a picture that fills the stage; above and below a square one something is cut off."""
    return await fitted(picture, stage.size)
