"""Pictures of models as those that were ordered: PNG, of one size, nothing squeezed."""

import asyncio
from io import BytesIO

from taskforce.core.videos.errors import ExtraMissing, MediaBroken
from taskforce.core.videos.model import FrameSize
from taskforce.infrastructure.videos.containers import png_size

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 40_000_000


async def fitted(content: bytes, size: FrameSize) -> bytes:
    """Return a picture as PNG that fills the size; what stands over is cut off evenly.

    Raises MediaBroken, ExtraMissing.
    """
    if png_size(content) == (size.width, size.height):
        return content
    return await asyncio.to_thread(_fit, content, size)


def _fit(content: bytes, size: FrameSize) -> bytes:
    try:
        from PIL import Image, ImageOps  # noqa: PLC0415 - an extra, and large
    except ImportError as missing:
        raise ExtraMissing("Pictures") from missing
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise MediaBroken("picture", f"it is larger than {MOST_PIXELS:,} pixels")
            plain = picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise MediaBroken("picture", "it is no whole PNG, JPEG or WebP") from broken
    written = BytesIO()
    ImageOps.fit(plain, (size.width, size.height)).save(written, format="PNG")
    return written.getvalue()
