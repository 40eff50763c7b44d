"""The mission program: gathers what a mission needs, and plays it as a job."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from taskforce.application.missions.activating import Activation
from taskforce.application.missions.agents import Agents
from taskforce.application.missions.asking import ModelCalls
from taskforce.application.missions.choosing import ModelChooser
from taskforce.application.missions.known_skills import KnownSkills
from taskforce.application.missions.playing import MissionPlay
from taskforce.application.missions.serving import served_tools
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid
from taskforce.core.jobs.errors import JobFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.missions import events
from taskforce.core.missions.model import Exchange
from taskforce.core.missions.opening import OpeningLine, messages_of, results_of
from taskforce.core.missions.ports import (
    ModelSource,
    ProfileSource,
    SessionStore,
    StrategySource,
    ToolServers,
    ToolSource,
    WorkspaceSource,
)
from taskforce.core.missions.react import Transcript
from taskforce.core.missions.results import Handles
from taskforce.core.missions.strategy import Strategy
from taskforce.core.missions.task import KIND, MissionTask
from taskforce.core.missions.toolbelt import Toolbelt
from taskforce.core.tools import Tool


class MissionProgram(Program):
    """Plays missions."""

    kind: ClassVar[str] = KIND

    def __init__(
        self,
        *,
        models: ModelSource,
        chooser: ModelChooser,
        profiles: ProfileSource,
        tools: ToolSource,
        servers: ToolServers,
        skills: KnownSkills,
        strategies: StrategySource,
        sessions: SessionStore,
        workspaces: WorkspaceSource,
    ) -> None:
        self._models = models
        self._chooser = chooser
        self._profiles = profiles
        self._tools = tools
        self._servers = servers
        self._skills = skills
        self._strategies = strategies
        self._sessions = sessions
        self._workspaces = workspaces

    def opening(self, job: Job) -> Event:
        task = MissionTask.model_validate(job.input)
        return events.started(
            task.mission,
            session_id=task.session_id,
            job_id=job.id,
            profile=task.profile.name,
            model=task.model,
            model_from=task.model_from,
            workspace=task.workspace,
            not_held=list(self._tools.not_held(task.profile)),
        )

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        task = MissionTask.model_validate(job.input)
        own, strategy = self._outfit(task)
        history, opening = await self._said_before(job, task)
        async with served_tools(self._servers, task.profile, ctx) as served:
            mission = MissionPlay(
                job=job,
                task=task,
                ctx=ctx,
                workspaces=self._workspaces,
                models=ModelCalls(ctx=ctx, models=self._models, task=task),
                agents=Agents(ctx=ctx, profiles=self._profiles, chooser=self._chooser, task=task),
                activation=Activation(
                    ctx=ctx, skills=self._skills, workspaces=self._workspaces, task=task, project=job.project
                ),
                belt=Toolbelt({**own, **served}, (*task.profile.tools, *served)),
                strategy=strategy,
                has_walls=self._tools.has_walls,
                handles=Handles(results_of(opening)),
                transcript=Transcript.of(task.mission, history, opening=messages_of(opening)),
            )
            return await mission.run()

    def _outfit(self, task: MissionTask) -> tuple[Mapping[str, Tool[Any]], Strategy]:
        """Return its own tools and its strategy. Raises JobFailed where one of them is not to be had."""
        profile = task.profile
        try:
            return self._tools.chosen(profile.tools), self._strategies.get(profile.strategy)
        except Invalid as lacking:
            raise JobFailed(lacking.code, lacking.message) from lacking

    async def _said_before(
        self, job: Job, task: MissionTask
    ) -> tuple[Sequence[Exchange], Sequence[OpeningLine]]:
        """Return how earlier missions of the session ended, and its beginning; an agent knows neither."""
        if task.depth:
            return (), ()
        first = task.first_job or job.id
        history = await self._sessions.exchanges(task.session_id, before=first, limit=task.profile.history)
        return history, await self._sessions.opening(task.session_id) if task.has_opening else ()
