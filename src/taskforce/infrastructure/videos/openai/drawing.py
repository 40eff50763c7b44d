"""One picture by images/generations, or by images/edits of the picture before it."""

import binascii
from base64 import b64decode
from typing import Final

from openai.types import ImagesResponse

from taskforce.core.videos.ports import FrameOrder
from taskforce.infrastructure.videos.openai.asking import asked
from taskforce.infrastructure.videos.prompts import frame_prompt
from taskforce.infrastructure.videos.reach import PICTURE_SECONDS, Reach

QUALITY: Final = "medium"
"""What the price is of."""


async def draw(reach: Reach, order: FrameOrder) -> bytes:
    """Return the picture as the model gave it. Its width and height can be divided by 16, as ours can."""
    size = f"{order.size.width}x{order.size.height}"
    async with asked(reach, seconds=PICTURE_SECONDS) as client:
        if order.earlier is None:
            response = await client.images.generate(
                model=reach.offer.model,
                prompt=frame_prompt(order),
                size=size,
                quality=QUALITY,
                output_format="png",
                n=1,
            )
        else:
            response = await client.images.edit(
                model=reach.offer.model,
                image=("earlier.png", order.earlier, "image/png"),
                prompt=frame_prompt(order),
                size=size,
                quality=QUALITY,
                output_format="png",
                n=1,
            )
        return _picture(reach, response)


def _picture(reach: Reach, response: ImagesResponse) -> bytes:
    """Return the picture; the package reads answers as they come, so their form is looked at here."""
    if not isinstance(response, ImagesResponse):
        raise reach.party.malformed("it is none about pictures")
    image = next(iter(response.data or ()), None)
    if image is None or not image.b64_json:
        raise reach.party.malformed("it holds no picture")
    try:
        return b64decode(image.b64_json, validate=True)
    except binascii.Error as broken:
        raise reach.party.malformed("its picture is no base64") from broken
