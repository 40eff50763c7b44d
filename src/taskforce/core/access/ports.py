"""What access needs of the outside: where keys, projects and members are kept, tokens, secrets, chance."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from taskforce.core.access.model import ApiKey, Identity, Member, Project
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.paging import Listing, Page


class KeyStore(Protocol):
    """Keeps API keys, never their text."""

    @abstractmethod
    async def add(self, key: ApiKey, *, changes: Sequence[RememberRequest] = ()) -> None:
        """Keep a new key, and with it what request made it. Raises KeyIdTaken, Conflict."""

    @abstractmethod
    async def find(self, key_id: str) -> ApiKey:
        """Return a key of any project. Raises KeyNotFound."""

    @abstractmethod
    async def get(self, key_id: str, *, project: ProjectId) -> ApiKey:
        """Return a key of a project. Raises KeyNotFound, also for a key of another one."""

    @abstractmethod
    async def list(self, page: Page, *, project: ProjectId) -> Listing[ApiKey]:
        """Return a project's keys, newest first, the revoked ones too."""

    @abstractmethod
    async def revoke(self, key_id: str, *, project: ProjectId, at: datetime) -> ApiKey:
        """Revoke a key; asked again, the first moment stays. Raises KeyNotFound."""

    @abstractmethod
    async def touch(self, key_id: str, *, at: datetime) -> None:
        """Note that a key was used; of two moments the later one stays. A key that is gone is no error."""


class ProjectStore(Protocol):
    """Keeps projects. The one called `default` is always there, and none goes."""

    @abstractmethod
    async def add(
        self, project: Project, *, owner: Member | None, changes: Sequence[RememberRequest] = ()
    ) -> None:
        """Keep a new project, its first member, if it has one, and what request made it. Raises Conflict."""

    @abstractmethod
    async def find(self, project_id: ProjectId) -> Project:
        """Return a project. Raises ProjectNotFound."""

    @abstractmethod
    async def list(self, page: Page, *, member: str | None, home: ProjectId) -> Listing[Project]:
        """Return the projects that a principal has a part in, or all for None, newest first; home is one."""


class MemberStore(Protocol):
    """Keeps who has a part in a project."""

    @abstractmethod
    async def find(self, project: ProjectId, principal: str) -> Member | None:
        """Return a principal's part in a project, if it has one."""

    @abstractmethod
    async def list(self, page: Page, *, project: ProjectId) -> Listing[Member]:
        """Return a project's members by name."""

    @abstractmethod
    async def put(self, member: Member) -> Member:
        """Give a principal a part, or another role; who added it, and when, stays. Raises ProjectNotFound."""

    @abstractmethod
    async def remove(self, project: ProjectId, principal: str) -> None:
        """Take a principal's part away. Raises MemberNotFound."""


class TokenReader(Protocol):
    """Tells who shows a bearer token."""

    @abstractmethod
    async def read(self, token: str) -> Identity:
        """Return who shows the token.

        Raises CredentialsRefused, or Unavailable when nobody can tell, for the issuer does not answer.
        """

    @abstractmethod
    async def check(self) -> None:
        """Return when the issuer publishes keys; raise Unavailable with the reason when not."""


class Pepper(Protocol):
    """The secret that digests of keys are made with; it is not where the digests are."""

    @abstractmethod
    def get(self) -> bytes:
        """Return the secret: always the same. Raises Unavailable when it cannot be read."""


class Chance(Protocol):
    """Bytes that nobody can guess."""

    @abstractmethod
    def take(self, count: int) -> bytes:
        """Return that many."""
