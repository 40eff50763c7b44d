"""What missions need from outside."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from taskforce.core.identity import JobId, ProjectId, SessionId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.model import (
    Condemned,
    Exchange,
    ModelReply,
    ModelRequest,
    Session,
    SessionStatus,
)
from taskforce.core.missions.opening import OpeningLine
from taskforce.core.missions.profile import ModelSettings, Profile
from taskforce.core.missions.routing import ChosenModel, ModelOffer
from taskforce.core.missions.served import ListedTool, ServedTool
from taskforce.core.missions.strategy import Strategy
from taskforce.core.missions.survey import Survey
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

        A call's id is unique among those of the request and the reply. Whoever cancels it ends the
        connection too. Raises ModelUnavailable when trying again may help, ModelQuotaSpent when only another
        model may, and Invalid (ModelRejected, ModelNotReady, ScriptBroken) when nothing will.
        """


class ModelSource(Protocol):
    """Knows the models by name."""

    @abstractmethod
    def open(self, name: str, settings: ModelSettings) -> ChatModel:
        """Return the model. Raises ModelNotFound with what would be right."""

    @abstractmethod
    def pinned(self, name: str, settings: ModelSettings, *, is_trusted: bool) -> str:
        """Return the name by which another process in another folder finds the same model.

        What comes with a request is not trusted to name the address of a server; profiles and settings are.
        Raises ModelNotFound and ModelNotReady: so that a mission for a model that is not there is refused,
        not failed.
        """

    @abstractmethod
    def is_file(self, name: str) -> bool:
        """Tell whether a model of this name is read from a file of this machine, be it there or not."""

    @abstractmethod
    def window(self, name: str) -> int | None:
        """Return how many tokens the model of this pinned name takes in at once; None when nobody knows."""

    @abstractmethod
    async def found(self) -> ChosenModel:
        """Return the model of those who name none: by a key, a server on this machine, or the default."""

    @abstractmethod
    def offers(self) -> Sequence[ModelOffer]:
        """Return what can be had: name or pattern, what it is, and what it lacks here."""


class ToolSource(Protocol):
    """Knows the tools by name."""

    @abstractmethod
    def tools(self) -> Mapping[str, Tool[Any]]:
        """Return all tools by name; those of a broken plugin are left out."""

    @abstractmethod
    def chosen(self, names: Collection[str]) -> Mapping[str, Tool[Any]]:
        """Return at least those of these names; what the loop itself plays is not among them.

        Plugins are loaded only for names that are not known otherwise. Raises PluginBroken when one is
        missing and a plugin that may have it cannot be used, else ToolNotFound.
        """

    @abstractmethod
    def not_held(self, profile: Profile) -> tuple[str, ...]:
        """Return which limits nothing holds here for the programs that such missions may start."""

    @abstractmethod
    def has_walls(self) -> bool:
        """Tell whether walls hold the programs that tools start here. It blocks: call it from a thread."""


class StrategySource(Protocol):
    """Knows the strategies by name."""

    @abstractmethod
    def get(self, name: str) -> Strategy:
        """Return the strategy. Raises StrategyNotFound, and PluginBroken when it cannot be loaded."""

    @abstractmethod
    def knows(self, name: str) -> bool:
        """Tell whether there is one of this name; none is loaded."""

    @abstractmethod
    def names(self) -> Sequence[str]:
        """Return the names of all strategies, in order; none is loaded."""


class ToolServer(Protocol):
    """A server of tools, for as long as one play of a mission takes."""

    @abstractmethod
    async def listed(self) -> Sequence[ListedTool]:
        """Return its tools. Raises ToolServerUnavailable and ToolServerUnfit."""

    @abstractmethod
    def tool(self, served: ServedTool) -> Tool[Any]:
        """Return a tool of it, which connects when it is called; what breaks then is the call's failure."""


class ToolServers(Protocol):
    """Reaches servers of tools."""

    @abstractmethod
    def open(self, servers: Mapping[str, McpServer]) -> AbstractAsyncContextManager[Mapping[str, ToolServer]]:
        """Give them by name, each connected when it is first needed. Connections end with the context."""


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
    def discard(self, workspace: str) -> None:
        """Take a session's own folder away again, if nothing is in it; one that was wanted stays."""

    @abstractmethod
    async def copy(self, source: str, target: str) -> None:
        """Make a session's own folder as a copy of another one, links as links. If it fails, nothing stays.

        Raises WorkspaceTooLarge.
        """

    @abstractmethod
    def is_own(self, workspace: str, session_id: SessionId) -> bool:
        """Tell whether it is the session's own folder, and not one that was wanted."""

    @abstractmethod
    async def remove(self, session_id: SessionId) -> None:
        """Remove a session's own folder with all that is in it; none there is no error."""

    @abstractmethod
    async def read(self, workspace: str, path: str) -> bytes | None:
        """Return what a file of a workspace holds; None when there is no such file inside it."""

    @abstractmethod
    async def lay_out(self, workspace: str, folder: str, files: Mapping[str, bytes]) -> None:
        """Write files into a folder of a workspace, in place of older ones; git passes it over.

        Raises ToolFailed when what is there leads out of the workspace.
        """

    @abstractmethod
    async def survey(self, workspace: str) -> Survey:
        """Look at the files of a workspace, without opening any; of one too large nothing is told."""


class SessionStore(Protocol):
    """Keeps sessions. A session is created by the change that its first job brings, see `CreateSession`.

    One that is condemned is gone for all but `condemn` and `remove`.
    """

    @abstractmethod
    async def add(
        self,
        session: Session,
        *,
        opening: Sequence[OpeningLine] = (),
        changes: Sequence[RememberRequest] = (),
    ) -> None:
        """Store a new session, what was said before it, and what request made it.

        Raises Conflict when the request's key is taken.
        """

    @abstractmethod
    async def get(self, session_id: SessionId, *, project: ProjectId) -> Session:
        """Return the session; raise SessionNotFound, also when it is another project's."""

    @abstractmethod
    async def recall(self, session_id: SessionId, *, project: ProjectId) -> Session:
        """Return the session as it was last seen here. It may be gone, so `JoinSession` goes with it."""

    @abstractmethod
    async def opening(self, session_id: SessionId) -> tuple[OpeningLine, ...]:
        """Return what was said before the session began; it never changes."""

    @abstractmethod
    async def condemn(
        self,
        session_id: SessionId,
        *,
        project: ProjectId,
        at: datetime,
        unused_since: datetime | None = None,
    ) -> Condemned:
        """Mark a session as one to be removed, and return what goes with it; again, if it was marked before.

        With its jobs go those that they started or that continue them: all are pruned ones from now on, see
        `JobPruning`. Raises SessionNotFound, and SessionBusy when one of the jobs is not over, or has ended
        at `unused_since` or later.
        """

    @abstractmethod
    async def unused(
        self, *, project: ProjectId, before: datetime, after: Session | None, limit: int
    ) -> tuple[Session, ...]:
        """Return sessions without a job that goes on or has ended since a moment, the oldest first.

        Those that are marked are among them: somebody's removal may have broken off. One that began after
        the moment is not.
        """

    @abstractmethod
    async def remove(self, session_id: SessionId) -> None:
        """Remove a condemned session, once its jobs are gone; none there is no error."""

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
