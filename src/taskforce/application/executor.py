"""What library, API and CLI call to run missions: start one, follow it, wait for what it comes to."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from datetime import datetime
from pathlib import Path

from taskforce.application.factory import Container, default_container
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import COMPLETE
from taskforce.core.principals import Principal, local_principal
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.jobs.log_schemas import EventView
    from taskforce.application.jobs.refusals import checked
    from taskforce.application.jobs.schemas import JobView, WatchJob
    from taskforce.application.missions.schemas import ExecuteMission, MissionJobView, MissionView
    from taskforce.core.missions.model import SessionStatus
    from taskforce.core.missions.task import session_of


class AgentExecutor:
    """Runs missions. Without a container it stands on the default settings' one, opened on first use."""

    def __init__(self, container: Container | None = None) -> None:
        self._given = container

    async def execute_mission(
        self,
        mission: str,
        profile: str = "dev",
        session_id: str | None = None,
        *,
        params: Mapping[str, str] | None = None,
        model: str | None = None,
        workspace: str | None = None,
        idempotency_key: str | None = None,
    ) -> MissionView:
        """Run a mission and return what it came to: completed, failed, or paused for an answer.

        Under an idempotency key a mission is run once, and every call returns what that one came to.

        Raises:
            Invalid: the mission, the profile, the model or a parameter is not right.
            SessionNotFound: there is no such session.
            SessionBusy: the session runs another mission.
        """
        request = _request(
            mission, profile=profile, session_id=session_id, params=params, model=model, workspace=workspace
        )
        return await self.execute(local_principal(), request, key=idempotency_key)

    async def execute_mission_streaming(
        self,
        mission: str,
        profile: str = "dev",
        session_id: str | None = None,
        *,
        params: Mapping[str, str] | None = None,
        model: str | None = None,
        workspace: str | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncIterator[EventView]:
        """Run a mission and yield its events as they happen; the last one is `complete`.

        Raises the same errors as `execute_mission`.
        """
        request = _request(
            mission, profile=profile, session_id=session_id, params=params, model=model, workspace=workspace
        )
        job = await self.start(local_principal(), request, key=idempotency_key)
        async for page in self.follow(local_principal(), job):
            for view in page:
                yield view

    async def start(
        self, principal: Principal, request: ExecuteMission, *, key: str | None = None
    ) -> MissionJobView:
        """Accept a mission and return its job at once."""
        return await self._container.missions().execute(principal, request, key=key)

    async def execute(
        self, principal: Principal, request: ExecuteMission, *, key: str | None = None
    ) -> MissionView:
        """Run a mission and return what it came to."""
        return await self.result(principal, await self.start(principal, request, key=key))

    async def result(self, principal: Principal, job: JobView) -> MissionView:
        """Wait until a mission's job has ended or waits for a person, and return what it came to."""
        settled = await self._container.settling().of(JobId(job.id), project=principal.project)
        outcome = await self._container.mission_outcomes().of(settled)
        return MissionView.of(session_of(job.subject), job.id, outcome)

    async def standing(self, principal: Principal, job: JobView) -> MissionView:
        """Return what a mission has come to so far, without waiting for it."""
        found = await self._container.store().get(JobId(job.id), project=principal.project)
        outcome = await self._container.mission_outcomes().of(found)
        return MissionView.of(session_of(job.subject), job.id, outcome)

    def check_cassette(self, file: Path) -> None:
        """Return when a cassette can be written there. Raises Invalid."""
        self._container.recorder().check(file)

    async def record(self, principal: Principal, job: JobView, file: Path) -> int:
        """Write a cassette of a mission, as far as it has come; return how many replies it holds.

        Raises NotRecorded, and Invalid when the file cannot be written.
        """
        return await self._container.recorder().record(principal, JobId(job.id), file)

    async def follow(
        self, principal: Principal, job: JobView, *, after: int = 0
    ) -> AsyncGenerator[tuple[EventView, ...], None]:
        """Yield a mission's events, page by page, until it has ended or waits for a person.

        A pause ends it with an unnumbered `complete` of status `paused`; the log goes on after the answer.
        """
        clock = self._container.clock()
        wanted = WatchJob(job_id=job.id, after=after)
        async with aclosing(await self._container.jobs().watch(principal, wanted)) as pages:
            async for page in pages:
                views = [EventView.of_told(told, clock.now()) for told in page.told]
                if page.is_paused:
                    views.append(_paused(clock.now()))
                yield tuple(views)
                if page.is_paused:
                    return

    @property
    def _container(self) -> Container:
        return self._given or default_container()


def _request(
    mission: str,
    *,
    profile: str,
    session_id: str | None,
    params: Mapping[str, str] | None,
    model: str | None,
    workspace: str | None,
) -> ExecuteMission:
    return checked(
        ExecuteMission,
        mission=mission,
        profile=profile,
        session_id=session_id,
        params=dict(params or {}),
        model=model,
        workspace=workspace,
    )


def _paused(at: datetime) -> EventView:
    details: JsonObject = {"status": SessionStatus.PAUSED.value}
    return EventView(number=None, timestamp=at, event_type=COMPLETE, message="", details=details)
