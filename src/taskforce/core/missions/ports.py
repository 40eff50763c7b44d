"""What missions need from outside."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from taskforce.core.identity import JobId, ProjectId, SessionId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.missions.model import Exchange, ModelReply, ModelRequest, Session, SessionStatus
from taskforce.core.missions.profile import Profile
from taskforce.core.paging import Listing, Page
from taskforce.core.tools import Tool

Text = Callable[[str], Awaitable[None]]


class ChatModel(Protocol):
    """Something that reads a conversation and says what comes next."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Return the name under which it can be asked for again."""

    @abstractmethod
    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        """Answer. Pieces of text go to `on_text` as they come.

        Raises ModelUnavailable when trying again may help, ScriptBroken when it cannot.
        """


class ModelSource(Protocol):
    """Knows the models by name."""

    @abstractmethod
    def open(self, name: str) -> ChatModel:
        """Return the model. Raises ModelNotFound with what would be right."""

    @abstractmethod
    def pinned(self, name: str) -> str:
        """Return the name by which another process in another folder finds the same model.

        Raises ModelNotFound: so that a mission for a model that is not there is refused, not failed.
        """

    @abstractmethod
    def names(self) -> Mapping[str, str]:
        """Return what can be had: name or pattern, and what it is."""


class ToolSource(Protocol):
    """Knows the tools by name."""

    @abstractmethod
    def tools(self) -> Mapping[str, Tool[Any]]:
        """Return all tools by name."""


class ProfileSource(Protocol):
    """Knows the profiles by name."""

    @abstractmethod
    def get(self, name: str) -> Profile:
        """Return the profile with what it extends merged in.

        Raises ProfileNotFound, or ProfileInvalid with file and line.
        """

    @abstractmethod
    def names(self) -> Sequence[str]:
        """Return the names of all profiles, in order."""


class WorkspaceSource(Protocol):
    """Makes the folders that sessions work in."""

    @abstractmethod
    def place(self, session_id: SessionId, wanted: str | None) -> str:
        """Return the absolute path of the session's folder: the wanted one, else one of its own.

        Raises Invalid when the wanted one is not a folder. Nothing is made.
        """

    @abstractmethod
    def make(self, workspace: str) -> None:
        """Make a session's own folder, unless it is there."""

    @abstractmethod
    async def read(self, workspace: str, path: str) -> bytes | None:
        """Return what a file of a workspace holds; None when there is no such file inside it."""


class SessionStore(Protocol):
    """Keeps sessions. A session is created by the change that its first job brings, see `CreateSession`."""

    @abstractmethod
    async def add(self, session: Session, *, changes: Sequence[RememberRequest] = ()) -> None:
        """Store a new session, and what request made it. Raises Conflict when the request's key is taken."""

    @abstractmethod
    async def get(self, session_id: SessionId, *, project: ProjectId) -> Session:
        """Return the session; raise SessionNotFound, also when it is another project's."""

    @abstractmethod
    async def list(
        self, page: Page, *, project: ProjectId, profile: str | None, status: SessionStatus | None
    ) -> Listing[Session]:
        """Return sessions, newest first; a session's status follows from its newest job, see `status_of`."""

    @abstractmethod
    async def exchanges(self, session_id: SessionId, *, before: JobId, limit: int) -> tuple[Exchange, ...]:
        """Return the last missions of a session that ended before this job was created, oldest first.

        Of a mission that was resumed only the last job counts.
        """
