"""Secrets and signatures, after the Standard Webhooks specification 1.0.0 (symmetric, `v1`)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

PREFIX = "whsec_"
SIZE = 32
"""Random bytes of a secret; the specification asks for 24 to 64."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What signs the messages to one endpoint; neither its repr nor a traceback shows it."""

    text: str = field(repr=False)
    """`whsec_` and the key in base64."""

    @classmethod
    def of(cls, key: bytes) -> "Secret":
        """Return the secret of a key."""
        return cls(f"{PREFIX}{base64.b64encode(key).decode('ascii')}")

    def sign(self, message_id: str, at: datetime, body: bytes) -> str:
        """Return the signature of a message: `v1,` and the HMAC-SHA256 of `id.seconds.body` in base64."""
        key = base64.b64decode(self.text.removeprefix(PREFIX))
        signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
        return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode('ascii')}"


def signing_headers(
    secrets: Iterable[Secret], *, message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Return the three headers of a message; signed with each secret, so that either verifies it."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(secret.sign(message_id, at, body) for secret in secrets),
    }
