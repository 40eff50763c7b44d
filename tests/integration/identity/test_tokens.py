"""Which tokens are believed: signed by the issuer's own keys, for us, for access, and not too long."""

import base64
import json
import time
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import HMACAlgorithm

from taskforce.core.access.errors import CredentialsRefused
from taskforce.core.access.model import Identity
from taskforce.core.principals import DEFAULT_PROJECT, Credential, Role
from tests.integration.identity.issuer import AUDIENCE, Issuer, Json, an_rsa_key, good

ISSUED = Issuer()
STRANGER = an_rsa_key()


def part(said: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def with_hmac_of_the_public_key() -> str:
    """The known attack: a symmetric signature with the public key, which everybody has."""
    public = ISSUED.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{part({'alg': 'HS256', 'kid': 'rsa', 'typ': 'JWT'})}.{part(good())}"
    signature = HMACAlgorithm(HMACAlgorithm.SHA256).sign(signed.encode(), public)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_its_own_key() -> str:
    own = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(STRANGER.public_key()))
    return ISSUED.signed(good(), key=STRANGER, headers={"jwk": own})


def ago(seconds: float) -> int:
    return int(time.time() - seconds)


HEADER = {"alg": "RS256", "kid": "rsa"}


def bad_tokens() -> dict[str, str]:
    """Return tokens that are refused; each lacks one thing, and is in time."""
    return {
        "alg=none": f"{part({'alg': 'none', 'kid': 'rsa'})}.{part(good())}.",
        "alg=NonE with a signature": f"{part({'alg': 'NonE', 'kid': 'rsa'})}.{part(good())}.AAAA",
        "HS256 with the RSA public key": with_hmac_of_the_public_key(),
        "RS256 said of the EC key": ISSUED.signed(good(), headers={"kid": "ec"}),
        "PS256, which is not among the settings'": ISSUED.signed(
            good(), key=ISSUED.rsa, algorithm="PS256", headers={"kid": "rsa"}
        ),
        "a stranger's key": ISSUED.signed(good(), key=STRANGER),
        "unknown kid": ISSUED.signed(good(), key=STRANGER, headers={"kid": "another"}),
        "jku to the attacker": ISSUED.signed(
            good(), key=STRANGER, headers={"kid": "another", "jku": "http://127.0.0.1:9/keys"}
        ),
        "jku beside a known kid": ISSUED.signed(
            good(), key=STRANGER, headers={"jku": "http://127.0.0.1:9/keys", "x5u": "http://127.0.0.1:9/c"}
        ),
        "its own key in the header": with_its_own_key(),
        "no kid": jwt.encode(good(), ISSUED.rsa, "RS256"),
        "kid that is no text": f"{part({**HEADER, 'kid': 7})}.{part(good())}.AAAA",
        "crit": ISSUED.signed(good(), headers={"crit": ["exp"]}),
        "claims changed after signing": ".".join(
            [ISSUED.sign().split(".")[0], part({**good(), "sub": "bert"}), ISSUED.sign().split(".")[2]]
        ),
        "another audience": ISSUED.sign(aud="account"),
        "audience that begins the same": ISSUED.sign(aud=f"{AUDIENCE}-dev"),
        "another issuer": ISSUED.sign(iss="https://id.example/realms/other"),
        "issuer with a slash more": ISSUED.sign(iss="https://id.example/realms/taskforce/"),
        "no exp": ISSUED.sign(exp=None),
        "no aud": ISSUED.sign(aud=None),
        "no iat": ISSUED.sign(iat=None),
        "no iss": ISSUED.sign(iss=None),
        "no sub": ISSUED.sign(sub=None),
        "exp that is no number": ISSUED.sign(exp="tomorrow"),
        "not yet": ISSUED.sign(nbf=ago(-300)),
        "issued in the future": ISSUED.sign(iat=ago(-300)),
        "an ID token of Keycloak": ISSUED.sign(typ="ID", nonce="n"),
        "an ID token of others": ISSUED.sign(typ=None, nonce="n"),
        "a refresh token": ISSUED.sign(typ="Refresh"),
        "a subject that breaks a line": ISSUED.sign(sub="anna\nadmin"),
        "a subject with a path": ISSUED.sign(sub="../anna"),
        "an empty subject": ISSUED.sign(sub=""),
        "a long subject": ISSUED.sign(sub="a" * 191),
        "nothing": "",
        "no token": "nonsense",
        "two parts": "e30.e30",
        "a header that is no JSON": "AAAA.e30.AAAA",
        "a header that is a list": f"{part([1])}.e30.AAAA",
        "a deep header": "W1tb" * 2_000 + ".e30.AAAA",
        "letters that are no base64": "ä.ö.ü",
        "very long": ISSUED.sign(note="x" * 20_000),
    }


