"""The use cases as the library offers them: each takes the fields of its request as keyword arguments."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypedDict, TypeVar, Unpack

from pydantic import ValidationError

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.refusals import checked, refused
from taskforce.application.jobs.schemas import (
    CancelJob,
    GetArtifact,
    GetJob,
    JobView,
    ListJobs,
    Request,
    RetryJob,
    WatchJob,
)
from taskforce.application.jobs.service import JobService
from taskforce.application.missions.replay_schemas import ReplaySession
from taskforce.application.missions.schemas import (
    CancelSession,
    CreateSession,
    ExecuteMission,
    GetSession,
    ListMessages,
    ListSessions,
    MissionJobView,
    ModelView,
    ProfileView,
    RespondSession,
    ResumeSession,
    SessionDetailView,
    ToolView,
)
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.session_schemas import DeleteSession, ForkSession, MessagePlace
from taskforce.application.missions.sessions import SessionService
from taskforce.application.missions.skill_schemas import SkillView
from taskforce.application.pipelines.approval_schemas import (
    CreateApproval,
    CreatedApprovalView,
    GetApproval,
    RevokeApproval,
)
from taskforce.application.pipelines.approvals import ApprovalService
from taskforce.application.pipelines.deployment_schemas import (
    CreatedDeploymentView,
    CreateDeployment,
    GetCurrentDeployment,
    ListDeployments,
)
from taskforce.application.pipelines.deployments import DeploymentService
from taskforce.application.pipelines.outcomes import DeliveryOutcomes
from taskforce.application.pipelines.release_schemas import (
    AliasRelease,
    CreatedReleaseView,
    CreateRelease,
    GetRelease,
    ListReleases,
    UnaliasRelease,
)
from taskforce.application.pipelines.releases import ReleaseService
from taskforce.application.pipelines.schemas import (
    CancelRun,
    CreatedRunView,
    CreateRun,
    GetRun,
    GetRunLog,
    ListRuns,
    RerunRun,
)
from taskforce.application.pipelines.service import RunService
from taskforce.core.clock import Clock
from taskforce.core.jobs.budget import Limits
from taskforce.core.principals import Principal

P = ParamSpec("P")
R = TypeVar("R", bound=Request)
V = TypeVar("V")


class MissionOptions(TypedDict, total=False):
    """What may be said of a mission beside its text; what is left out is settled by settings and profile."""

    profile: str
    """Which model, tools, policy and limits to run with."""
    session_id: str | None
    """The session it belongs to; a new one if left out."""
    skill: str | None
    """A skill to do it with; the mission's own words may then be left out."""
    params: Mapping[str, str]
    """Values for `{{name}}` places in the mission or the skill."""
    model: str | None
    """The model to run with, such as `local:planner`."""
    workspace: str | None
    """The folder to work in, for a new session; one of its own if left out."""
    limits: Limits | None
    """Other limits than the profile's."""
    idempotency_key: str | None
    """Called again with the same words under this key, no new mission is run."""


def _asked(principal: Principal, use: Callable[[Principal, R], V], request: Callable[P, R]) -> Callable[P, V]:
    """Return a use case that takes the fields of its request as keyword arguments, as this principal."""

    @wraps(use)
    def ask(*args: P.args, **fields: P.kwargs) -> V:
        try:
            made = request(*args, **fields)
        except ValidationError as wrong:
            raise refused(wrong) from wrong
        return use(principal, made)

    ask.__signature__ = signature(request)  # type: ignore[attr-defined] # what help() shows
    return ask


class Missions:
    """The use cases of missions."""

    def __init__(self, service: MissionService, principal: Principal) -> None:
        self._service = service
        self._principal = principal

    async def execute(self, mission: str | None = None, **options: Unpack[MissionOptions]) -> MissionJobView:
        """Hand in a mission and return its job at once."""
        request, key = mission_of({"mission": mission, **options})
        return await self._service.execute(self._principal, request, key=key)

    def list_tools(self) -> list[ToolView]:
        """List the tools that missions may use."""
        return self._service.list_tools(self._principal)

    def list_skills(self) -> list[SkillView]:
        """List the skills that missions may use."""
        return self._service.list_skills(self._principal)

    def list_profiles(self) -> list[ProfileView]:
        """List the profiles that missions may run with."""
        return self._service.list_profiles(self._principal)

    async def list_models(self) -> list[ModelView]:
        """List the models that missions may run with."""
        return await self._service.list_models(self._principal)


class Sessions:
    """The use cases of sessions. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: SessionService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = _asked(principal, service.list, ListSessions)
        self.get = _asked(principal, service.get, GetSession)
        self.messages = _asked(principal, service.messages, ListMessages)
        self.respond = _asked(principal, service.respond, RespondSession)
        self.cancel = _asked(principal, service.cancel, CancelSession)
        self.delete = _asked(principal, service.delete, DeleteSession)
        self.replay = _asked(principal, service.replay, ReplaySession)

    async def create(
        self, *, profile: str = "dev", workspace: str | None = None, idempotency_key: str | None = None
    ) -> SessionDetailView:
        """Create a session without a mission yet."""
        request = checked(CreateSession, profile=profile, workspace=workspace)
        return await self._service.create(self._principal, request, key=idempotency_key)

    async def fork(
        self, *, session_id: str, message: MessagePlace | None = None, idempotency_key: str | None = None
    ) -> SessionDetailView:
        """Fork a session: a new one that goes on from what was said in it, up to a message."""
        request = checked(ForkSession, session_id=session_id, message=message)
        return await self._service.fork(self._principal, request, key=idempotency_key)

    async def resume(
        self,
        *,
        session_id: str,
        limits: Limits | None = None,
        model: str | None = None,
        idempotency_key: str | None = None,
    ) -> MissionJobView:
        """Go on with a session's failed mission, with other limits or another model."""
        request = checked(ResumeSession, session_id=session_id, limits=limits, model=model)
        return await self._service.resume(self._principal, request, key=idempotency_key)


