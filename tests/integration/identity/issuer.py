"""An issuer in this process: keys, tokens with the claims of Keycloak, and what it publishes."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as new_rsa_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from taskforce.infrastructure.identity.documents import IssuerSilent
from taskforce.infrastructure.identity.issuer_keys import IssuerKeys
from taskforce.infrastructure.identity.oidc import Claims, OidcTokens
from taskforce.infrastructure.system.clock import SetClock

ISSUER = "https://id.example/realms/taskforce"
AUDIENCE = "taskforce"
BITS = 2048

Json = dict[str, Any]


def an_rsa_key(bits: int = BITS) -> RSAPrivateKey:
    return new_rsa_key(65_537, bits)


def published(key: RSAPrivateKey | EllipticCurvePrivateKey, kid: str, **more: object) -> Json:
    """The public half, as a key set has it."""
    if isinstance(key, RSAPrivateKey):
        return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **more}
    return {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **more}


@dataclass(slots=True)
class Issuer:
    """Signs tokens, publishes keys, and counts how often it is asked for them."""

    rsa: RSAPrivateKey = field(default_factory=an_rsa_key)
    ec: EllipticCurvePrivateKey = field(default_factory=lambda: new_ec_key(SECP256R1()))
    keys: list[Json] = field(default_factory=list)
    asked: int = 0
    is_silent: bool = False

    def __post_init__(self) -> None:
        self.keys = [published(self.rsa, "rsa"), published(self.ec, "ec")]

    def fetch(self) -> Sequence[Mapping[str, Any]]:
        self.asked += 1
        if self.is_silent:
            raise IssuerSilent("nobody is there")
        return list(self.keys)

    def tokens(self, clock: SetClock | None = None, **claims: Any) -> OidcTokens:  # noqa: ANN401 - any claim
        """Return a reader of its tokens."""
        keys = IssuerKeys(self.fetch, algorithms=("RS256", "ES256"), clock=clock or SetClock())
        return OidcTokens(Claims(**{"issuer": ISSUER, "audience": AUDIENCE, **claims}), keys)

    def sign(self, said: Json | None = None, **changes: Any) -> str:  # noqa: ANN401 - any claim
        """Sign a good token, with some claims changed; None takes one out."""
        return self.signed({**(said or good()), **changes})

    def signed(
        self,
        said: Json,
        *,
        key: object = None,
        algorithm: str = "RS256",
        headers: Json | None = None,
    ) -> str:
        """Sign what is said as it is."""
        kid = "rsa" if algorithm == "RS256" else "ec"
        own: Any = key or (self.rsa if algorithm == "RS256" else self.ec)
        claims = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(claims, own, algorithm, headers={"kid": kid, **(headers or {})})


def good() -> Json:
    """The claims of a good token, as Keycloak writes them."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": [AUDIENCE, "account"],
        "sub": "f1f2-anna",
        "typ": "Bearer",
        "azp": "web",
        "iat": now,
        "exp": now + 300,
        "realm_access": {"roles": ["operator", "offline_access", "uma_authorization"]},
        "resource_access": {"account": {"roles": ["admin"]}, AUDIENCE: {"roles": ["approver"]}},
    }
