"""Planning: from what a repository says to what a run of it does, and in which order."""

from collections.abc import Sequence
from datetime import timedelta

from taskforce.core.pipelines.config import StepConfig
from taskforce.core.pipelines.plan import PlannedPhase, PlannedRelease, PlannedStep, PlannedTask, RunPlan
from taskforce.core.pipelines.ports import FoundConfig, FoundProject


def planned(found: FoundConfig) -> RunPlan:
    """Return the plan of a configuration whose files agree.

    Groups rise, phases of a group and the tasks of a phase go by name, steps as their project says; the order
    in which projects were found makes no difference.
    """
    projects = sorted(found.projects, key=lambda project: project.config.name)
    phases = sorted(found.repository.phases.items(), key=lambda named: (named[1].group, named[0]))
    return RunPlan(
        phases=tuple(
            PlannedPhase(
                name=name,
                group_number=phase.group,
                required=phase.required,
                timeout=phase.timeout,
                tasks=_tasks(name, projects, timeout=phase.timeout),
            )
            for name, phase in phases
        ),
        releases=tuple(
            PlannedRelease(
                project_name=project.config.name,
                folder=project.folder,
                release=project.config.release,
                artifacts=project.config.artifacts,
            )
            for project in projects
            if project.config.release.on
        ),
        projects=tuple(project.config.name for project in projects),
        tagging=found.repository.tagging,
    )


def _tasks(phase: str, projects: Sequence[FoundProject], *, timeout: timedelta) -> tuple[PlannedTask, ...]:
    return tuple(
        PlannedTask(
            project_name=project.config.name,
            folder=project.folder,
            steps=tuple(_step(step, timeout) for step in project.config.phases[phase].steps),
        )
        for project in projects
        if phase in project.config.phases
    )


def _step(step: StepConfig, phase_timeout: timedelta) -> PlannedStep:
    return PlannedStep(
        name=step.name,
        action=step.action,
        run=step.run,
        arguments=step.arguments,
        timeout=phase_timeout if step.timeout is None else step.timeout,
        retries=step.retries,
        required=step.required,
        env=step.env,
        secrets=step.secrets,
    )
