"""What a release's job is given: the build that is to be frozen, and what made it."""

from taskforce.core.documents import digest
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.model import Job, Throttle
from taskforce.core.pipelines.delivery import ArtifactType, BuiltArtifact, Product, ReleaseTrigger, Trigger
from taskforce.core.pipelines.kinds import RELEASE
from taskforce.core.pipelines.task import Given

KIND = RELEASE


class GivenArtifact(Given):
    """Something that the release refers to."""

    name: str
    type: ArtifactType
    tracking_oci_uri: str
    primary_published_uri: str


class ReleaseTask(Given):
    """The input of a job that makes a release."""

    repository: str
    project_name: str
    commit_sha: str
    """In full: 40 hex digits."""
    artifacts: tuple[GivenArtifact, ...] = ()
    trigger_type: ReleaseTrigger
    branch: str = ""
    """The branch that was built, if that is known."""
    tag: str = ""
    """The tag that was built, if it was one."""
    triggered_by: str
    run: JobId | None = None
    """The pipeline run that it comes from."""

    def product(self, project: ProjectId) -> Product:
        """Return what is released."""
        return Product(project=project, repository=self.repository, name=self.project_name)

    def built(self) -> tuple[BuiltArtifact, ...]:
        """Return what the release refers to."""
        return tuple(BuiltArtifact(**dict(one)) for one in self.artifacts)

    def trigger(self) -> Trigger:
        """Return what made the release."""
        return Trigger(trigger_type=self.trigger_type, branch=self.branch, triggered_by=self.triggered_by)


def one_at_a_time(product: Product) -> Throttle:
    """Return the limit under which a product's releases are numbered: one job after the other.

    It is a digest, for names of repositories may be longer than a key's.
    """
    about = digest([product.project, product.repository, product.name])
    return Throttle(key=f"release/{about}", running=1)


def task_of(job: Job) -> ReleaseTask:
    """Return what a job is to release."""
    return ReleaseTask.model_validate(job.input)
