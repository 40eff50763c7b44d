"""Small pictures, and the outer shape of a clip, for peers that need nothing to be seen in them."""

from io import BytesIO
from struct import pack
from zlib import crc32

from PIL import Image


def a_picture(width: int, height: int, *, format: str = "PNG", colour: str = "navy") -> bytes:
    """Return a picture of one colour, with a red quarter in its upper left."""
    picture = Image.new("RGB", (width, height), colour)
    picture.paste("red", (0, 0, width // 2, height // 2))
    written = BytesIO()
    picture.save(written, format=format)
    return written.getvalue()


def a_picture_head(width: int, height: int) -> bytes:
    """Return a PNG that tells a size, and whose picture is missing."""
    chunks = (b"IHDR" + pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), b"IDAT", b"IEND")
    told = b"".join(pack(">I", len(one) - 4) + one + pack(">I", crc32(one)) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + told


def box(kind: bytes, content: bytes = b"") -> bytes:
    """Return a box of an MP4 (ISO/IEC 14496-12, 4.2)."""
    return pack(">I4s", 8 + len(content), kind) + content


def a_clip(size: int = 100_000) -> bytes:
    """Return a file that has the boxes of an MP4, and no film in them."""
    return (
        box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41") + box(b"moov", bytes(100)) + box(b"mdat", bytes(size))
    )
