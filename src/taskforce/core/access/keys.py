"""The text of an API key: `tf_live_<id>_<secret><checksum>`.

The prefix is for those who scan for leaked secrets, the checksum refuses a mistyped or made-up key before
anything is looked up. (As GitHub's tokens since 2021.)
"""

import hashlib
import hmac
import re
import zlib

PREFIX = "tf_live_"
ID_LENGTH = 8
SECRET_BYTES = 32
SECRET_LENGTH = 43
"""Digits of base 62 that 32 bytes take."""
CHECKSUM_LENGTH = 6
"""Digits of base 62 that a CRC-32 takes."""
ID_PATTERN = rf"^[0-9A-Za-z]{{{ID_LENGTH}}}$"

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TEXT = re.compile(
    rf"{PREFIX}([0-9A-Za-z]{{{ID_LENGTH}}})_[0-9A-Za-z]{{{SECRET_LENGTH}}}([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


def key_id(chance: bytes) -> str:
    """Return an id of these bytes."""
    return _base62(int.from_bytes(chance), ID_LENGTH)


def key_text(id: str, secret: bytes) -> str:
    """Return the text of a key with this id and these 32 bytes."""
    text = f"{PREFIX}{id}_{_base62(int.from_bytes(secret), SECRET_LENGTH)}"
    return text + _checksum(text)


def id_in(text: str) -> str | None:
    """Return the id that a key's text names; None for a text that is no key's."""
    found = _TEXT.fullmatch(text)
    if found is None or found[2] != _checksum(text[:-CHECKSUM_LENGTH]):
        return None
    return found[1]


def key_digest(text: str, pepper: bytes) -> str:
    """Return the HMAC-SHA-256 of a key's text, in hex: enough for 256 bits of chance, and fast."""
    return hmac.digest(pepper, text.encode("ascii"), hashlib.sha256).hex()


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode("ascii")), CHECKSUM_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
