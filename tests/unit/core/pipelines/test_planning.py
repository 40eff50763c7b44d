"""A plan depends on what is configured alone: groups rise, names decide, every step is there once."""

from collections import Counter
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.pipelines.config import PHASE_TIMEOUT, ProjectConfig, RepositoryConfig
from taskforce.core.pipelines.plan import RunPlan
from taskforce.core.pipelines.planning import planned
from tests.unit.core.pipelines.configs import a_project, a_repository, found

NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,3}", fullmatch=True)


@st.composite
def configurations(draw: st.DrawFn) -> tuple[RepositoryConfig, list[ProjectConfig]]:
    groups = draw(st.dictionaries(NAMES, st.integers(1, 4), min_size=1, max_size=6))
    names = draw(st.lists(NAMES, unique=True, max_size=6))
    phases = st.lists(st.sampled_from(sorted(groups)), unique=True)
    return a_repository(**groups), [a_project(name, *draw(phases)) for name in names]


def steps_of(plan: RunPlan) -> Counter[tuple[str, str, str]]:
    return Counter(
        (phase.name, task.project_name, step.name)
        for phase in plan.phases
        for task in phase.tasks
        for step in task.steps
    )


@given(configurations(), st.randoms(use_true_random=False))
def test_the_order_of_projects_makes_no_difference(
    configured: tuple[RepositoryConfig, list[ProjectConfig]], random: Random
) -> None:
    repository, projects = configured
    shuffled = [*projects]
    random.shuffle(shuffled)
    assert planned(found(repository, *shuffled)) == planned(found(repository, *projects))


@given(configurations())
def test_every_step_appears_once(configured: tuple[RepositoryConfig, list[ProjectConfig]]) -> None:
    repository, projects = configured
    said = Counter(
        (phase, project.name, step.name)
        for project in projects
        for phase, part in project.phases.items()
        for step in part.steps
    )
    assert steps_of(planned(found(repository, *projects))) == said


@given(configurations())
def test_groups_rise_and_names_decide_within_one(
    configured: tuple[RepositoryConfig, list[ProjectConfig]],
) -> None:
    plan = planned(found(configured[0], *configured[1]))
    phases = [(phase.group_number, phase.name) for phase in plan.phases]
    assert phases == sorted(phases)
    assert [phase for group in plan.groups() for phase in group] == list(plan.phases)
    for phase in plan.phases:
        projects = [task.project_name for task in phase.tasks]
        assert projects == sorted(projects)


def test_a_step_has_its_own_timeout_or_its_phases() -> None:
    repository = RepositoryConfig.model_validate({"phases": {"test": {"timeout": "5m"}, "lint": {}}})
    plan = planned(found(repository, a_project("web", "test", "lint")))
    timeouts = {phase.name: [step.timeout for step in phase.tasks[0].steps] for phase in plan.phases}
    assert timeouts == {
        "lint": [PHASE_TIMEOUT, timedelta(seconds=45)],
        "test": [timedelta(minutes=5), timedelta(seconds=45)],
    }


def test_what_a_step_says_comes_through_unchanged() -> None:
    said = {
        "name": "pack",
        "action": "mission",
        "with": {"mission": "Pack it", "files": ["a", 1, None]},
        "retries": 2,
        "required": False,
        "env": {"MODE": "fast"},
        "secrets": ["TOKEN"],
    }
    project = ProjectConfig.model_validate({"name": "web", "phases": {"test": {"steps": [said]}}})
    (step,) = planned(found(a_repository(test=1), project)).phases[0].tasks[0].steps
    assert step.model_dump(exclude={"timeout"}) == {
        "name": "pack",
        "action": "mission",
        "run": None,
        "arguments": {"mission": "Pack it", "files": ["a", 1, None]},
        "retries": 2,
        "required": False,
        "env": {"MODE": "fast"},
        "secrets": ("TOKEN",),
    }


def test_projects_that_say_when_are_released() -> None:
    released = ProjectConfig.model_validate({"name": "web", "release": {"on": [{"tag": True}]}})
    plan = planned(found(a_repository(test=1), a_project("lib", "test"), released))
    assert [(release.project_name, release.folder) for release in plan.releases] == [("web", "web")]


def test_a_plan_survives_being_recorded() -> None:
    plan = planned(found(a_repository(test=1, build=2), a_project("web", "test", "build")))
    assert RunPlan.model_validate_json(plan.model_dump_json()) == plan
