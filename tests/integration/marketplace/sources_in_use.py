"""Who adds sources and has them scanned, for the tests of what comes of that."""

from dataclasses import replace

from taskforce.application.factory import Container
from taskforce.application.marketplace.schemas import (
    CreateSource,
    GetSource,
    RescanSource,
    SourceSchema,
)
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.principals import Credential, Principal, Role, local_principal
from tests.builders import OTHER_PROJECT
from tests.integration.marketplace.trees_of_git import Bare

SKILL = b"---\nname: profile\ndescription: Profiles tables.\n---\nHow to.\n"
FILES = {
    "skills/profile/SKILL.md": SKILL,
    "skills/profile/run.py": b"print(1)\n",
    "commands/a.md": b"Do it.\n",
    "docs/guide.md": b"Read me.\n",
}
ADMIN = local_principal()


def somebody(name: str = "bob", role: Role = Role.OPERATOR, **fields: object) -> Principal:
    who = Principal(name=name, roles=frozenset({role}), credential=Credential.KEY)
    return replace(who, **fields)  # type: ignore[arg-type]


BOB = somebody()
STRANGER = somebody("eve", project=OTHER_PROJECT)


async def added(house: Container, bare: Bare, by: Principal = BOB, **fields: object) -> SourceSchema:
    request = CreateSource(repo_url=f"file://{bare.folder}", **fields)  # type: ignore[arg-type]
    return await house.marketplace_sources().create(by, request)


async def scanned(house: Container, source_id: str, by: Principal = ADMIN) -> SourceSchema:
    sources = house.marketplace_sources()
    scan = await sources.rescan(by, RescanSource(source_id=source_id, force=True))
    await ended(house, scan.job_id, by)
    return await sources.get(by, GetSource(source_id=source_id))


async def ended(house: Container, job_id: str, by: Principal = BOB) -> Job:
    """Return a job of somebody's project when it is over."""
    return await house.settling().of(JobId(job_id), project=by.project)
