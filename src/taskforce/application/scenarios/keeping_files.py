"""The files that jobs of scenarios leave: stored once, and told in their results."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.program import JobContext
from taskforce.core.scenarios.files import place_of
from taskforce.core.scenarios.ports import MadeFile
from taskforce.core.scenarios.task import KeptFile


class RunResult(BaseModel):
    """What a run came to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kpis: JsonObject
    files: tuple[KeptFile, ...]


class DebriefResult(BaseModel):
    """What a debrief came to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[KeptFile, ...]


async def kept_files(
    ctx: JobContext, files: Sequence[MadeFile], *, project: ProjectId, run: JobId
) -> tuple[KeptFile, ...]:
    """Store the files of a run."""
    return tuple(
        [
            KeptFile(
                name=file.name,
                ref=await ctx.save(
                    f"{file.kind}/{file.name}",
                    file.content,
                    kind=file.kind,
                    media_type=file.media_type,
                    place=place_of(file, project=project, run=run),
                ),
            )
            for file in files
        ]
    )