class Jobs:
    """The use cases of jobs. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: JobService, principal: Principal, clock: Clock) -> None:
        self._service = service
        self._principal = principal
        self._clock = clock
        self.list = _asked(principal, service.list, ListJobs)
        self.get = _asked(principal, service.get, GetJob)
        self.cancel = _asked(principal, service.cancel, CancelJob)
        self.artifacts = _asked(principal, service.artifacts, GetJob)
        self.artifact = _asked(principal, service.artifact, GetArtifact)

    async def retry(self, *, job_id: str, idempotency_key: str | None = None) -> JobView:
        """Try an ended job again: a new job that continues it and reuses its recorded steps."""
        request = checked(RetryJob, job_id=job_id)
        return await self._service.retry(self._principal, request, key=idempotency_key)

    async def watch(self, *, job_id: str, after: int = 0) -> AsyncIterator[EventView]:
        """Watch a job's events from any number on, until it is over; live output comes between them."""
        wanted = checked(WatchJob, job_id=job_id, after=after)
        async for page in await self._service.watch(self._principal, wanted):
            for told in page.told:
                yield EventView.of_told(told, self._clock.now())


class Runs:
    """The use cases of runs of pipelines. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: RunService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = _asked(principal, service.list, ListRuns)
        self.get = _asked(principal, service.get, GetRun)
        self.logs = _asked(principal, service.logs, GetRunLog)
        self.cancel = _asked(principal, service.cancel, CancelRun)

    async def create(
        self,
        *,
        repository: str,
        branch: str,
        commit_sha: str,
        triggered_by: str,
        trigger_type: str,
        idempotency_key: str | None = None,
    ) -> CreatedRunView:
        """Run a repository's pipeline at a commit; HEAD is the default branch, or the newest commit.

        Raises RunUnderWay, TooManyRuns, RepositoryUnreachable, CommitNotFound.
        """
        request = checked(
            CreateRun,
            repository=repository,
            branch=branch,
            commit_sha=commit_sha,
            triggered_by=triggered_by,
            trigger_type=trigger_type,
        )
        return await self._service.create(self._principal, request, key=idempotency_key)

    async def rerun(
        self, *, run_id: str, failed: bool = False, idempotency_key: str | None = None
    ) -> CreatedRunView:
        """Play an ended run's commit again, whole or without the tasks that succeeded."""
        request = checked(RerunRun, run_id=run_id, failed=failed)
        return await self._service.rerun(self._principal, request, key=idempotency_key)


class Releases:
    """The use cases of releases. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: ReleaseService, outcomes: DeliveryOutcomes, principal: Principal) -> None:
        self._service = service
        self._outcomes = outcomes
        self._principal = principal
        self.list = _asked(principal, service.list, ListReleases)
        self.get = _asked(principal, service.get, GetRelease)
        self.alias = _asked(principal, service.alias, AliasRelease)
        self.unalias = _asked(principal, service.unalias, UnaliasRelease)

    async def create(
        self,
        *,
        repository: str,
        project: str,
        commit_sha: str,
        artifacts: Sequence[Mapping[str, str]] = (),
        pipeline_run_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> CreatedReleaseView:
        """Release what a commit built, and wait until it is.

        Raises ReleaseExists, ReleaseFailed, RunNotFound.
        """
        request = checked(
            CreateRelease,
            repository=repository,
            project=project,
            commit_sha=commit_sha,
            artifacts=tuple(artifacts),
            pipeline_run_id=pipeline_run_id,
        )
        job = await self._service.create(self._principal, request, key=idempotency_key)
        return await self._outcomes.release(self._principal, job)


class Deployments:
    """The use cases of deployments. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: DeploymentService, outcomes: DeliveryOutcomes, principal: Principal) -> None:
        self._service = service
        self._outcomes = outcomes
        self._principal = principal
        self.current = _asked(principal, service.current, GetCurrentDeployment)
        self.history = _asked(principal, service.history, ListDeployments)

    async def create(
        self,
        *,
        release_id: str,
        environment: str,
        approval_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> CreatedDeploymentView:
        """Put a release into an environment, and wait until its commit is there.

        Raises ReleaseNotFound, ApprovalMissing, ApprovalSpent, OwnApproval, TooManyDeployments, PushRefused.
        """
        words = {"release_id": release_id, "environment": environment, "approval_id": approval_id}
        request = checked(CreateDeployment, **words)
        job = await self._service.create(self._principal, request, key=idempotency_key)
        return await self._outcomes.arrived(self._principal, job)


class Approvals:
    """The use cases of approvals. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: ApprovalService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.get = _asked(principal, service.get, GetApproval)
        self.revoke = _asked(principal, service.revoke, RevokeApproval)

    async def create(
        self,
        *,
        release_id: str,
        environment: str,
        justification: str,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> CreatedApprovalView:
        """Approve a release for an environment, for a week or until a moment. Raises ApprovalExists."""
        request = checked(
            CreateApproval,
            release_id=release_id,
            environment=environment,
            justification=justification,
            expires_at=expires_at,
        )
        return await self._service.create(self._principal, request, key=idempotency_key)


def mission_of(words: dict[str, object]) -> tuple[ExecuteMission, str | None]:
    """Return the request that words make, and its key, if it has one."""
    key = words.pop("idempotency_key", None)
    return checked(ExecuteMission, **words), None if key is None else str(key)
