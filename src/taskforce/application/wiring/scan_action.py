"""The action `scan`: where pipelines meet the marketplace, since neither knows the other."""

from typing import ClassVar

from taskforce.application.jobs.refusals import checked
from taskforce.application.marketplace.intake import lone_task
from taskforce.application.marketplace.schemas import StartScan
from taskforce.core.marketplace.kinds import SCAN
from taskforce.core.marketplace.ports import RepositoryReader
from taskforce.core.pipelines.actions import ActionWork, AskedAction, StepAction


class ScanAction(StepAction):
    """Looks once at what a repository holds; `with` takes what `run scan` takes."""

    name: ClassVar[str] = SCAN

    def __init__(self, repositories: RepositoryReader) -> None:
        self._repositories = repositories

    async def prepare(self, asked: AskedAction) -> ActionWork:
        task = lone_task(self._repositories, checked(StartScan, **asked.arguments))
        return ActionWork(kind=SCAN, input=task.model_dump(mode="json"))
