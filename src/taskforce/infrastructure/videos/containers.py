"""Whether bytes are a whole file of a kind, told by its outer shape; what is inside is read elsewhere."""

from collections.abc import Iterator
from struct import unpack_from

PNG = b"\x89PNG\r\n\x1a\n"
_HEAD, _LONG_HEAD = 8, 16
_TO_THE_END, _IS_LONG = 0, 1
_NEEDED = frozenset((b"ftyp", b"moov", b"mdat"))


def mp4_problem(content: bytes) -> str | None:
    """Return why bytes are no whole MP4; None when they are (ISO/IEC 14496-12, 4.2: boxes, one by one)."""
    kinds = []
    place = 0
    for kind, size in _boxes(content):
        kinds.append(kind)
        if kinds[0] != b"ftyp":
            return "it is no MP4"
        place += size
    if not kinds:
        return "it is no MP4"
    if place != len(content):
        return "it ends in its middle"
    missing = _NEEDED - set(kinds)
    return f"it has no {b', '.join(sorted(missing)).decode()}" if missing else None


def _boxes(content: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the outer boxes: kind and size. One that is not whole has the size that it tells."""
    place = 0
    while place + _HEAD <= len(content):
        size, kind = unpack_from(">I4s", content, place)
        least = _HEAD
        if size == _IS_LONG and place + _LONG_HEAD <= len(content):
            (size,), least = unpack_from(">Q", content, place + _HEAD), _LONG_HEAD
        elif size == _TO_THE_END:
            size = len(content) - place
        if size < least:
            return
        yield kind, size
        place += size


def png_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height that a PNG tells in its header; None for anything else."""
    if not content.startswith(PNG) or content[12:16] != b"IHDR" or len(content) < 24:  # noqa: PLR2004
        return None
    width, height = unpack_from(">II", content, 16)
    return width, height
