"""The use case of a scan that stands alone: nothing is kept but its job."""

from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.jobs.schemas import JobView
from taskforce.application.marketplace.intake import lone_task
from taskforce.application.marketplace.schemas import StartScan
from taskforce.core.marketplace.ports import RepositoryReader
from taskforce.core.marketplace.task import KIND
from taskforce.core.principals import Principal


class ScanService:
    """Looks at repositories once."""

    def __init__(self, *, repositories: RepositoryReader, desk: JobDesk, once: Once) -> None:
        self._repositories = repositories
        self._desk = desk
        self._once = once

    async def create(self, principal: Principal, request: StartScan, *, key: str | None = None) -> JobView:
        """Look once at what a repository holds; the job's result tells what was found."""
        task = lone_task(self._repositories, request)

        async def make(note: Note) -> JobView:
            job = self._desk.new(KIND, principal, task.model_dump(mode="json"), subject=None, alone=False)
            return JobView.of(await self._desk.accept(job, changes=note(job.id)))

        keyed = Keyed.of("scans.create", principal, request, key)
        again = partial(self._desk.handed_in, principal=principal)
        return await self._once.do(keyed, make=make, again=again)
