"""Who plays in tests of deliveries: a registry and a GitOps repository in memory, over the kernel."""

from dataclasses import dataclass, field, replace

from taskforce.application.pipelines.deployment_program import DeploymentProgram
from taskforce.application.pipelines.release_program import ReleaseProgram
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import OPENING, KeyedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.pipelines import deployment_task, release_task
from taskforce.core.pipelines.changes import CreateDeployment
from taskforce.core.pipelines.delivery import Deployment, DeploymentStatus, Environment, Product, Release
from taskforce.core.pipelines.errors import GitOpsUnreachable, PushRefused, RegistryUnreachable
from taskforce.core.pipelines.ports import GitOps, Packed, ReleaseRegistry
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.pipelines.memory_delivery import (
    MemoryDeliveries,
    MemoryDeploymentStore,
    MemoryReleaseStore,
)
from tests.builders import a_job
from tests.delivery_builders import SHOP, a_commit
from tests.stage import Stage


@dataclass
class Registry(ReleaseRegistry):
    """What was packed, by tag; it is away as often as a test says."""

    away: int = 0
    packed: dict[str, bytes] = field(default_factory=dict)

    async def pack(self, release_document: bytes, *, product: Product, tag: str) -> Packed:
        if self.away:
            self.away -= 1
            raise RegistryUnreachable("It is away.")
        self.packed[tag] = release_document
        return Packed(uri=f"memory://{product.name}:{tag}", digest=f"sha256:{len(release_document)}")


@dataclass
class Ops(GitOps):
    """Commits in a list; it refuses, is away, or forgets what was pushed, as a test says."""

    refuses: bool = False
    away: int = 0
    forgets: bool = False
    commits: list[tuple[str, bytes]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    async def push(self, path: str, content: bytes, *, message: str) -> str:
        if self.refuses:
            raise PushRefused("Declined.")
        if self.away:
            self.away -= 1
            raise GitOpsUnreachable("It is away.")
        if self.files.get(path) != content:
            self.commits.append((path, content))
            self.files[path] = content
        return a_commit(len(self.commits))

    async def holds(self, path: str, content: bytes) -> bool:
        return not self.forgets and self.files.get(path) == content


class DeliveryStage(Stage):
    """Plays releases and deployments."""

    def __init__(self, *, registry: Registry | None = None, ops: Ops | None = None) -> None:
        deliveries = MemoryDeliveries(lambda job_id: self.store.find(job_id))  # noqa: PLW0108 - it comes later
        super().__init__(appliers=deliveries.appliers)
        self.registry = registry or Registry()
        self.ops = ops or Ops()
        self.releases = MemoryReleaseStore(deliveries)
        self.deployments = MemoryDeploymentStore(deliveries)
        self.programs["release"] = ReleaseProgram(releases=self.releases, registry=self.registry)
        self.programs["deployment"] = DeploymentProgram(deployments=self.deployments, gitops=self.ops)

    async def ask_release(self, commit: int = 1, *, product: Product = SHOP, **fields: object) -> JobId:
        """Hand a release in."""
        task = release_task.ReleaseTask.model_validate(
            {
                "repository": product.repository,
                "project_name": product.name,
                "commit_sha": a_commit(commit),
                "trigger_type": "branch_push",
                "branch": "main",
                "triggered_by": "ann",
                **fields,
            }
        )
        job = a_job(kind="release", input=task.model_dump(mode="json"), created_at=self.clock.now())
        return await self._submitted(job.throttled(release_task.one_at_a_time(product)))

    async def a_release(self, commit: int = 1) -> Release:
        """Make a release."""
        job_id = await self.ask_release(commit)
        await self.settle()
        return await self.releases.get(job_id, project=DEFAULT_PROJECT)

    async def ask_deployment(self, release: Release, environment: Environment = Environment.DEV) -> JobId:
        """Hand a deployment in."""
        task = deployment_task.DeploymentTask(release=release.id, environment=environment)
        job = a_job(kind="deployment", input=task.model_dump(mode="json"), created_at=self.clock.now())
        job = replace(job, concurrency=deployment_task.one_at_a_time(release.product, environment))
        deployment = Deployment(
            id=job.id,
            release=release,
            environment=environment,
            status=DeploymentStatus.PENDING,
            created_at=job.created_at,
            deployed_by=job.created_by,
        )
        return await self._submitted(job, CreateDeployment(deployment=deployment, most=50))

    async def told(self, job_id: JobId, type: str) -> JsonObject:
        """Return what an event of a job says."""
        events = await self.store.events(job_id, after=0, limit=100)
        (found,) = [recorded.event.details for recorded in events if recorded.event.type == type]
        return found

    async def types(self, job_id: JobId) -> list[str]:
        """Return the types of a job's events."""
        return [recorded.event.type for recorded in await self.store.events(job_id, after=0, limit=100)]

    async def _submitted(self, job: Job, *changes: CreateDeployment) -> JobId:
        opening = KeyedEvent(key=OPENING, event=self.player.opening(job))
        return (await self.store.submit(job, events=[opening], changes=changes)).id
