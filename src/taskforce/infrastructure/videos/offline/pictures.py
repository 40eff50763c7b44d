"""Reading a PNG, whoever made it."""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from taskforce.core.videos.errors import MediaBroken

MOST_PIXELS = 64_000_000
"""8,000 by 8,000."""


def read_png(content: bytes, *, what: str) -> Image.Image:
    """Return a picture, decoded whole. Raises MediaBroken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count the pixels ourselves
            picture = Image.open(io.BytesIO(content), formats=["PNG"])
        if picture.width * picture.height > MOST_PIXELS:
            raise MediaBroken(what, f"it has {picture.width} x {picture.height} pixels, which is too many")
        picture.load()
    except UnidentifiedImageError as wrong:
        raise MediaBroken(what, "it is no PNG") from wrong
    except Image.DecompressionBombError as wrong:
        raise MediaBroken(what, "it has too many pixels") from wrong
    except (OSError, SyntaxError, ValueError) as wrong:
        raise MediaBroken(what, f"it cannot be decoded ({wrong})") from wrong
    return picture
