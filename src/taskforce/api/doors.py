"""What the app stands on: the container, opened on first use, and the drain."""

from taskforce.api.drain import Drain
from taskforce.application.executor import AgentExecutor
from taskforce.application.factory import Container, default_container
from taskforce.settings import Settings


class Doors:
    """Gives the container to whoever needs it; the default one is opened when it is first asked for."""

    def __init__(self, given: Container | None) -> None:
        self._given = given
        self.drain = Drain()

    @property
    def container(self) -> Container:
        """Return the container."""
        return self._given or default_container()

    @property
    def executor(self) -> AgentExecutor:
        """Return what runs missions."""
        return AgentExecutor(self.container)

    @property
    def settings(self) -> Settings:
        """Return what this process runs with."""
        return self.container.settings()
