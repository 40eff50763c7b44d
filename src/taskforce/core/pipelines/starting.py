"""The parts of a run before anything of it has begun."""

from taskforce.core.identity import JobId
from taskforce.core.pipelines.identity import phase_id, step_id, task_id
from taskforce.core.pipelines.model import Phase, Step, Task
from taskforce.core.pipelines.plan import PlannedPhase, PlannedTask, RunPlan


def phases_of(run: JobId, plan: RunPlan) -> tuple[Phase, ...]:
    """Return the phases of a run, all pending, in the order of the plan."""
    return tuple(
        Phase(
            id=phase_id(run, phase.name),
            name=phase.name,
            group_number=phase.group_number,
            required=phase.required,
            tasks=tuple(_task(run, phase, task) for task in phase.tasks),
        )
        for phase in plan.phases
    )


def _task(run: JobId, phase: PlannedPhase, task: PlannedTask) -> Task:
    name = task.project_name
    steps = tuple(
        Step(id=step_id(run, phase.name, name, step.name), name=step.name, action=step.action)
        for step in task.steps
    )
    return Task(id=task_id(run, phase.name, name), project_name=name, steps=steps)
