"""The ways in which a secret's value may be printed by a program that holds it."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from taskforce.core.pipelines.errors import SecretUnfit

SHORTEST = 8
"""Characters: a shorter value would blot out ordinary words, and so give itself away."""
LONGEST = 32 * 1024
"""Characters: what is held back of an output never exceeds a spelling of the longest secret."""


def is_fit(value: str) -> bool:
    """Tell whether a value can be masked."""
    return SHORTEST <= len(value.strip()) <= LONGEST


def spellings(name: str, value: str) -> Iterator[bytes]:
    """Yield what is to be masked for a secret, in UTF-8.

    These are the value without the white space around it, each of its lines that is long enough, and the
    value in JSON, in URLs, as `sh -x` shows it, and in base64, also as a part of what is encoded.

    Raises:
        SecretUnfit: the value is empty, too short or too long to be masked.
    """
    if not is_fit(value):
        raise SecretUnfit(name, shortest=SHORTEST, longest=LONGEST)
    core = value.strip()
    written = {core, quote(core), quote(core, safe=""), quote_plus(core)}
    written |= {json.dumps(core)[1:-1], json.dumps(core, ensure_ascii=False)[1:-1]}
    written |= {core.replace("'", r"'\''"), core.replace("'", "'\"'\"'")}
    written |= {line.strip() for line in core.splitlines() if len(line.strip()) >= SHORTEST}
    for text in written:
        yield text.encode("utf-8", "surrogateescape")
    raw = core.encode("utf-8", "surrogateescape")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw)
        yield from (_part_of_base64(encode(bytes(before) + raw), before, len(raw)) for before in range(3))


def _part_of_base64(encoded: bytes, before: int, length: int) -> bytes:
    """Return the characters (6 bits each) that depend on the value alone, whatever stands around it."""
    return encoded[-(-8 * before // 6) : 8 * (before + length) // 6]
