"""What a deployment's job is given; the rest is in its row."""

from taskforce.core.documents import digest
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Concurrency, Job
from taskforce.core.pipelines.delivery import Environment, Product
from taskforce.core.pipelines.kinds import DEPLOYMENT
from taskforce.core.pipelines.task import Given

KIND = DEPLOYMENT


class DeploymentTask(Given):
    """The input of a job that brings a release to an environment."""

    release: JobId
    environment: Environment


def one_at_a_time(product: Product, environment: Environment) -> Concurrency:
    """Return the limit under which deployments to one place follow each other.

    So the one that is active is the one that was asked for last.
    """
    place = [environment.value, product.project, product.repository, product.name]
    return Concurrency(key=f"deployment/{digest(place)}", limit=1)


def task_of(job: Job) -> DeploymentTask:
    """Return what a job is to deploy."""
    return DeploymentTask.model_validate(job.input)
