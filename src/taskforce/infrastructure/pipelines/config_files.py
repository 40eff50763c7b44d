"""The configuration of a working tree, from its files in YAML, JSON and CUE."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from taskforce.core.pipelines.config import ProjectConfig, RepositoryConfig
from taskforce.core.pipelines.discovery import (
    Discovery,
    ReadProject,
    ReadRepository,
    disagreements,
    discovered,
)
from taskforce.core.pipelines.errors import ConfigInvalid, ConfigProblem
from taskforce.core.pipelines.places import Places
from taskforce.core.pipelines.ports import ConfigReader, FoundConfig, FoundProject
from taskforce.core.pipelines.validation import validated
from taskforce.infrastructure.pipelines.cue_program import CueProgram
from taskforce.infrastructure.pipelines.documents import Document, decoded
from taskforce.infrastructure.pipelines.json_files import json_document
from taskforce.infrastructure.pipelines.tree_walk import content, walked
from taskforce.infrastructure.pipelines.yaml_files import yaml_document

T = TypeVar("T", bound=BaseModel)

_CUE = ".cue"
_FORMATS = {".json": json_document, ".yaml": yaml_document, ".yml": yaml_document}
_MOST_PROBLEMS = 100
"""Of one file: who wrote it has enough to do with them."""
_AT_ONCE = 4
"""Files that are read side by side: `cue` takes a while for each."""


class FileConfigReader(ConfigReader):
    """Reads `.forge/repo.*` and each folder's `.forge/project.*`."""

    def __init__(self, cue: CueProgram) -> None:
        """Take what reads CUE."""
        self._cue = cue

    async def read(self, tree: Path) -> FoundConfig:
        walk = await asyncio.to_thread(walked, tree)
        found = discovered(walk.files)
        files = [*filter(None, [found.repository]), *found.projects.values()]
        slots = asyncio.Semaphore(_AT_ONCE)
        read = await asyncio.gather(*(self._read(tree, file, slots) for file in files))
        reading = _Reading([*walk.problems, *found.problems], dict(zip(files, read, strict=True)))
        return await asyncio.to_thread(reading.result, found)

    async def _read(self, tree: Path, file: str, slots: asyncio.Semaphore) -> Document | ConfigInvalid:
        """Return what a file says, or what is wrong with it: the other files are read all the same."""
        try:
            async with slots:
                return await self._document(tree, file)
        except ConfigInvalid as wrong:
            return wrong

    async def _document(self, tree: Path, file: str) -> Document:
        data = await asyncio.to_thread(content, tree, file)
        if not file.endswith(_CUE):
            return await asyncio.to_thread(_parsed, file, data)
        exported = json_document(file, decoded(file, await self._cue.exported(tree, file)))
        return Document(value=exported.value, places=Places(file=file))  # the places are those of the export


class _Reading:
    """Files that were read, on their way to one configuration."""

    def __init__(self, problems: list[ConfigProblem], read: Mapping[str, Document | ConfigInvalid]) -> None:
        self._problems = problems
        self._read = read

    def result(self, found: Discovery) -> FoundConfig:
        """Return what all files say together. Raises ConfigInvalid with the problems of all."""
        repository = next(self._models(RepositoryConfig, filter(None, [found.repository])), None)
        folders = {file: folder for folder, file in found.projects.items()}
        projects = [
            ReadProject(folder=folders[places.file], config=config, places=places)
            for config, places in self._models(ProjectConfig, sorted(folders))
        ]
        self._problems += disagreements(
            repository and ReadRepository(config=repository[0], places=repository[1]),
            projects,
            is_complete=not self._problems,
        )
        if repository is None or self._problems:
            raise ConfigInvalid(
                sorted(self._problems, key=lambda one: (one.file, one.line, one.column, one.message))
            )
        return FoundConfig(
            repository=repository[0],
            projects=tuple(FoundProject(folder=one.folder, config=one.config) for one in projects),
        )

    def _models(self, model: type[T], files: Iterator[str] | list[str]) -> Iterator[tuple[T, Places]]:
        """Yield what files say as models, and note what is wrong with the others."""
        for file in files:
            read = self._read[file]
            try:
                if isinstance(read, ConfigInvalid):
                    raise read
                yield validated(model, read.value, read.places), read.places
            except ConfigInvalid as wrong:
                self._problems += wrong.problems[:_MOST_PROBLEMS]


def _parsed(file: str, data: bytes) -> Document:
    return _FORMATS[Path(file).suffix](file, decoded(file, data))
