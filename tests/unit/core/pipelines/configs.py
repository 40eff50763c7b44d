"""Configurations that tests are made of."""

from taskforce.core.pipelines.config import PhaseConfig, ProjectConfig, RepositoryConfig
from taskforce.core.pipelines.discovery import ReadProject, ReadRepository, TreeFile
from taskforce.core.pipelines.places import PartPath, Places, Position
from taskforce.core.pipelines.ports import FoundConfig, FoundProject


def files(*paths: str) -> list[TreeFile]:
    return [TreeFile(path=path, real=path) for path in paths]


def a_repository(**groups: int) -> RepositoryConfig:
    """A repository's phases, each with its group."""
    return RepositoryConfig(phases={name: PhaseConfig(group=group) for name, group in groups.items()})


def a_project(name: str = "web", *phases: str) -> ProjectConfig:
    """A project with two steps in each of these phases."""
    steps = [{"name": "first", "run": "true"}, {"name": "second", "run": ["true"], "timeout": "45s"}]
    return ProjectConfig.model_validate(
        {"name": name, "phases": {phase: {"steps": steps} for phase in phases}}
    )


def read_repository(config: RepositoryConfig) -> ReadRepository:
    marks: dict[PartPath, Position] = {
        ("phases", name): (line, 3) for line, name in enumerate(config.phases, start=2)
    }
    return ReadRepository(config=config, places=Places(file=".forge/repo.yaml", marks=marks))


def read_project(folder: str, config: ProjectConfig) -> ReadProject:
    places = Places(file=f"{folder}/.forge/project.yaml", marks={("name",): (1, 1), ("phases",): (2, 1)})
    return ReadProject(folder=folder, config=config, places=places)


def found(repository: RepositoryConfig, *projects: ProjectConfig) -> FoundConfig:
    return FoundConfig(
        repository=repository,
        projects=tuple(FoundProject(folder=project.name, config=project) for project in projects),
    )
