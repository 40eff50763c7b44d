"""A gate on stores in memory, and who stands before it."""

from dataclasses import dataclass, field

from taskforce.application.access.gate import Gate
from taskforce.application.access.keyring import KeyRing
from taskforce.application.access.keys import KeyService
from taskforce.application.access.members import MemberService
from taskforce.application.access.parts import Parts
from taskforce.application.access.projects import ProjectService
from taskforce.application.access.schemas import CreateKey, CreateProject, NewKeyView
from taskforce.application.jobs.once import Once
from taskforce.core.access.credentials import Credentials
from taskforce.core.access.errors import CredentialsRefused
from taskforce.core.access.model import ApiKey, Identity
from taskforce.core.access.ports import Pepper, TokenReader
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.errors import StoreBusy
from taskforce.core.principals import DEFAULT_PROJECT, Credential, Principal, Role, local_principal
from taskforce.infrastructure.access.memory import MemoryKeyStore, MemoryProjectStore
from taskforce.infrastructure.identity.pepper import GivenPepper
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.system.chance import CountedChance
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.system.ids import CountedIds


class Asked(MemoryKeyStore):
    """A store that counts how often it is asked, and may be busy."""

    finds = 0
    touches = 0
    is_busy = False

    async def find(self, key_id: str) -> ApiKey:
        self.finds += 1
        return await super().find(key_id)

    async def touch(self, key_id: str, **fields: object) -> None:
        self.touches += 1
        if self.is_busy:
            raise StoreBusy("locked")
        await super().touch(key_id, **fields)  # type: ignore[arg-type]


class Tokens(TokenReader):
    """Knows some tokens by their text."""

    def __init__(self) -> None:
        self.known: dict[str, Identity] = {}

    async def read(self, token: str) -> Identity:
        if token not in self.known:
            raise CredentialsRefused("no such token")
        return self.known[token]

    async def check(self) -> None:
        return


@dataclass(slots=True)
class House:
    """All of it."""

    clock: SetClock = field(default_factory=SetClock)
    requests: MemoryRequestLog = field(default_factory=MemoryRequestLog)
    pepper: Pepper = field(default_factory=lambda: GivenPepper("p" * 32))
    tokens: Tokens = field(default_factory=Tokens)
    keys_in: Asked = field(init=False)
    projects_in: MemoryProjectStore = field(init=False)
    ring: KeyRing = field(init=False)
    parts: Parts = field(init=False)
    keys: KeyService = field(init=False)
    projects: ProjectService = field(init=False)
    members: MemberService = field(init=False)

    def __post_init__(self) -> None:
        once = Once(log=self.requests, clock=self.clock)
        self.keys_in = Asked(self.requests.remember)
        self.projects_in = MemoryProjectStore(self.requests.remember, since=self.clock.now())
        members = self.projects_in.members
        self.ring = KeyRing(store=self.keys_in, pepper=self.pepper, clock=self.clock)
        self.parts = Parts(projects=self.projects_in, members=members, clock=self.clock)
        self.keys = KeyService(
            store=self.keys_in,
            ring=self.ring,
            pepper=self.pepper,
            chance=CountedChance(),
            clock=self.clock,
            once=once,
        )
        self.projects = ProjectService(store=self.projects_in, clock=self.clock, ids=CountedIds(), once=once)
        self.members = MemberService(store=members, parts=self.parts, clock=self.clock)

    def gate(self, *, keys: bool = True, tokens: bool = True) -> Gate:
        return Gate(
            keys=self.ring if keys else None,
            tokens=self.tokens if tokens else None,
            parts=self.parts,
            clock=self.clock,
        )

    async def key(
        self, role: Role = Role.OPERATOR, project: ProjectId = DEFAULT_PROJECT, *, days: int | None = None
    ) -> NewKeyView:
        request = CreateKey(name="ci", role=role, expires_in_days=days)
        return await self.keys.create(local_principal(project), request)

    async def project(self, principal: Principal | None = None) -> ProjectId:
        made = await self.projects.create(principal or local_principal(), CreateProject(name="Werk"))
        return ProjectId(made.project_id)


def by_key(view: NewKeyView) -> Credentials:
    return Credentials(keys=(view.key or "",))


def by_token(token: str) -> Credentials:
    return Credentials(bearers=(token,))


def anna(*roles: Role, is_everywhere: bool = False) -> Identity:
    return Identity(
        name="oidc:anna",
        credential=Credential.OIDC,
        roles=frozenset(roles),
        is_everywhere=is_everywhere,
    )
