"""What a forge is to be told: of which run, release or deployment. How that stands is looked up then."""

from enum import StrEnum

from taskforce.core.identity import JobId
from taskforce.core.jobs.events import COMPLETE
from taskforce.core.jobs.model import Job
from taskforce.core.pipelines import deployment_task, release_task, task
from taskforce.core.pipelines.events import (
    DEPLOYMENT_STARTED,
    RELEASE_CREATED,
    RUN_CANCELLED,
    RUN_COMPLETED,
    RUN_CREATED,
)
from taskforce.core.pipelines.kinds import FORGE
from taskforce.core.pipelines.task import Given

KIND = FORGE


class Topic(StrEnum):
    """What is told of."""

    RUN = "run"
    RELEASE = "release"
    DEPLOYMENT = "deployment"


class TellTask(Given):
    """The input of a job that tells a forge."""

    topic: Topic
    about: JobId


EVENTS = {
    (task.KIND, RUN_CREATED): Topic.RUN,
    (task.KIND, RUN_COMPLETED): Topic.RUN,
    (task.KIND, RUN_CANCELLED): Topic.RUN,
    (release_task.KIND, RELEASE_CREATED): Topic.RELEASE,
    (deployment_task.KIND, DEPLOYMENT_STARTED): Topic.DEPLOYMENT,
    (deployment_task.KIND, COMPLETE): Topic.DEPLOYMENT,
}
"""By kind of job and type of event: those after which something stands otherwise."""


def task_of(job: Job) -> TellTask:
    """Return what a job is to tell."""
    return TellTask.model_validate(job.input)
