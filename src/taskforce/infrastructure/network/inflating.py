"""Unpacking what a server sent, as far as is wanted and no further."""

import zlib

_EITHER = 32 + zlib.MAX_WBITS  # the wrapper of gzip or of zlib, whichever is there
PACKINGS = ("gzip", "x-gzip", "deflate")


class NotUnpacked(Exception):
    """Raised for packing that is not known, or broken."""


class Inflating:
    """Takes pieces as they come, and keeps up to `most` bytes of what they unpack to."""

    def __init__(self, packing: str, *, most: int) -> None:
        packing = packing.strip().lower()
        if packing not in ("", "identity", *PACKINGS):
            raise NotUnpacked(f"The answer is packed as {packing[:40]!r}, which was not asked for.")
        self._unpacking = zlib.decompressobj(_EITHER) if packing in PACKINGS else None
        self._most = most
        self._kept = bytearray()

    @property
    def kept(self) -> bytes:
        """Return what was kept."""
        return bytes(self._kept[: self._most])

    @property
    def is_full(self) -> bool:
        """Tell whether there was more than is kept."""
        return len(self._kept) > self._most

    def take(self, piece: bytes) -> None:
        """Take a piece. Never more than one byte above the most is unpacked. Raises NotUnpacked."""
        room = self._most + 1 - len(self._kept)
        if room <= 0:
            return
        if self._unpacking is None:
            self._kept += piece[:room]
            return
        try:
            self._kept += self._unpacking.decompress(piece, room)
        except zlib.error as broken:
            raise NotUnpacked("What was sent cannot be unpacked.") from broken
