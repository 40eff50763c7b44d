"""An address of a repository, and the credentials that are said there."""

from base64 import b64encode
from dataclasses import dataclass, field

_BASIC = "Authorization: Basic "
"""What stands before a user and a password (RFC 7617)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address as git is given it, and what it is to say to who serves it."""

    url: str
    """Without credentials, so that it can be written and shown."""
    header: str | None = field(default=None, repr=False)
    """An HTTP header that bears the credentials."""


def basic(user: str, password: str) -> str:
    """Return the header that bears a user and a password."""
    return f"{_BASIC}{b64encode(f'{user}:{password}'.encode()).decode()}"
