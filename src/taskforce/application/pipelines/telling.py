"""The teller: hands in the jobs that tell a forge, when events say that something stands otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from taskforce.application.jobs.desk import JobDesk
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.pipelines.telling import KIND, TellTask, Topic
from taskforce.core.principals import Principal

NAME = "github"
"""Who asks for what is told to GitHub, and for what it sends."""
PRIORITY = -1
"""Below the runs themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What something is to be told of."""

    project: ProjectId
    topic: Topic
    about: JobId


class Teller:
    """Hands in one job for each matter; one that is handed in twice is told twice, which changes nothing."""

    def __init__(self, desk: Callable[[], JobDesk]) -> None:
        self._desk = desk
        """Is asked when there is something to tell: it stands on what carries events here."""

    async def tell(self, matter: Matter) -> None:
        """See that a forge is told how this stands."""
        desk = self._desk()
        task = TellTask(topic=matter.topic, about=matter.about)
        principal = Principal(name=NAME, project=matter.project)
        job = desk.new(
            KIND, principal, task.model_dump(mode="json"), subject=f"telling/{matter.about}", alone=False
        )
        await desk.accept(replace(job, priority=PRIORITY))
