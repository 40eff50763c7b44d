"""Keys, projects and members are kept alike by every store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from taskforce.core.access.errors import KeyIdTaken, KeyNotFound, MemberNotFound, ProjectNotFound
from taskforce.core.access.model import ApiKey, Member, Project
from taskforce.core.access.ports import KeyStore, MemberStore, ProjectStore
from taskforce.core.errors import Conflict
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.ports import RequestLog
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT, Role
from taskforce.infrastructure.access.memory import MemoryKeyStore, MemoryProjectStore
from taskforce.infrastructure.access.sql_keys import SqlKeyStore
from taskforce.infrastructure.access.sql_projects import SqlMemberStore, SqlProjectStore
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.jobs.sql_requests import SqlRequestLog
from tests.builders import NOON, ids

ANNA, BERT = "oidc:anna", "key:00000bert"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stores:
    keys: KeyStore
    projects: ProjectStore
    members: MemberStore
    requests: RequestLog


@pytest.fixture(params=["memory", "sqlite"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "memory":
        requests = MemoryRequestLog()
        projects = MemoryProjectStore(requests.remember, since=NOON)
        yield Stores(MemoryKeyStore(requests.remember), projects, projects.members, requests)
        return
    database = SqliteDatabase(tmp_path / "taskforce.db", synchronous="NORMAL")
    yield Stores(
        SqlKeyStore(database), SqlProjectStore(database), SqlMemberStore(database), SqlRequestLog(database)
    )
    database.close()


def a_key(id: str = "abcdefgh", **fields: object) -> ApiKey:
    made = ApiKey(
        id=id,
        digest="ab" * 32,
        project=DEFAULT_PROJECT,
        role=Role.OPERATOR,
        name="ci",
        created_by="local",
        created_at=NOON,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def a_project(**fields: object) -> Project:
    made = Project(id=ProjectId(ids.new()), name="Werk", created_by=ANNA, created_at=NOON)
    return replace(made, **fields)  # type: ignore[arg-type]


def a_member(project: ProjectId, principal: str = ANNA, role: Role | None = Role.ADMIN) -> Member:
    return Member(project=project, principal=principal, role=role, added_by="local", added_at=NOON)


def a_request(made: str) -> RememberRequest:
    key = RequestKey(project=DEFAULT_PROJECT, principal="local", use_case="keys.create", key="once")
    return RememberRequest(request=key, fingerprint="cd" * 32, made=made, at=NOON)


async def test_a_key_is_found_as_it_was_kept(stores: Stores) -> None:
    key = a_key(expires_at=NOON + MINUTE, role=Role.SERVICE)
    await stores.keys.add(key)
    assert await stores.keys.find(key.id) == key
    assert await stores.keys.get(key.id, project=DEFAULT_PROJECT) == key
    assert repr(key).count(key.digest) == 0


async def test_a_key_is_kept_with_the_request_that_made_it(stores: Stores) -> None:
    await stores.keys.add(a_key(), changes=[a_request("abcdefgh")])
    assert await stores.requests.find(a_request("").request) == a_request("abcdefgh")
    with pytest.raises(Conflict):
        await stores.keys.add(a_key("second00"), changes=[a_request("second00")])
    with pytest.raises(KeyNotFound):
        await stores.keys.find("second00")


async def test_an_id_is_given_once(stores: Stores) -> None:
    await stores.keys.add(a_key())
    with pytest.raises(KeyIdTaken):
        await stores.keys.add(a_key(name="another"))
    assert (await stores.keys.find("abcdefgh")).name == "ci"


async def test_a_key_of_another_project_is_not_there(stores: Stores) -> None:
    project = a_project()
    await stores.projects.add(project, owner=None)
    await stores.keys.add(a_key(project=project.id))
    with pytest.raises(KeyNotFound):
        await stores.keys.get("abcdefgh", project=DEFAULT_PROJECT)
    with pytest.raises(KeyNotFound):
        await stores.keys.revoke("abcdefgh", project=DEFAULT_PROJECT, at=NOON)
    assert (await stores.keys.find("abcdefgh")).revoked_at is None
    assert (await stores.keys.list(Page(), project=DEFAULT_PROJECT)).total == 0


async def test_keys_are_listed_newest_first(stores: Stores) -> None:
    for place in range(3):
        await stores.keys.add(a_key(f"key0000{place}", created_at=NOON + place * MINUTE))
    found = await stores.keys.list(Page(limit=2), project=DEFAULT_PROJECT)
    assert ([key.id for key in found.items], found.total) == (["key00002", "key00001"], 3)


async def test_a_key_is_revoked_once(stores: Stores) -> None:
    await stores.keys.add(a_key())
    first = await stores.keys.revoke("abcdefgh", project=DEFAULT_PROJECT, at=NOON)
    assert await stores.keys.revoke("abcdefgh", project=DEFAULT_PROJECT, at=NOON + MINUTE) == first
    assert (await stores.keys.find("abcdefgh")).revoked_at == NOON


async def test_of_two_uses_the_later_one_is_known(stores: Stores) -> None:
    await stores.keys.add(a_key())
    await stores.keys.touch("abcdefgh", at=NOON + MINUTE)
    await stores.keys.touch("abcdefgh", at=NOON)
    await stores.keys.touch("nowhere0", at=NOON)
    assert (await stores.keys.find("abcdefgh")).last_used_at == NOON + MINUTE


async def test_the_default_project_is_always_there(stores: Stores) -> None:
    assert (await stores.projects.find(DEFAULT_PROJECT)).name == "default"
    with pytest.raises(ProjectNotFound):
        await stores.projects.find(ProjectId("nowhere"))


async def test_a_project_is_kept_with_its_owner_and_the_request_that_made_it(stores: Stores) -> None:
    project = a_project()
    await stores.projects.add(project, owner=a_member(project.id), changes=[a_request(project.id)])
    assert await stores.projects.find(project.id) == project
    assert await stores.members.find(project.id, ANNA) == a_member(project.id)
    with pytest.raises(Conflict):
        await stores.projects.add(project, owner=None)
    assert (await stores.requests.find(a_request("").request)) == a_request(project.id)


async def test_projects_are_listed_to_their_members_and_all_to_who_may_see_all(stores: Stores) -> None:
    later = NOON.replace(year=2030)
    mine, other = a_project(created_at=later), a_project(created_at=later + MINUTE)
    await stores.projects.add(mine, owner=a_member(mine.id))
    await stores.projects.add(other, owner=a_member(other.id, BERT))

    async def seen(member: str | None, home: ProjectId = DEFAULT_PROJECT) -> list[ProjectId]:
        found = await stores.projects.list(Page(), member=member, home=home)
        assert found.total == len(found.items)
        return [project.id for project in found.items]

    assert await seen(None) == [other.id, mine.id, DEFAULT_PROJECT]
    assert await seen(ANNA) == [mine.id, DEFAULT_PROJECT]
    assert await seen(ANNA, home=other.id) == [other.id, mine.id]
    first = await stores.projects.list(Page(limit=1, offset=1), member=None, home=DEFAULT_PROJECT)
    assert ([project.id for project in first.items], first.total) == ([mine.id], 3)


async def test_a_member_gets_another_role_and_stays_who_it_was(stores: Stores) -> None:
    first = a_member(DEFAULT_PROJECT)
    assert await stores.members.put(first) == first
    again = replace(first, role=None, added_by=BERT, added_at=NOON + MINUTE)
    assert await stores.members.put(again) == replace(first, role=None)
    assert await stores.members.find(DEFAULT_PROJECT, ANNA) == replace(first, role=None)


async def test_members_are_listed_by_name_and_go(stores: Stores) -> None:
    for principal in (ANNA, BERT):
        await stores.members.put(a_member(DEFAULT_PROJECT, principal))
    found = await stores.members.list(Page(limit=1), project=DEFAULT_PROJECT)
    assert ([member.principal for member in found.items], found.total) == ([BERT], 2)
    await stores.members.remove(DEFAULT_PROJECT, BERT)
    assert await stores.members.find(DEFAULT_PROJECT, BERT) is None
    with pytest.raises(MemberNotFound):
        await stores.members.remove(DEFAULT_PROJECT, BERT)


async def test_nobody_is_a_member_of_no_project(stores: Stores) -> None:
    with pytest.raises(ProjectNotFound):
        await stores.members.put(a_member(ProjectId("nowhere")))