@pytest.fixture(scope="module")
def bad() -> dict[str, str]:
    """The same, made when the tests begin: they may wait for long after they were collected."""
    return bad_tokens()


@pytest.mark.parametrize("name", bad_tokens())
async def test_a_bad_token_is_refused_and_not_told_of(bad: dict[str, str], name: str) -> None:
    token = bad[name]
    with pytest.raises(CredentialsRefused) as refused:
        await ISSUED.tokens().read(token)
    told = f"{refused.value.message} {refused.value.reason}"
    assert refused.value.message == "The credential is not valid."
    assert not token or token not in told
    assert "anna" not in told


async def test_nothing_that_a_header_names_is_asked(bad: dict[str, str]) -> None:
    issuer = Issuer()
    tokens = issuer.tokens()
    for name in ("unknown kid", "jku to the attacker", "jku beside a known kid"):
        with pytest.raises(CredentialsRefused):
            await tokens.read(bad[name])
    assert issuer.asked == 1


async def test_an_expired_token_is_told_so_to_whoever_holds_it() -> None:
    tokens = ISSUED.tokens()
    with pytest.raises(CredentialsRefused, match="expired"):
        await tokens.read(ISSUED.sign(exp=ago(31)))
    assert (await tokens.read(ISSUED.sign(exp=ago(25)))).name == "oidc:f1f2-anna", "clocks differ"


async def test_a_token_tells_who_it_is_until_when_and_what_it_may() -> None:
    said = good()
    found = await ISSUED.tokens().read(ISSUED.signed(said))
    assert found == Identity(
        name="oidc:f1f2-anna",
        credential=Credential.OIDC,
        roles=frozenset({Role.OPERATOR, Role.APPROVER}),
        home=DEFAULT_PROJECT,
        expires_at=datetime.fromtimestamp(said["exp"] + 30, UTC),
        is_everywhere=False,
    )


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
async def test_both_algorithms_are_taken(algorithm: str) -> None:
    token = ISSUED.signed(good(), algorithm=algorithm)
    assert (await ISSUED.tokens().read(token)).name == "oidc:f1f2-anna"


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "application/at+jwt"])
async def test_an_access_token_may_say_so_in_its_header(kind: str) -> None:
    token = ISSUED.signed({**good(), "typ": None}, headers={"typ": kind})
    assert (await ISSUED.tokens().read(token)).name == "oidc:f1f2-anna"


@pytest.mark.parametrize(
    ("claims", "roles", "is_everywhere"),
    [
        ({"realm_access": {"roles": ["admin"]}}, {Role.ADMIN, Role.APPROVER}, True),
        ({"resource_access": {AUDIENCE: {"roles": ["admin"]}}}, {Role.ADMIN, Role.OPERATOR}, False),
        ({"realm_access": None, "resource_access": None}, set(), False),
        ({"realm_access": "admin", "resource_access": ["admin"]}, set(), False),
        ({"realm_access": {"roles": "admin"}, "resource_access": {AUDIENCE: "admin"}}, set(), False),
        ({"realm_access": {"roles": [7, ["admin"], "Admin"]}, "resource_access": None}, set(), False),
    ],
)
async def test_roles_are_read_where_keycloak_writes_them(
    claims: Json, roles: set[Role], *, is_everywhere: bool
) -> None:
    found = await ISSUED.tokens().read(ISSUED.sign(**claims))
    assert (found.roles, found.is_everywhere) == (frozenset(roles), is_everywhere)


async def test_with_a_prefix_roles_of_other_words_do_not_count() -> None:
    tokens = ISSUED.tokens(role_prefix="taskforce-")
    said = {"realm_access": {"roles": ["admin", "taskforce-viewer"]}, "resource_access": None}
    assert (await tokens.read(ISSUED.sign(**said))).roles == {Role.VIEWER}


@pytest.mark.parametrize(
    ("claims", "is_taken"),
    [
        ({"azp": "web"}, True),
        ({"azp": "other"}, False),
        ({"azp": None}, False),
        ({"azp": None, "client_id": "web"}, True),
        ({"azp": "other", "client_id": "web"}, False),
        ({"azp": ["web"]}, False),
    ],
)
async def test_only_the_clients_of_the_settings_may_bring_tokens(claims: Json, *, is_taken: bool) -> None:
    tokens = ISSUED.tokens(clients=frozenset({"web", "ci"}))
    token = ISSUED.sign(**claims)
    if is_taken:
        assert (await tokens.read(token)).name == "oidc:f1f2-anna"
        return
    with pytest.raises(CredentialsRefused) as refused:
        await tokens.read(token)
    assert refused.value.reason == "of another client"
