"""CPU of the gate alone: who shows an API key or a token, looked up, proved, and given its role."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from benchmarks.child import tell, told
from benchmarks.ours.stage import opened
from taskforce.application.access.gate import Gate
from taskforce.application.access.schemas import CreateKey
from taskforce.application.factory import Container
from taskforce.core.access.credentials import Credentials
from taskforce.core.principals import local_principal
from taskforce.infrastructure.identity.issuer_keys import IssuerKeys
from taskforce.infrastructure.identity.oidc import Claims, OidcTokens
from taskforce.infrastructure.system.clock import SystemClock

BATCH = 200
ISSUER, AUDIENCE = "https://id.example/realms/bench", "taskforce"
HOUR = 3_600


async def credentials(container: Container) -> tuple[Gate, Mapping[str, Credentials]]:
    """Return a gate, and what is shown to it."""
    key = await container.keys().create(local_principal(), CreateKey(name="bench"))
    private: Mapping[str, PrivateKeyTypes] = {
        "RS256": rsa.generate_private_key(public_exponent=65_537, key_size=2_048),
        "ES256": ec.generate_private_key(ec.SECP256R1()),
    }
    reader = OidcTokens(
        Claims(issuer=ISSUER, audience=AUDIENCE),
        IssuerKeys(lambda: _published(private), algorithms=("RS256", "ES256"), clock=SystemClock()),
    )
    gate = Gate(keys=container.key_ring(), tokens=reader, parts=container.parts(), clock=SystemClock())
    shown = {"key": Credentials(keys=(key.key or "",))}
    for name, secret in private.items():
        shown[name] = Credentials(bearers=(_token(name, secret),))
    return gate, shown


async def measure(container: Container, seconds: float) -> None:
    """Let them take turns for so long, and tell the least that each took."""
    gate, shown = await credentials(container)
    took: dict[str, list[float]] = {name: [] for name in shown}
    for each in shown.values():
        await gate.admit(each, None)  # what is looked up now and then is known
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for name, each in shown.items():
            begun = time.thread_time()
            for _ in range(BATCH):
                await gate.admit(each, None)
            took[name].append((time.thread_time() - begun) / BATCH * 1e6)
    tell(key_us=min(took["key"]), rs256_us=min(took["RS256"]), es256_us=min(took["ES256"]))


def main() -> None:
    """Measure."""
    asked = told()
    with opened(Path(asked["folder"]), workers=0) as container:
        asyncio.run(measure(container, asked["seconds"]))


def _token(algorithm: str, secret: Any) -> str:  # noqa: ANN401 - PyJWT's own type is a union of all keys
    now = int(time.time())
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "iat": now, "exp": now + HOUR, "azp": AUDIENCE}
    roles = {"realm_access": {"roles": ["operator", "offline_access"]}, "jti": "0199", "scope": "openid"}
    return jwt.encode(said | roles, secret, algorithm, headers={"kid": algorithm, "typ": "at+jwt"})


def _published(private: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    kinds: Mapping[str, Any] = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm}
    return [
        kinds[name].to_jwk(secret.public_key(), as_dict=True) | {"kid": name, "alg": name, "use": "sig"}
        for name, secret in private.items()
    ]


if __name__ == "__main__":
    main()
