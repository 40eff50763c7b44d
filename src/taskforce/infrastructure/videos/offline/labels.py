"""What the script writer and those who draw agree on."""

import hashlib

OPENING, CLOSING = "First picture:", "Last picture:"
"""How the prompts of a scene's two pictures begin."""


def digest(text: str, seed: int) -> int:
    """Return a number that the text and the seed decide, everywhere the same."""
    return int.from_bytes(hashlib.sha256(f"{seed}\n{text}".encode()).digest()[:8], "big")
