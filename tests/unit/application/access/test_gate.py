"""The gate: who is let in, to which project, with which roles, and for how long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.application.access.schemas import RemoveMember, RevokeKey, SetMember
from taskforce.core.access.credentials import NOTHING, Credentials
from taskforce.core.access.errors import (
    CredentialsMissing,
    CredentialsRefused,
    NotAllowed,
    ProjectNotFound,
    TwoCredentials,
)
from taskforce.core.access.keys import key_text
from taskforce.core.principals import DEFAULT_PROJECT, Credential, Role, local_principal
from tests.unit.application.access.cast import House, anna, by_key, by_token


@pytest.fixture
def house() -> House:
    return House()


async def test_where_access_is_open_whoever_asks_is_local(house: House) -> None:
    gate = house.gate(keys=False, tokens=False)
    assert gate.is_open
    assert await gate.admit(NOTHING, None) == local_principal()
    project = await house.project()
    assert await gate.admit(NOTHING, project) == local_principal(project)
    with pytest.raises(ProjectNotFound):
        await gate.admit(NOTHING, "nowhere")


async def test_where_it_is_not_nobody_gets_in_without_a_credential(house: House) -> None:
    with pytest.raises(CredentialsMissing):
        await house.gate().admit(NOTHING, None)


async def test_two_credentials_are_refused_whatever_they_are(house: House) -> None:
    text = (await house.key()).key or ""
    for shown in (
        Credentials(keys=(text, text)),
        Credentials(bearers=(text, text)),
        Credentials(keys=(text,), bearers=(text,)),
    ):
        for gate in (house.gate(), house.gate(keys=False, tokens=False)):
            with pytest.raises(TwoCredentials):
                await gate.admit(shown, None)


async def test_a_key_opens_its_own_project_with_its_role(house: House) -> None:
    project = await house.project()
    made = await house.key(Role.VIEWER, project, days=1)
    for shown in (by_key(made), by_token(made.key or "")):
        found = await house.gate().admit(shown, None)
        assert (found.name, found.project, found.roles) == (
            f"key:{made.key_id}",
            project,
            frozenset({Role.VIEWER}),
        )
        assert (found.credential, found.expires_at) == (Credential.KEY, made.expires_at)
        assert await house.gate().admit(shown, project) == found
        with pytest.raises(ProjectNotFound):
            await house.gate().admit(shown, DEFAULT_PROJECT)


async def test_what_is_not_asked_for_is_not_taken(house: House) -> None:
    made = await house.key()
    house.tokens.known["token"] = anna(Role.VIEWER)
    with pytest.raises(CredentialsRefused, match="keys are not taken"):
        await house.gate(keys=False).admit(by_key(made), None)
    with pytest.raises(CredentialsRefused):
        await house.gate(tokens=False).admit(by_token("token"), None)


async def test_a_key_that_ended_is_told_so_to_whoever_holds_all_of_it(house: House) -> None:
    made = await house.key(days=1)
    gate = house.gate()
    await gate.admit(by_key(made), None)
    house.clock.pass_(seconds=86_400)
    with pytest.raises(CredentialsRefused, match="has expired"):
        await gate.admit(by_key(made), None)
    other = await house.key()
    await house.keys.revoke(local_principal(), RevokeKey(key_id=other.key_id))
    with pytest.raises(CredentialsRefused, match="was revoked"):
        await gate.admit(by_key(other), None)


async def test_another_secret_with_a_known_id_is_refused_as_any(house: House) -> None:
    made = await house.key()
    forged = Credentials(keys=(key_text(made.key_id, bytes(32)),))
    with pytest.raises(CredentialsRefused) as refused:
        await house.gate().admit(forged, None)
    assert (refused.value.reason, refused.value.message) == ("another secret", "The credential is not valid.")


async def test_a_revocation_counts_here_at_once_and_elsewhere_within_a_minute(house: House) -> None:
    made = await house.key()
    gate = house.gate()
    principal = await gate.admit(by_key(made), None)
    await house.keys_in.revoke(made.key_id, project=DEFAULT_PROJECT, at=house.clock.now())
    assert await gate.stands(principal), "another process revoked it"
    house.clock.pass_(seconds=16)
    assert not await gate.stands(principal)
    with pytest.raises(CredentialsRefused):
        await gate.admit(by_key(made), None)


async def test_a_check_asks_the_store_once_in_a_while_and_notes_the_use_once_a_minute(house: House) -> None:
    made = await house.key()
    for _ in range(100):
        await house.gate().admit(by_key(made), None)
    assert (house.keys_in.finds, house.keys_in.touches) == (1, 1)
    house.clock.pass_(seconds=61)
    await house.gate().admit(by_key(made), None)
    assert house.keys_in.touches == 2
    assert (await house.keys_in.find(made.key_id)).last_used_at == house.clock.now()


async def test_a_use_that_cannot_be_noted_keeps_nobody_out(house: House) -> None:
    made = await house.key()
    house.keys_in.is_busy = True
    assert (await house.gate().admit(by_key(made), None)).name == f"key:{made.key_id}"


async def test_a_token_has_its_roles_at_home_and_where_it_is_a_member(house: House) -> None:
    house.tokens.known["token"] = anna(Role.OPERATOR)
    gate, project = house.gate(), await house.project()
    assert (await gate.admit(by_token("token"), None)).roles == {Role.OPERATOR}
    with pytest.raises(ProjectNotFound):
        await gate.admit(by_token("token"), project)
    here = SetMember(project_id=project, principal="oidc:anna")
    await house.members.set(local_principal(), here)
    assert (await gate.admit(by_token("token"), project)).roles == {Role.OPERATOR}
    await house.members.set(local_principal(), here.model_copy(update={"role": Role.ADMIN}))
    assert (await gate.admit(by_token("token"), project)).roles == {Role.ADMIN}
    await house.members.remove(local_principal(), RemoveMember(project_id=project, principal="oidc:anna"))
    with pytest.raises(ProjectNotFound):
        await gate.admit(by_token("token"), project)


async def test_a_membership_of_the_default_project_counts_before_the_token(house: House) -> None:
    house.tokens.known["token"] = anna(Role.OPERATOR)
    here = SetMember(project_id=DEFAULT_PROJECT, principal="oidc:anna", role=Role.VIEWER)
    await house.members.set(local_principal(), here)
    assert (await house.gate().admit(by_token("token"), None)).roles == {Role.VIEWER}


async def test_an_admin_of_all_has_every_project_that_there_is(house: House) -> None:
    house.tokens.known["token"] = anna(Role.ADMIN, is_everywhere=True)
    project = await house.project()
    found = await house.gate().admit(by_token("token"), project)
    assert (found.project, found.roles) == (project, frozenset({Role.ADMIN}))
    for nowhere in ("nowhere", "x" * 300):
        with pytest.raises(ProjectNotFound):
            await house.gate().admit(by_token("token"), nowhere)


async def test_whoever_has_no_role_is_let_in_and_may_nothing(house: House) -> None:
    house.tokens.known["token"] = anna()
    gate = house.gate()
    principal = await gate.admit(by_token("token"), None)
    with pytest.raises(NotAllowed, match="Held in this project: none"):
        gate.check(principal, "jobs.list")
    with pytest.raises(NotAllowed, match="that there is not"):
        gate.check(local_principal(), "jobs.invented")


async def test_a_principal_stands_until_its_credential_ends(house: House) -> None:
    soon = house.clock.now() + timedelta(seconds=5)
    house.tokens.known["token"] = replace(anna(Role.VIEWER), expires_at=soon)
    gate = house.gate()
    principal = await gate.admit(by_token("token"), None)
    assert await gate.stands(principal)
    house.clock.pass_(seconds=5)
    assert not await gate.stands(principal)
    assert await gate.stands(local_principal())
    gone = replace(principal, name="key:nowhere0", expires_at=None)
    assert not await gate.stands(gone)
