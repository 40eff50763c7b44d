"""Discovery: which files of a working tree configure its pipeline, and whether what they say agrees."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from taskforce.core.pipelines.config import PROJECT_FILE, REPOSITORY_FILE, ProjectConfig, RepositoryConfig
from taskforce.core.pipelines.errors import ConfigProblem
from taskforce.core.pipelines.places import Places

ENDINGS = (".yaml", ".yml", ".json", ".cue")
_REPOSITORY_FILES = frozenset(REPOSITORY_FILE + ending for ending in ENDINGS)
_PROJECT_FILES = frozenset(PROJECT_FILE + ending for ending in ENDINGS)


MOST_STEPS = 20_000
"""Of a run, in all its phases: it is shown in one answer, which has 50 MB at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeFile:
    """A file of a working tree, by paths from the tree's root, POSIX."""

    path: str
    real: str
    """Where it lies once links are followed; the same as `path` when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found: the repository's file, the file of each project by its folder, and what is wrong."""

    repository: str | None
    projects: Mapping[str, str]
    """Folder (`.` for the root) to file."""
    problems: tuple[ConfigProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRepository:
    """What `.forge/repo.yaml` says, and where."""

    config: RepositoryConfig
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProject:
    """What a project's file says, and where."""

    folder: str
    config: ProjectConfig
    places: Places


def discovered(files: Iterable[TreeFile]) -> Discovery:
    """Return what configures a tree, by the names and places of its files alone."""
    configs = sorted((file for file in files if _is_config(file.path)), key=lambda file: file.path)
    problems = [problem for file in configs for problem in _strays(file)]
    refused = {problem.file for problem in problems}
    kept = [file.path for file in configs if file.path not in refused]
    repositories = [path for path in kept if path in _REPOSITORY_FILES]
    projects = _by_folder(path for path in kept if path not in _REPOSITORY_FILES)
    problems += _only_one(repositories)
    for paths in projects.values():
        problems += _only_one(paths)
    if not repositories and not refused & _REPOSITORY_FILES:
        missing = "is missing: it names the phases, such as phases: {test: {group: 1}}."
        problems.append(_problem(f"{REPOSITORY_FILE}.yaml", missing))
    return Discovery(
        repository=repositories[0] if repositories else None,
        projects={folder: paths[0] for folder, paths in projects.items()},
        problems=tuple(problems),
    )


def disagreements(
    repository: ReadRepository | None, projects: Sequence[ReadProject], *, is_complete: bool
) -> list[ConfigProblem]:
    """Return where files that are right each by itself contradict one another.

    The repository is None when its file could not be read. `is_complete` tells that every project could:
    only then is a phase known to be unused.
    """
    problems = list(_names_said_twice(projects))
    if repository is None:
        return problems
    declared = repository.config.phases
    for project in projects:
        for name in project.config.phases:
            if name not in declared:
                known = ", ".join(declared)
                message = f"{repository.places.file} has no such phase. It has: {known}."
                problems.append(project.places.problem(("phases", name), message))
    if is_complete:
        problems += _unused(repository, projects)
    steps = sum(len(phase.steps) for project in projects for phase in project.config.phases.values())
    if steps > MOST_STEPS:
        message = (
            f"there are {steps:,} steps in all, and a run has at most {MOST_STEPS:,}. Put some together."
        )
        problems.append(repository.places.problem(("phases",), message))
    return problems


def _is_config(path: str) -> bool:
    """Tell whether a file counts; whatever else lies in a folder `.forge` is the repository's own."""
    return path in _REPOSITORY_FILES or "/".join(path.split("/")[-2:]) in _PROJECT_FILES


def _strays(file: TreeFile) -> Iterator[ConfigProblem]:
    if _leaves(file.path) or _leaves(file.real):
        yield _problem(
            _printable(file.path), "leads out of the repository. Its configuration must lie inside."
        )
    elif not file.path.isprintable():
        yield _problem(_printable(file.path), "lies in a folder whose name cannot be printed. Rename it.")


def _leaves(path: str) -> bool:
    return path.startswith("/") or ".." in path.split("/")


def _by_folder(paths: Iterable[str]) -> dict[str, list[str]]:
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folders[str(PurePosixPath(path).parent.parent)].append(path)
    return folders


def _only_one(paths: Sequence[str]) -> list[ConfigProblem]:
    return [_problem(path, f"says what {paths[0]} says already. Keep one of them.") for path in paths[1:]]


def _names_said_twice(projects: Sequence[ReadProject]) -> Iterator[ConfigProblem]:
    first: dict[str, str] = {}
    for project in projects:
        name = project.config.name
        if name in first:
            message = f"{first[name]} is named {name} too. Give each project a name of its own."
            yield project.places.problem(("name",), message)
        first.setdefault(name, project.places.file)


def _unused(repository: ReadRepository, projects: Sequence[ReadProject]) -> list[ConfigProblem]:
    if not projects:
        message = f"there is no project: no folder has a {PROJECT_FILE}.yaml."
        return [repository.places.problem((), message)]
    used = {name for project in projects for name in project.config.phases}
    return [
        repository.places.problem(("phases", name), "no project has steps for this phase. Remove it.")
        for name in repository.config.phases
        if name not in used
    ]


def _problem(file: str, message: str) -> ConfigProblem:
    return ConfigProblem(file=file, line=1, column=1, message=message)


def _printable(path: str) -> str:
    return path.encode("unicode_escape").decode("ascii") if not path.isprintable() else path
