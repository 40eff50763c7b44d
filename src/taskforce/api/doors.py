"""What the app stands on: the container, opened on first use, and the drain."""

from threading import Lock

from taskforce.api.drain import Drain
from taskforce.api.wire import Wire
from taskforce.application.executor import AgentExecutor
from taskforce.application.factory import Container, default_container
from taskforce.settings import Settings

_OF_PIPELINES = ("runs", "tasks", "steps", "releases", "deployments", "approvals", "delivery_outcomes")
_SERVICES = ("missions", "sessions", "jobs", *_OF_PIPELINES, "readiness")


class Doors:
    """Gives the container to whoever needs it; the default one is opened when it is first asked for.

    Requests may come on several loops in several threads at once, and must find the same services: they are
    built by one of them, while the others wait.
    """

    def __init__(self, given: Container | None) -> None:
        self._given = given
        self._opening = Lock()
        self._opened: Container | None = None
        self.drain = Drain()
        self.wire = Wire()

    @property
    def container(self) -> Container:
        """Return the container; of its services maybe none is built yet."""
        return self._given or default_container()

    @property
    def services(self) -> Container:
        """Return the container with its services built."""
        with self._opening:
            if self._opened is None:
                container = self.container
                for service in _SERVICES:
                    getattr(container, service)()
                self._opened = container
            return self._opened

    @property
    def executor(self) -> AgentExecutor:
        """Return what runs missions."""
        return AgentExecutor(self.services)

    @property
    def settings(self) -> Settings:
        """Return what this process runs with."""
        return self.container.settings()
