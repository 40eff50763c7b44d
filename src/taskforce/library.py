"""The library's door: Taskforce in an asyncio program, and one call for a script without it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol, Self, Unpack

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.schemas import (
    JobView,
)
from taskforce.application.missions.schemas import (
    ExecuteMission,
    MissionJobView,
    MissionView,
)
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.program import Program
from taskforce.core.principals import Principal, local_principal
from taskforce.core.tools import Tool
from taskforce.rooms import (
    Approvals,
    Deployments,
    Jobs,
    MissionOptions,
    Missions,
    Releases,
    Runs,
    Sessions,
    mission_of,
)
from taskforce.settings import Settings, load_settings


class Executor(Protocol):
    """What the library needs of the AgentExecutor, which is loaded when a Taskforce is opened."""

    async def execute(
        self, principal: Principal, request: ExecuteMission, *, key: str | None = None
    ) -> MissionView: ...

    async def start(
        self, principal: Principal, request: ExecuteMission, *, key: str | None = None
    ) -> MissionJobView: ...

    async def result(self, principal: Principal, job: JobView) -> MissionView: ...

    def follow(
        self, principal: Principal, job: JobView, *, after: int = 0
    ) -> AsyncIterator[tuple[EventView, ...]]: ...

    def check_cassette(self, file: Path) -> None: ...

    async def record(self, principal: Principal, job: JobView, file: Path) -> int: ...


class Taskforce:
    """Taskforce, opened: runs missions, and shows and steers sessions and jobs.

    Open it once and use it as long as the program runs:

        async with Taskforce.open() as tf:
            mission = await tf.execute_mission("Count the lines of every file and write report.md")
            print(mission.message)
    """

    def __init__(
        self,
        *,
        settings: Settings,
        executor: Executor,
        missions: Missions,
        sessions: Sessions,
        jobs: Jobs,
        runs: Runs,
        releases: Releases,
        deployments: Deployments,
        approvals: Approvals,
        desk: JobDesk,
        principal: Principal,
    ) -> None:
        self.settings = settings
        self.missions = missions
        self.sessions = sessions
        self.jobs = jobs
        self.runs = runs
        self.releases = releases
        self.deployments = deployments
        self.approvals = approvals
        self._executor = executor
        self._desk = desk
        self._principal = principal

    @classmethod
    def open(
        cls,
        settings: Settings | None = None,
        *,
        programs: Iterable[Program] = (),
        tools: Iterable[Tool[Any]] = (),
    ) -> AbstractAsyncContextManager[Self]:
        """Open the store that the settings name, and a worker in this process; close both at the end.

        Without settings they are read from the environment and the settings files. Jobs that are due in
        the store are played here too; at the end what still runs is given back and stays due. A job of a
        program of one's own is played wherever Taskforce is opened with it, or finds it as a plugin. A tool
        is offered to missions whose profile lists its name. Raises KindTaken, ToolNameTaken, and NoTool.
        """
        return cls._opened(settings, programs, tools)

    @classmethod
    @asynccontextmanager
    async def _opened(
        cls, settings: Settings | None, programs: Iterable[Program], tools: Iterable[Tool[Any]]
    ) -> AsyncIterator[Self]:
        from taskforce.application.executor import AgentExecutor
        from taskforce.application.factory import close_container, open_container

        known = settings or load_settings().settings
        container = open_container(known, programs=programs, tools=tools)
        principal = local_principal()
        outcomes = container.delivery_outcomes()
        try:
            container.desk().open()  # jobs of the store that are due go on at once
            yield cls(
                settings=known,
                executor=AgentExecutor(container),
                missions=Missions(container.missions(), principal),
                sessions=Sessions(container.sessions(), principal),
                jobs=Jobs(container.jobs(), principal, container.clock()),
                runs=Runs(container.runs(), principal),
                releases=Releases(container.releases(), outcomes, principal),
                deployments=Deployments(container.deployments(), outcomes, principal),
                approvals=Approvals(container.approvals(), principal),
                desk=container.desk(),
                principal=principal,
            )
        finally:
            close_container(container)

    async def execute_mission(
        self, mission: str | None = None, *, record: Path | None = None, **options: Unpack[MissionOptions]
    ) -> MissionView:
        """Run a mission and return what it came to: completed, failed, or paused for an answer.

        With `record` a cassette is written there, for the model `replay:FILE`; it holds no secrets.

        Raises:
            Invalid: the mission, the profile, the model or a parameter is not right.
            SessionNotFound: there is no such session.
            SessionBusy: the session runs another mission.
        """
        request, key = self._request(mission, options)
        if record is None:
            return await self._executor.execute(self._principal, request, key=key)
        self._executor.check_cassette(record)
        job = await self._executor.start(self._principal, request, key=key)
        ended = await self._executor.result(self._principal, job)
        await self._executor.record(self._principal, job, record)
        return ended

    async def execute_mission_streaming(
        self, mission: str | None = None, **options: Unpack[MissionOptions]
    ) -> AsyncIterator[EventView]:
        """Run a mission and yield its events as they happen; the last one is `complete`.

        Raises the same errors as `execute_mission`. Who stops listening does not stop the mission.
        """
        request, key = self._request(mission, options)
        job = await self._executor.start(self._principal, request, key=key)
        async for page in self._executor.follow(self._principal, job):
            for event in page:
                yield event

    async def start(self, kind: str, input: JsonObject, *, subject: str | None = None) -> JobView:
        """Start a job of a program that Taskforce was opened with; `jobs.list` finds it by its subject.

        It is stored when this returns. Follow it with `jobs.watch`. Raises UnknownKind.
        """
        job = self._desk.new(kind, self._principal, input, subject=subject, alone=False)
        return JobView.of(await self._desk.accept(job))

    async def result(self, job: JobView) -> MissionView:
        """Wait for what a mission's job comes to, such as the one that `sessions.resume` returned."""
        return await self._executor.result(self._principal, job)

    def _request(self, mission: str | None, options: MissionOptions) -> tuple[ExecuteMission, str | None]:
        return mission_of({"profile": self.settings.profile, "mission": mission, **options})


def run_mission(
    mission: str | None = None,
    *,
    settings: Settings | None = None,
    record: Path | None = None,
    **options: Unpack[MissionOptions],
) -> MissionView:
    """Run a mission and return what it came to, in a script without asyncio.

        import taskforce

        print(taskforce.run_mission("List the files here").message)

    In an asyncio program use `Taskforce.open`. Raises the same errors as `Taskforce.execute_mission`.
    """
    if _in_a_loop():
        raise RuntimeError(
            "run_mission is for scripts; here, in a coroutine, use `async with Taskforce.open()`."
        )

    async def run() -> MissionView:
        async with Taskforce.open(settings) as tf:
            return await tf.execute_mission(mission, record=record, **options)

    return asyncio.run(run())


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
