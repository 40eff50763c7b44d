"""Working trees of a few files."""

from pathlib import Path

from taskforce.core.pipelines.errors import ConfigInvalid
from taskforce.core.pipelines.ports import FoundConfig
from taskforce.infrastructure.pipelines.config_files import FileConfigReader
from taskforce.infrastructure.pipelines.cue_program import CueProgram

REPO = ".forge/repo.yaml"
WEB = "web/.forge/project.yaml"
PHASES = "phases:\n  test:\n    group: 1\n"
PROJECT = "name: web\nphases:\n  test:\n    steps:\n      - name: unit\n        run: make test\n"


def a_tree(folder: Path, **files: str | bytes) -> Path:
    """Write files by their paths; the usual two are there unless they are said."""
    for path, text in {REPO: PHASES, WEB: PROJECT, **files}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


async def read(tree: Path, *, cue: CueProgram | None = None) -> FoundConfig:
    return await FileConfigReader(cue or CueProgram("")).read(tree)


async def problems(tree: Path, *, cue: CueProgram | None = None) -> list[str]:
    """What is wrong with a tree, as compilers say it."""
    try:
        await read(tree, cue=cue)
    except ConfigInvalid as wrong:
        return [str(problem) for problem in wrong.problems]
    return []
