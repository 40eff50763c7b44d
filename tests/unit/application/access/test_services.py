"""Keys, projects and members: made once, shown to whom they belong, and gone when they are taken away."""

import pytest

from taskforce.application.access.recent import Recent
from taskforce.application.access.schemas import (
    CreateKey,
    CreateProject,
    GetProject,
    ListKeys,
    ListMembers,
    ListProjects,
    RevokeKey,
    SetMember,
)
from taskforce.core.access.errors import KeyNotFound, ProjectNotFound
from taskforce.core.access.keys import id_in
from taskforce.core.access.model import KeyStatus
from taskforce.core.identity import ProjectId
from taskforce.core.principals import Credential, Principal, Role, local_principal
from taskforce.infrastructure.system.clock import SetClock
from tests.unit.application.access.cast import House

ME = local_principal()
GUEST = Principal(name="key:abcdefgh", credential=Credential.KEY, roles=frozenset({Role.ADMIN}))


@pytest.fixture
def house() -> House:
    return House()


async def test_a_key_is_shown_once(house: House) -> None:
    made = await house.keys.create(ME, CreateKey(name="ci"), key="once")
    assert made.key is not None
    assert id_in(made.key) == made.key_id
    again = await house.keys.create(ME, CreateKey(name="ci"), key="once")
    assert again == made.model_copy(update={"key": None})
    listed = await house.keys.list(ME, ListKeys())
    assert listed.total == 1
    assert "key" not in listed.items[0].model_fields_set
    kept = await house.keys_in.find(made.key_id)
    assert made.key not in f"{kept} {listed}"


async def test_a_key_is_revoked_for_its_own_project_alone(house: House) -> None:
    made = await house.key()
    elsewhere = local_principal(await house.project())
    with pytest.raises(KeyNotFound):
        await house.keys.revoke(elsewhere, RevokeKey(key_id=made.key_id))
    revoked = await house.keys.revoke(ME, RevokeKey(key_id=made.key_id))
    assert (revoked.status, revoked.revoked_at) == (KeyStatus.REVOKED, house.clock.now())


async def test_a_project_is_made_once_under_a_key(house: House) -> None:
    made = await house.projects.create(ME, CreateProject(name="Werk"), key="once")
    again = await house.projects.create(ME, CreateProject(name="Werk"), key="once")
    assert (again.is_replayed, again) == (True, made.model_copy(update={"is_replayed": True}))
    assert (await house.projects.list(ME, ListProjects())).total == 2


async def test_whoever_makes_a_project_is_its_admin_and_whoever_sits_here_need_not_be(house: House) -> None:
    mine, ours = await house.project(GUEST), await house.project()
    for project, names in ((mine, ["key:abcdefgh"]), (ours, [])):
        found = await house.members.list(ME, ListMembers(project_id=project))
        assert [member.principal for member in found.items] == names
    seen = await house.projects.list(GUEST, ListProjects())
    assert {project.project_id for project in seen.items} == {"default", mine}


async def test_what_is_asked_of_another_project_is_not_found(house: House) -> None:
    other = await house.project()
    with pytest.raises(ProjectNotFound):
        await house.projects.get(GUEST, GetProject(project_id=other))
    with pytest.raises(ProjectNotFound):
        await house.members.list(GUEST, ListMembers(project_id=other))
    with pytest.raises(ProjectNotFound):
        await house.members.set(
            ME, SetMember(project_id="00000000-0000-7000-8000-999999999999", principal="oidc:anna")
        )
    assert (await house.projects.get(ME, GetProject(project_id=other))).project_id == other


async def test_what_was_being_read_while_it_was_forgotten_is_not_kept() -> None:
    clock = SetClock()
    values = iter(["old", "new"])

    async def read(key: str) -> str:
        value = next(values)
        if value == "old":
            recent.forget(key)  # at this moment somebody else changes it
        return value

    recent: Recent[str, str] = Recent(read, clock=clock, seconds=60)
    assert await recent.get("it") == "old"
    assert await recent.get("it") == "new"
    assert await recent.get("it") == "new"


async def test_of_too_many_the_oldest_are_read_again() -> None:
    asked: list[int] = []

    async def read(key: int) -> int:
        asked.append(key)
        return key

    recent: Recent[int, int] = Recent(read, clock=SetClock(), seconds=60, most=2)
    for key in (1, 2, 3, 3, 2, 1):
        await recent.get(key)
    assert asked == [1, 2, 3, 1]


def test_a_project_id_is_no_other_text() -> None:
    assert ProjectId("default") == GetProject(project_id="default").project_id
