"""The example repositories are planned as they are meant, and their steps do what they say."""

import os
import subprocess
from pathlib import Path

from taskforce.core.pipelines.plan import RunPlan
from taskforce.core.pipelines.planning import planned
from tests.integration.pipelines.repositories import (
    Repository,
    a_c_program,
    a_monorepo,
    a_python_package,
)
from tests.integration.pipelines.trees import read


async def plan_of(repository: Repository) -> RunPlan:
    return planned(await read(repository.folder))


def tree_of(plan: RunPlan) -> list[list[tuple[str, list[str]]]]:
    """The groups of a plan: their phases, and the projects of each."""
    return [
        [(phase.name, [task.project_name for task in phase.tasks]) for phase in group]
        for group in plan.groups()
    ]


def exit_codes(repository: Repository, plan: RunPlan) -> dict[str, int]:
    """Run every step in order, in the folder of its project."""
    codes: dict[str, int] = {}
    for phase in plan.phases:
        for task in phase.tasks:
            for step in task.steps:
                run = step.run or ""
                ended = subprocess.run(
                    ["sh", "-eu", "-c", run] if isinstance(run, str) else run,
                    cwd=repository.folder / task.folder,
                    env={**os.environ, **step.env},
                    check=False,
                    capture_output=True,
                )
                codes[f"{phase.name}/{task.project_name}/{step.name}"] = ended.returncode
    return codes


async def test_the_python_package_is_linted_and_tested_then_built(tmp_path: Path) -> None:
    repository = a_python_package(tmp_path / "package")
    plan = await plan_of(repository)
    assert tree_of(plan) == [[("lint", ["answers"]), ("test", ["answers"])], [("build", ["answers"])]]
    assert exit_codes(repository, plan) == {
        "lint/answers/compile": 0,
        "test/answers/pytest": 0,
        "build/answers/archive": 0,
    }
    assert [release.project_name for release in plan.releases] == ["answers"]


async def test_a_wrong_answer_fails_its_tests_alone(tmp_path: Path) -> None:
    repository = a_python_package(tmp_path / "package", answer=41)
    codes = exit_codes(repository, await plan_of(repository))
    assert {name for name, code in codes.items() if code} == {"test/answers/pytest"}


async def test_the_c_program_is_built_then_tested(tmp_path: Path) -> None:
    repository = a_c_program(tmp_path / "program")
    plan = await plan_of(repository)
    assert tree_of(plan) == [[("build", ["greet"])], [("test", ["greet"])]]
    assert exit_codes(repository, plan) == {"build/greet/make": 0, "test/greet/check": 0}


async def test_a_c_program_that_does_not_compile_fails(tmp_path: Path) -> None:
    repository = a_c_program(tmp_path / "program", source="return nothing;")
    assert set(exit_codes(repository, await plan_of(repository)).values()) == {2}


async def test_the_monorepo_has_twelve_projects_in_three_groups(tmp_path: Path) -> None:
    repository = a_monorepo(tmp_path / "mono")
    plan = await plan_of(repository)
    libs, services, apps = (
        [f"{kind}-{name}" for name in ("four", "one", "three", "two")]
        for kind in ("libs", "services", "apps")
    )
    assert tree_of(plan) == [
        [("check", [*apps, *libs, *services])],
        [("build", [*libs, *services])],
        [("publish", [*apps, *services])],
    ]
    codes = exit_codes(repository, plan)
    assert len(codes) == 2 * (12 + 8 + 8)
    assert set(codes.values()) == {0}


async def test_what_steps_leave_behind_is_ignored(tmp_path: Path) -> None:
    for repository in (a_python_package(tmp_path / "package"), a_c_program(tmp_path / "program")):
        exit_codes(repository, await plan_of(repository))
        assert repository.git("status", "--porcelain") == ""


def test_the_same_files_are_the_same_commit(tmp_path: Path) -> None:
    first, second = a_monorepo(tmp_path / "first"), a_monorepo(tmp_path / "second")
    assert first.head == second.head
    assert len(first.commit({"README.md": "More"})) == 40
    assert first.head != second.head
