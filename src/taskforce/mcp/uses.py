"""The use cases as this door calls them: each takes its arguments and returns what every door shows."""

from taskforce.application.jobs.log_schemas import LogView
from taskforce.application.jobs.prune_schemas import PruneJobs, PruneView
from taskforce.application.jobs.schemas import (
    ArtifactView,
    CancelJob,
    GetJob,
    ItemsView,
    JobView,
    ListJobs,
    ListView,
    RetryJob,
)
from taskforce.application.missions.replay_schemas import ReplaySession, ReplayView
from taskforce.application.missions.schemas import (
    CancelSession,
    CreateSession,
    ExecuteMission,
    GetSession,
    ListMessages,
    ListSessions,
    MessageView,
    MissionJobView,
    MissionView,
    ModelView,
    ProfileView,
    RespondSession,
    ResumeSession,
    SessionDetailView,
    SessionView,
    ToolView,
)
from taskforce.application.missions.session_schemas import DeletedView, DeleteSession, ForkSession
from taskforce.application.missions.skill_schemas import SkillView
from taskforce.application.pipelines.schemas import (
    CancelRun,
    CreatedRunView,
    CreateRun,
    GetRun,
    ListRuns,
    RerunRun,
    RunsView,
    RunView,
)
from taskforce.mcp.arguments import (
    Create,
    Execute,
    Fork,
    Nothing,
    Rerun,
    Respond,
    Resume,
    Retry,
    RunPipeline,
    Watch,
    request_in,
)
from taskforce.mcp.services import Services
from taskforce.mcp.waiting import Tell, Waiter


class MissionUses:
    """The use cases of missions."""

    def __init__(self, services: Services) -> None:
        self._service = services.missions
        self._principal = services.principal
        self._waiter = Waiter(services)

    async def execute(self, asked: Execute, tell: Tell) -> MissionView:
        """Hand a mission in, and wait for it."""
        request = request_in(asked, ExecuteMission)
        job = await self._service.execute(self._principal, request, key=asked.idempotency_key)
        return await self._waiter.mission(job, tell, seconds=asked.wait_seconds)

    async def list_tools(self, asked: Nothing, tell: Tell) -> ItemsView[ToolView]:
        """List tools."""
        return ItemsView.all(self._service.list_tools(self._principal))

    async def list_skills(self, asked: Nothing, tell: Tell) -> ItemsView[SkillView]:
        """List skills."""
        return ItemsView.all(await self._service.list_skills(self._principal))

    async def list_profiles(self, asked: Nothing, tell: Tell) -> ItemsView[ProfileView]:
        """List profiles."""
        return ItemsView.all(self._service.list_profiles(self._principal))

    async def list_models(self, asked: Nothing, tell: Tell) -> ItemsView[ModelView]:
        """List models."""
        return ItemsView.all(await self._service.list_models(self._principal))


class SessionUses:
    """The use cases of sessions."""

    def __init__(self, services: Services) -> None:
        self._service = services.sessions
        self._principal = services.principal
        self._waiter = Waiter(services)

    async def list(self, asked: ListSessions, tell: Tell) -> ListView[SessionView]:
        """List sessions."""
        return ListView.of(await self._service.list(self._principal, asked), asked)

    async def get(self, asked: GetSession, tell: Tell) -> SessionDetailView:
        """Show a session."""
        return await self._service.get(self._principal, asked)

    async def create(self, asked: Create, tell: Tell) -> SessionDetailView:
        """Create a session."""
        request = request_in(asked, CreateSession)
        return await self._service.create(self._principal, request, key=asked.idempotency_key)

    async def fork(self, asked: Fork, tell: Tell) -> SessionDetailView:
        """Fork a session."""
        request = request_in(asked, ForkSession)
        return await self._service.fork(self._principal, request, key=asked.idempotency_key)

    async def delete(self, asked: DeleteSession, tell: Tell) -> DeletedView:
        """Delete a session."""
        await self._service.delete(self._principal, asked)
        return DeletedView(session_id=asked.session_id)

    async def messages(self, asked: ListMessages, tell: Tell) -> ListView[MessageView]:
        """List messages."""
        return ListView.of(await self._service.messages(self._principal, asked), asked)

    async def respond(self, asked: Respond, tell: Tell) -> MissionView:
        """Answer, and wait for what comes of it."""
        job = await self._service.respond(self._principal, request_in(asked, RespondSession))
        return await self._waiter.mission(job, tell, seconds=asked.wait_seconds, after=job.last_event)

    async def resume(self, asked: Resume, tell: Tell) -> MissionView:
        """Go on with a mission, and wait for it."""
        request = request_in(asked, ResumeSession)
        job = await self._service.resume(self._principal, request, key=asked.idempotency_key)
        return await self._waiter.mission(job, tell, seconds=asked.wait_seconds)

    async def replay(self, asked: ReplaySession, tell: Tell) -> ReplayView:
        """Play a past mission again, without doing anything."""
        return await self._service.replay(self._principal, asked)

    async def cancel(self, asked: CancelSession, tell: Tell) -> MissionJobView:
        """Cancel a mission."""
        return await self._service.cancel(self._principal, asked)


class JobUses:
    """The use cases of jobs."""

    def __init__(self, services: Services) -> None:
        self._service = services.jobs
        self._principal = services.principal
        self._waiter = Waiter(services)

    async def list(self, asked: ListJobs, tell: Tell) -> ListView[JobView]:
        """List jobs."""
        return ListView.of(await self._service.list(self._principal, asked), asked)

    async def get(self, asked: GetJob, tell: Tell) -> JobView:
        """Show a job."""
        return await self._service.get(self._principal, asked)

    async def watch(self, asked: Watch, tell: Tell) -> LogView:
        """Watch a job for a while."""
        return await self._waiter.log(asked, tell)

    async def cancel(self, asked: CancelJob, tell: Tell) -> JobView:
        """Cancel a job."""
        return await self._service.cancel(self._principal, asked)

    async def retry(self, asked: Retry, tell: Tell) -> JobView:
        """Try a job again."""
        request = request_in(asked, RetryJob)
        return await self._service.retry(self._principal, request, key=asked.idempotency_key)

    async def prune(self, asked: PruneJobs, tell: Tell) -> PruneView:
        """Prune jobs."""
        return await self._service.prune(self._principal, asked)

    async def artifacts(self, asked: GetJob, tell: Tell) -> ItemsView[ArtifactView]:
        """List artifacts."""
        return ItemsView.all(await self._service.artifacts(self._principal, asked))


class RunUses:
    """The use cases of runs."""

    def __init__(self, services: Services) -> None:
        self._service = services.runs
        self._principal = services.principal

    async def create(self, asked: RunPipeline, tell: Tell) -> CreatedRunView:
        """Start a run."""
        request = request_in(asked, CreateRun)
        return await self._service.create(self._principal, request, key=asked.idempotency_key)

    async def list(self, asked: ListRuns, tell: Tell) -> RunsView:
        """List runs."""
        return RunsView.of(await self._service.list(self._principal, asked), asked)

    async def get(self, asked: GetRun, tell: Tell) -> RunView:
        """Show a run."""
        return await self._service.get(self._principal, asked)

    async def cancel(self, asked: CancelRun, tell: Tell) -> RunView:
        """Cancel a run."""
        await self._service.cancel(self._principal, asked)
        return await self._service.get(self._principal, GetRun(run_id=asked.run_id))

    async def rerun(self, asked: Rerun, tell: Tell) -> CreatedRunView:
        """Play a run's commit again."""
        request = request_in(asked, RerunRun)
        return await self._service.rerun(self._principal, request, key=asked.idempotency_key)
