"""Which projects a run that succeeded releases by itself, as their `release.on` says."""

from dataclasses import dataclass

from taskforce.core.pipelines.branch_patterns import matches
from taskforce.core.pipelines.config import ReleaseCondition, Tagging
from taskforce.core.pipelines.delivery import ArtifactType, ReleaseTrigger
from taskforce.core.pipelines.model import RunFacts, TriggerType
from taskforce.core.pipelines.plan import PlannedRelease, RunPlan
from taskforce.core.pipelines.refs import Ref, owner_of
from taskforce.core.pipelines.release_task import GivenArtifact, ReleaseTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a run releases, and which projects that may be released it does not, for one reason."""

    tasks: tuple[ReleaseTask, ...]
    passed_over: tuple[str, ...]
    reason: str


def trigger_of(facts: RunFacts) -> ReleaseTrigger | None:
    """Return what a release of a run is made by; None: by nothing, for a pull request releases nothing."""
    if facts.trigger_type is TriggerType.PUSH:
        return ReleaseTrigger.TAG if Ref.of(facts.branch).tag else ReleaseTrigger.BRANCH_PUSH
    return ReleaseTrigger.MANUAL if facts.trigger_type is TriggerType.MANUAL else None


def due(facts: RunFacts, plan: RunPlan, *, commit_sha: str) -> Due:
    """Return what a run of this plan releases, by projects in the order of the plan.

    The commit is the one that was run, in full.
    """
    ref, trigger = Ref.of(facts.branch), trigger_of(facts)
    tasks: list[ReleaseTask] = []
    passed_over: list[str] = []
    for one in plan.releases:
        if trigger is None or not any(_holds(on, trigger, ref, one, plan) for on in one.release.on):
            passed_over.append(one.project_name)
            continue
        tasks.append(
            ReleaseTask(
                repository=facts.repository,
                project_name=one.project_name,
                commit_sha=commit_sha,
                artifacts=_artifacts(one),
                trigger_type=trigger,
                branch=ref.branch,
                tag=ref.tag,
                triggered_by=facts.triggered_by,
                run=facts.id,
            )
        )
    return Due(tasks=tuple(tasks), passed_over=tuple(passed_over), reason=_reason(trigger, ref))


def _holds(
    on: ReleaseCondition, trigger: ReleaseTrigger, ref: Ref, one: PlannedRelease, plan: RunPlan
) -> bool:
    if trigger is ReleaseTrigger.BRANCH_PUSH:
        return on.branch is not None and matches(on.branch, ref.branch)
    if trigger is ReleaseTrigger.TAG:
        return on.tag is not None and _is_own(ref.tag, one.project_name, plan)
    return on.manual is not None


def _is_own(tag: str, project_name: str, plan: RunPlan) -> bool:
    if plan.tagging is Tagging.TAG_ALL or plan.projects == (project_name,):
        return True
    return owner_of(tag, plan.projects) == project_name


def _artifacts(one: PlannedRelease) -> tuple[GivenArtifact, ...]:
    return tuple(
        GivenArtifact(
            name=artifact.name,
            type=ArtifactType(artifact.type),
            tracking_oci_uri="",
            primary_published_uri=artifact.uri or "",
        )
        for artifact in one.artifacts
    )


def _reason(trigger: ReleaseTrigger | None, ref: Ref) -> str:
    if trigger is None:
        return "a pull request releases nothing."
    if trigger is ReleaseTrigger.TAG:
        return f"release.on does not say tag, or the tag {ref.tag} is another project's."
    said = "manual" if trigger is ReleaseTrigger.MANUAL else f"a branch that {ref.branch} matches"
    return f"release.on does not say {said}."
