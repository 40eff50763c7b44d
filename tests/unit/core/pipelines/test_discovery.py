"""Discovery finds projects by the names of their files, and refuses what strays or contradicts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.pipelines.discovery import MOST_STEPS, TreeFile, disagreements, discovered
from tests.unit.core.pipelines.configs import (
    a_project,
    a_repository,
    files,
    read_project,
    read_repository,
)

REPO = ".forge/repo.yaml"


def test_each_folder_with_a_projects_file_is_a_project() -> None:
    found = discovered(
        files(
            REPO,
            ".forge/project.yml",
            "web/.forge/project.yaml",
            "libs/deep/core/.forge/project.json",
            "tools/.forge/project.cue",
        )
    )
    assert found.repository == REPO
    assert found.projects == {
        ".": ".forge/project.yml",
        "web": "web/.forge/project.yaml",
        "libs/deep/core": "libs/deep/core/.forge/project.json",
        "tools": "tools/.forge/project.cue",
    }
    assert found.problems == ()


@pytest.mark.parametrize(
    "path",
    [
        "web/.forge/repo.yaml",
        "web/.forge/project.toml",
        "web/.forge/project",
        "web/.forge/project.yaml.bak",
        "web/.forge/sub/project.yaml",
        "web/project.yaml",
        "web/x.forge/project.yaml",
    ],
)
def test_other_files_do_not_count(path: str) -> None:
    found = discovered(files(REPO, path))
    assert (found.repository, found.projects, found.problems) == (REPO, {}, ())


def test_a_repository_without_its_file_is_told_what_to_write() -> None:
    (problem,) = discovered(files("web/.forge/project.yaml")).problems
    assert str(problem) == (
        ".forge/repo.yaml:1:1: is missing: it names the phases, such as phases: {test: {group: 1}}."
    )


@pytest.mark.parametrize("path", ["../web/.forge/project.yaml", "/etc/.forge/project.yaml", "a/../../b"])
def test_paths_that_leave_the_tree_are_refused(path: str) -> None:
    path = path if path.endswith("project.yaml") else f"{path}/.forge/project.yaml"
    found = discovered(files(REPO, path))
    assert found.projects == {}
    assert [problem.file for problem in found.problems] == [path]
    assert "leads out of the repository" in found.problems[0].message


@pytest.mark.parametrize("real", ["../elsewhere/project.yaml", "/etc/passwd"])
def test_links_that_leave_the_tree_are_refused(real: str) -> None:
    found = discovered([*files(REPO), TreeFile(path="web/.forge/project.yaml", real=real)])
    assert found.projects == {}
    assert "leads out of the repository" in found.problems[0].message


def test_a_link_within_the_tree_is_followed() -> None:
    link = TreeFile(path="web/.forge/project.yaml", real="templates/web.yaml")
    assert discovered([*files(REPO), link]).projects == {"web": "web/.forge/project.yaml"}


def test_a_repository_file_that_is_a_link_outside_is_not_also_called_missing() -> None:
    found = discovered([TreeFile(path=REPO, real="/srv/repo.yaml")])
    assert found.repository is None
    assert len(found.problems) == 1


def test_a_folder_that_cannot_be_printed_is_refused_and_shown_escaped() -> None:
    (problem,) = discovered(files(REPO, "a\nb\udcff/.forge/project.yaml")).problems
    assert problem.file == r"a\nb\udcff/.forge/project.yaml"


def test_two_files_of_one_project_are_refused() -> None:
    found = discovered(files(REPO, "web/.forge/project.yaml", "web/.forge/project.json", ".forge/repo.json"))
    assert [str(problem) for problem in found.problems] == [
        ".forge/repo.yaml:1:1: says what .forge/repo.json says already. Keep one of them.",
        "web/.forge/project.yaml:1:1: says what web/.forge/project.json says already. Keep one of them.",
    ]


@given(
    st.permutations(
        files(REPO, ".forge/project.yaml", "a/.forge/project.json", "a/.forge/project.cue", "b/main.c")
    )
)
def test_the_order_of_files_makes_no_difference(shuffled: list[TreeFile]) -> None:
    assert discovered(shuffled) == discovered(sorted(shuffled, key=lambda file: file.path))


def test_two_projects_of_one_name_are_refused_where_the_second_is_named() -> None:
    projects = [read_project("a", a_project("web", "test")), read_project("b", a_project("web", "test"))]
    (problem,) = disagreements(read_repository(a_repository(test=1)), projects, is_complete=True)
    assert str(problem) == (
        "b/.forge/project.yaml:1:1: name: a/.forge/project.yaml is named web too. "
        "Give each project a name of its own."
    )


def test_a_phase_that_the_repository_does_not_declare_is_refused() -> None:
    projects = [read_project("a", a_project("web", "test", "biuld"))]
    (problem,) = disagreements(read_repository(a_repository(build=1, test=2)), projects, is_complete=False)
    assert str(problem) == (
        "a/.forge/project.yaml:2:1: phases.biuld: .forge/repo.yaml has no such phase. It has: build, test."
    )


def test_a_phase_that_no_project_uses_is_refused_where_it_is_declared() -> None:
    projects = [read_project("a", a_project("web", "test"))]
    (problem,) = disagreements(read_repository(a_repository(test=1, deploy=2)), projects, is_complete=True)
    assert str(problem) == (
        ".forge/repo.yaml:3:3: phases.deploy: no project has steps for this phase. Remove it."
    )


def test_a_phase_is_not_called_unused_while_a_project_could_not_be_read() -> None:
    assert disagreements(read_repository(a_repository(test=1)), [], is_complete=False) == []


def test_a_repository_without_projects_is_told_so_once() -> None:
    (problem,) = disagreements(read_repository(a_repository(build=1, test=2)), [], is_complete=True)
    assert "there is no project" in problem.message


def test_names_are_compared_even_when_the_repositorys_file_could_not_be_read() -> None:
    projects = [read_project("a", a_project("web", "x")), read_project("b", a_project("web", "y"))]
    assert len(disagreements(None, projects, is_complete=True)) == 1


def test_a_run_has_no_more_steps_than_an_answer_can_show() -> None:
    projects = [
        read_project(f"p{number}", a_project(f"p{number}", "test")) for number in range(MOST_STEPS // 2 + 1)
    ]
    repository = read_repository(a_repository(test=1))
    (problem,) = disagreements(repository, projects, is_complete=True)
    assert str(problem) == (
        ".forge/repo.yaml:1:1: phases: there are 20,002 steps in all, and a run has at most 20,000. "
        "Put some together."
    )
    assert disagreements(repository, projects[1:], is_complete=True) == []
