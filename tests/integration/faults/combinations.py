"""What stories are told on: one process with all in its home, or machines that share what a cluster shares.

Which files machines share is what docs/how-to/from-laptop-to-cluster.md says.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from tests.integration.faults.queues import QUEUES
from tests.integration.processes import Process, script
from tests.integration.wire import Server, serving, serving_by
from tests.services.oci_registry import oci_registry
from tests.services.postgres_server import PostgresServer
from tests.services.s3_server import S3Server

EMBEDDED = "embedded"
SHARED = ("workspaces", "pipelines", "marketplace")
"""Folders of the home that all machines mount; profiles are rolled out to all."""
PEPPER = "what all of these machines sign addresses with"
OWN_MACHINE = Path(__file__).with_name("own_machine.py")


@dataclass(frozen=True, slots=True)
class Services:
    """What combinations are made of, but for the brokers."""

    database: PostgresServer
    s3: S3Server


Artifacts = Callable[[Services, Path], str]
COMBINATIONS: Mapping[str, tuple[str, Artifacts]] = {
    "postgresql": ("postgresql", lambda _, folder: (folder / "artifacts").as_uri()),
    "nats-s3": ("nats", lambda services, _: services.s3.url(services.s3.create())),
    "celery-s3": ("celery", lambda services, _: services.s3.url(services.s3.create())),
}
"""By name the queue, and where artifacts are."""


@dataclass(slots=True)
class Machines:
    """Starts each program on a machine of its own."""

    folder: Path
    _names: list[str] = field(default_factory=list)

    def start(self, home: Path, *words: str, **settings: object) -> Process:
        """Start a program; its machine's files lie beside the home for who looks from outside."""
        self._names.append(f"machine-{len(self._names) + 1}")
        own = self.folder / self._names[-1]
        own.mkdir()
        return script(OWN_MACHINE, home, str(own), *words, **settings)


@contextmanager
def combination(
    name: str, folder: Path, services: Services, settings: Mapping[str, object]
) -> Iterator[Server]:
    """Serve from the folder's home embedded, or as a door and two workers, each on a machine of its own."""
    home = folder / "home"
    with ExitStack() as stack:
        registry = stack.enter_context(oci_registry(folder))
        given = {**settings, "registry_url": f"http://{registry}"}
        if name == EMBEDDED:
            yield stack.enter_context(serving(home, **given))
            return
        queue, artifacts = COMBINATIONS[name]
        broker = stack.enter_context(QUEUES[queue]())
        for shared in SHARED:
            (home / shared).mkdir()
        told = {
            **given,
            **({} if broker.port is None else broker.settings(broker.port)),
            "database_url": services.database.create(uuid4().hex),
            "database_pool": 4,
            "artifacts_url": artifacts(services, folder),
            "pepper": PEPPER,
        }
        machines = Machines(folder)
        for _ in range(2):
            stack.enter_context(machines.start(home, "worker", **told))
        yield stack.enter_context(serving_by(machines.start, home, workers=0, **told))
