"""Bearer tokens of an OpenID provider: JWT access tokens (RFC 9068, RFC 8725) with Keycloak's claims."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, Self

import jwt

from taskforce.core.access.errors import CredentialsRefused
from taskforce.core.access.model import Identity
from taskforce.core.access.ports import TokenReader
from taskforce.core.clock import Clock
from taskforce.core.principals import Credential, Role
from taskforce.infrastructure.identity.documents import published_keys
from taskforce.infrastructure.identity.issuer_keys import IssuerKeys
from taskforce.settings import Settings

LONGEST = 16_384
LEEWAY = timedelta(seconds=30)
REQUIRED = ("aud", "exp", "iat", "iss", "sub")
ACCESS_TOKENS = frozenset({"at+jwt", "application/at+jwt"})
EXPIRED = "The token has expired. Ask its issuer for a new one."
SUBJECT = re.compile(r"[!-.0-~]{1,190}")
"""What a principal's name may be made of: visible ASCII, so that it fits into a path and a log's line."""
HEADERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the settings ask of a token's claims."""

    issuer: str
    audience: str
    clients: frozenset[str] = frozenset()
    role_prefix: str = ""


@dataclass(frozen=True, slots=True)
class _Header:
    key_id: str
    type: str


class OidcTokens(TokenReader):
    """Reads tokens with the issuer's own keys. What the token's header says of keys is not looked at."""

    def __init__(self, claims: Claims, keys: IssuerKeys) -> None:
        self._claims = claims
        self._keys = keys

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> Self:
        """Return the reader of the settings' issuer."""
        issuer, audience = settings.oidc_issuer or "", settings.oidc_audience or ""
        keys = IssuerKeys(
            partial(published_keys, issuer, clock), algorithms=settings.oidc_algorithms, clock=clock
        )
        return cls(
            Claims(
                issuer=issuer,
                audience=audience,
                clients=frozenset(settings.oidc_clients),
                role_prefix=settings.oidc_role_prefix,
            ),
            keys,
        )

    async def read(self, token: str) -> Identity:
        if len(token) > LONGEST:
            raise CredentialsRefused("too long for a token")
        header = _header(token.partition(".")[0])
        key = await self._keys.find(header.key_id)
        try:
            said = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._claims.audience,
                issuer=self._claims.issuer,
                leeway=LEEWAY,
                options={"require": list(REQUIRED)},
            )
        except jwt.ExpiredSignatureError:
            raise CredentialsRefused("expired", EXPIRED) from None
        except jwt.PyJWTError as wrong:
            raise CredentialsRefused(type(wrong).__name__) from None
        return self._identity(header, said)

    async def check(self) -> None:
        await self._keys.check()

    def _identity(self, header: _Header, said: Mapping[str, Any]) -> Identity:
        """Return who is meant. An ID token is none of access: nothing says that it is one."""
        if header.type.lower() not in ACCESS_TOKENS and said.get("typ") != "Bearer":
            raise CredentialsRefused("no access token")
        client = said.get("azp", said.get("client_id"))
        if self._claims.clients and not (isinstance(client, str) and client in self._claims.clients):
            raise CredentialsRefused("of another client")
        subject = said["sub"]
        if not SUBJECT.fullmatch(subject):
            raise CredentialsRefused("its subject cannot be a name here")
        everywhere = self._roles(_names(said.get("realm_access")))
        own = self._roles(_names(_member(said.get("resource_access"), self._claims.audience)))
        return Identity(
            name=f"{Credential.OIDC}:{subject}",
            credential=Credential.OIDC,
            roles=everywhere | own,
            expires_at=datetime.fromtimestamp(int(said["exp"]), UTC) + LEEWAY,
            is_everywhere=Role.ADMIN in everywhere,
        )

    def _roles(self, names: Iterable[str]) -> frozenset[Role]:
        prefix = self._claims.role_prefix
        own = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
        return frozenset(role for role in Role if role in own)


@lru_cache(maxsize=HEADERS)
def _header(segment: str) -> _Header:
    """Read the first part of a token, which is the same for all that one key signs as one type.

    Raises CredentialsRefused. Which algorithm it is, the key says; PyJWT sees that the header says the same.
    """
    try:
        said = json.loads(urlsafe_b64decode(segment.encode("ascii") + b"=="))
    except (ValueError, RecursionError):
        raise CredentialsRefused("no token") from None
    if not isinstance(said, dict) or "crit" in said:
        raise CredentialsRefused("no token that is understood")
    key_id, kind = said.get("kid"), said.get("typ", "")
    if not isinstance(key_id, str) or not isinstance(kind, str):
        raise CredentialsRefused("it names no key")
    return _Header(key_id, kind)


def _member(said: object, name: str) -> object:
    return said.get(name) if isinstance(said, dict) else None


def _names(said: object) -> Sequence[str]:
    """Return the roles of a claim as Keycloak writes it: `{"roles": […]}`."""
    roles = _member(said, "roles")
    return [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
