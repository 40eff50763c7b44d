"""What the app stands on: the container, opened on first use, the drain, the slots of streams."""

from collections.abc import Callable
from threading import Lock

from taskforce.api.drain import Drain
from taskforce.api.slots import StreamSlots
from taskforce.api.stay import Stay
from taskforce.api.wire import Wire
from taskforce.application.access.gate import Gate
from taskforce.application.executor import AgentExecutor
from taskforce.application.factory import Container, default_container
from taskforce.core.principals import Principal
from taskforce.settings import Settings


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
        self.slots = StreamSlots()
        self.wire = Wire()
        self._gate: Gate | None = None

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
                for service in _services(container):
                    service()
                self._opened = container
            return self._opened

    @property
    def gate(self) -> Gate:
        """Return what lets principals in."""
        if self._gate is None:
            self._gate = self.services.gate()
        return self._gate

    def stay(self, principal: Principal) -> Stay:
        """Return for how long a principal may watch."""
        return Stay(principal, stands=self.gate.stands, clock=self.container.clock())

    @property
    def executor(self) -> AgentExecutor:
        """Return what runs missions."""
        return AgentExecutor(self.services)

    @property
    def settings(self) -> Settings:
        """Return what this process runs with."""
        return self.container.settings()


def _services(container: Container) -> tuple[Callable[[], object], ...]:
    return (
        container.missions,
        container.sessions,
        container.jobs,
        container.runs,
        container.tasks,
        container.steps,
        container.releases,
        container.deployments,
        container.approvals,
        container.delivery_outcomes,
        container.scenario_imports,
        container.scenario_runs,
        container.experiments,
        container.debriefs,
        container.debrief_outcomes,
        container.videos,
        container.video_forks,
        container.video_files,
        container.keys,
        container.projects,
        container.members,
        container.gate,
        container.readiness,
    )
