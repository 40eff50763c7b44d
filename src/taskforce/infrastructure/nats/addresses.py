"""Where a NATS server is, told without what it holds of a password."""

import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

_PORT = 4222
_SCHEMES = frozenset({"nats", "tls"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsAddress:
    """A server, who one is there, and whether one speaks TLS to it.

    `tls://` asks for TLS, and trusts whom this machine trusts (SSL_CERT_FILE, SSL_CERT_DIR).
    """

    host: str
    port: int
    user: str | None = None
    password: SecretStr | None = field(default=None, repr=False)
    token: SecretStr | None = field(default=None, repr=False)
    is_encrypted: bool = False

    @classmethod
    def of(cls, url: str) -> "NatsAddress":
        """Read nats://[user:password@]host[:port], or tls://… for TLS."""
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError("must be nats://user:password@host:port")
        name, password = (None if one is None else unquote(one) for one in (parts.username, parts.password))
        is_token = bool(name) and password is None  # as NATS takes a name alone
        return cls(
            host=parts.hostname,
            port=parts.port or _PORT,
            user=None if is_token else name,
            password=SecretStr(password) if password is not None else None,
            token=SecretStr(str(name)) if is_token else None,
            is_encrypted=parts.scheme == "tls",
        )

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        """Return what is told nobody but the server."""
        return tuple(secret for secret in (self.password, self.token) if secret is not None)

    @property
    def server(self) -> str:
        """Return where to connect to, without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'tls' if self.is_encrypted else 'nats'}://{host}:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext | None:
        """Return by what the server is known; None where it is not asked."""
        return ssl.create_default_context() if self.is_encrypted else None

    def __str__(self) -> str:
        return f"NATS at {self.host}:{self.port}"
