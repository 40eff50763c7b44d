"""What a run's job is given: what it is about, and what of an earlier run it keeps."""

from pydantic import BaseModel, ConfigDict

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.signals import SignalName
from taskforce.core.pipelines.kinds import PIPELINE
from taskforce.core.pipelines.model import Run, RunFacts, TriggerType, WorkStatus

KIND = PIPELINE
STEP_REPORT = SignalName("step_report")
"""What an external step waits for: it says `status`, may say `exit_code`, `error`, `logs_key`, `is_put`."""


class Given(BaseModel):
    """A part of the job's input."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptStep(Given):
    """What a step of the earlier run came to."""

    name: str
    exit_code: int | None
    logs_key: str | None


class KeptTask(Given):
    """A task that succeeded in the earlier run, and is not played again."""

    phase: str
    project_name: str
    steps: tuple[KeptStep, ...]


class RunTask(Given):
    """The input of a job that plays a run."""

    repository: str
    branch: str
    commit_sha: str
    trigger_type: TriggerType
    triggered_by: str
    rerun_of: JobId | None = None
    """The run whose commit is played again."""
    kept: tuple[KeptTask, ...] = ()

    def facts(self, job: Job) -> RunFacts:
        """Return what the run of a job is about."""
        return RunFacts(
            id=job.id,
            project=job.project,
            repository=self.repository,
            branch=self.branch,
            commit_sha=self.commit_sha,
            trigger_type=self.trigger_type,
            triggered_by=self.triggered_by,
            created_at=job.created_at,
        )

    def kept_task(self, phase: str, project_name: str) -> KeptTask | None:
        """Return what is kept of a task, if it is."""
        for task in self.kept:
            if (task.phase, task.project_name) == (phase, project_name):
                return task
        return None


def kept_of(run: Run) -> tuple[KeptTask, ...]:
    """Return the tasks of a run that succeeded."""
    return tuple(
        KeptTask(
            phase=phase.name,
            project_name=task.project_name,
            steps=tuple(
                KeptStep(name=step.name, exit_code=step.exit_code, logs_key=step.logs_key)
                for step in task.steps
            ),
        )
        for phase in run.phases
        for task in phase.tasks
        if task.status is WorkStatus.SUCCESS
    )


def facts_of(job: Job) -> RunFacts:
    """Return what the run of a job is about."""
    return RunTask.model_validate(job.input).facts(job)
