"""THE composition root: one container, of the parts in `wiring`; nothing else knows the adapters."""

import atexit
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock

from taskforce.application.wiring.video_services import VideoServices
from taskforce.core.documents import JsonObject
from taskforce.core.errors import NotFound
from taskforce.core.principals import local_principal
from taskforce.infrastructure.system.log import log_to
from taskforce.on_demand import load_promised, on_demand
from taskforce.settings import Settings, load_settings, terminal

with on_demand(__name__):
    from taskforce.application.missions.schemas import GetSession, ListSessions
    from taskforce.application.missions.sessions import SessionService
    from taskforce.core.jobs.program import Program


class Container(VideoServices):
    """Everything, wired. Providers are synchronous; what has threads starts them on first use."""


def open_container(
    settings: Settings,
    *,
    foreground: bool = False,
    prompted: bool = False,
    programs: Iterable[Program] = (),
    tools: Iterable[object] = (),
) -> Container:
    """Return a new container on these settings, with programs and tools beside Taskforce's own.

    One of the foreground plays only what this process takes in itself, and its children; one that is
    prompted only what its worker is prompted to. All others stay, and load whatever they may need at once.
    """
    if not foreground:
        load_promised()
    container = Container(
        settings=settings,
        foreground=foreground,
        prompted=prompted,
        guests=tuple(programs),
        given_tools=tuple(tools),
    )
    shows = terminal()
    log_to(
        sys.stderr,
        level=settings.log_level,
        redact=lambda document: container.redaction().document(document),
        has_color=shows.force_color or not (shows.no_color or shows.is_dumb),
    )
    return container


def close_container(container: Container) -> None:
    """Let running steps end, give leases back, close the database. Blocks for a few seconds at most."""
    with ExitStack() as stack:
        stack.callback(container.database().close)
        if (notices := container.notices()) is not None:
            stack.callback(notices.close)
        stack.callback(container.nats_links().close)
        stack.callback(container.tracer().close)
        stack.callback(container.encoding().close)
        stack.callback(container.evaluating().close)
        stack.callback(container.computing().close)
        stack.callback(container.staffing().stop)


_default: list[Container] = []
_opening = Lock()


def default_container() -> Container:
    """Return the container of the default settings, opened on first use and closed when the process ends."""
    with _opening:
        if not _default:
            container = open_container(load_settings().settings)
            atexit.register(close_container, container)
            _default.append(container)
        return _default[0]


class StateManager:
    """Where an agent's sessions are: as much of them as a look from outside needs."""

    def __init__(self, sessions: SessionService, *, profile: str) -> None:
        self._sessions = sessions
        self._profile = profile

    async def list_sessions(self) -> list[str]:
        """Return the ids of the newest hundred sessions of the agent's profile, newest first."""
        found = await self._sessions.list(local_principal(), ListSessions(profile=self._profile, limit=100))
        return [view.session_id for view in found.items]

    async def load_state(self, session_id: str) -> JsonObject | None:
        """Return a session's state (mission, status, created_at …), or None when there is no such session."""
        try:
            view = await self._sessions.get(local_principal(), GetSession(session_id=session_id))
        except NotFound:
            return None
        return view.model_dump(mode="json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent of a profile, and where its sessions are."""

    profile: str
    state_manager: StateManager


class AgentFactory:
    """Makes agents. Without arguments it stands on the container of the default settings."""

    def __init__(self, container: Container | None = None) -> None:
        self._container = container

    def create_agent(self, profile: str = "dev") -> Agent:
        """Return an agent of a profile. Raises ProfileNotFound."""
        container = self._container or default_container()
        name = container.profiles().get(profile).name
        return Agent(profile=name, state_manager=StateManager(container.sessions(), profile=name))
