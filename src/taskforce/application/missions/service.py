"""The use cases of missions and sessions."""

from collections.abc import AsyncIterator, Mapping
from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.jobs.schemas import JobView
from taskforce.application.jobs.watch import PAGE
from taskforce.application.missions.schemas import (
    CancelSession,
    CreateSession,
    ExecuteMission,
    GetSession,
    ListMessages,
    ListSessions,
    MessageView,
    MissionJobView,
    ModelView,
    ProfileView,
    RespondSession,
    ResumeSession,
    SessionDetailView,
    SessionView,
    ToolView,
)
from taskforce.core.clock import Clock
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import IdSource, SessionId, WaitId
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.errors import LockHeld
from taskforce.core.jobs.events import RecordedEvent
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import JobFilter, JobStore
from taskforce.core.jobs.signals import ANSWER, APPROVAL, OUTCOME, SignalName, WaitKind
from taskforce.core.missions.changes import CreateSession as SessionCreated
from taskforce.core.missions.controls import CONTROLS
from taskforce.core.missions.errors import NoMission, NothingToResume, SessionBusy, SessionNotFound
from taskforce.core.missions.model import MissionOutcome, Session, status_of
from taskforce.core.missions.outcome import MissionLog
from taskforce.core.missions.ports import (
    ModelSource,
    ProfileSource,
    SessionStore,
    ToolSource,
    WorkspaceSource,
)
from taskforce.core.missions.task import KIND, MissionTask, filled, subject_of
from taskforce.core.missions.toolbelt import spec_of
from taskforce.core.missions.transcript import lines_of
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal
from taskforce.core.tools import ToolResult

EVERY_JOB = Page(limit=10_000)
ANSWERS: Mapping[SignalName, tuple[str, ...]] = {
    ANSWER: ("answer",),
    APPROVAL: ("approve", "deny"),
    OUTCOME: ("repeat", "skip", "result"),
}


class MissionIntake:
    """Turns what is asked into what is played: everything a mission depends on, as it is now."""

    def __init__(
        self,
        *,
        profiles: ProfileSource,
        models: ModelSource,
        workspaces: WorkspaceSource,
        default_model: str,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._profiles = profiles
        self._models = models
        self._workspaces = workspaces
        self._default_model = default_model
        self._clock = clock
        self._ids = ids

    def session(self, principal: Principal, *, profile: str, workspace: str | None) -> Session:
        """Return a new session, not stored yet. Raises ProfileNotFound, Invalid."""
        self._profiles.get(profile)
        session_id = SessionId(self._ids.new())
        return Session(
            id=session_id,
            project=principal.project,
            profile=profile,
            workspace=self._workspaces.place(session_id, workspace),
            created_by=principal.name,
            created_at=self._clock.now(),
        )

    def furnish(self, session: Session) -> None:
        """Make the session's folder: when all else that was asked is found right."""
        self._workspaces.make(session.workspace)

    def task(self, request: ExecuteMission, session: Session) -> MissionTask:
        """Return the task of a new mission. Raises Invalid, ModelNotFound, ProfileNotFound."""
        profile = self._profiles.get(request.profile)
        return MissionTask(
            session_id=session.id,
            mission=filled(request.mission, request.params),
            model=self._models.pinned(request.model or profile.model or self._default_model),
            profile=profile,
            workspace=session.workspace,
            limits=request.limits or profile.limits,
            params=request.params,
        )

    def task_again(self, last: Job, *, limits: Limits | None, model: str | None) -> MissionTask:
        """Return the task of a job that goes on with an ended one. Raises ModelNotFound."""
        task = MissionTask.model_validate(last.input)
        changes = {
            "limits": limits or task.limits,
            "model": self._models.pinned(model) if model else task.model,
            "first_job": task.first_job or last.id,
        }
        return task.model_copy(update=changes)


class MissionService:
    """Accepts missions, and lists what they can run with."""

    def __init__(
        self,
        *,
        intake: MissionIntake,
        desk: JobDesk,
        sessions: SessionStore,
        profiles: ProfileSource,
        models: ModelSource,
        tools: ToolSource,
        once: Once,
    ) -> None:
        self._intake = intake
        self._desk = desk
        self._once = once
        self._sessions = sessions
        self._profiles = profiles
        self._models = models
        self._tools = tools

    async def execute(
        self, principal: Principal, request: ExecuteMission, *, key: str | None = None
    ) -> MissionJobView:
        """Run a mission."""

        async def make(note: Note) -> JobView:
            session = await self._session(principal, request)
            task = self._intake.task(request, session)
            created = () if request.session_id else (SessionCreated(session=session),)
            if created:
                self._intake.furnish(session)
            job = self._desk.new(
                KIND, principal, task.model_dump(mode="json"), subject=subject_of(session.id), alone=True
            )
            try:
                return JobView.of(await self._desk.accept(job, changes=[*note(job.id), *created]))
            except LockHeld as held:
                raise SessionBusy(session.id, held.holder) from held

        keyed = Keyed.of("missions.execute", principal, request, key)
        again = partial(self._desk.handed_in, principal=principal)
        return MissionJobView.of_job(await self._once.do(keyed, make=make, again=again))

    def list_tools(self, principal: Principal) -> list[ToolView]:
        """List the tools that missions may use."""
        specs = [*CONTROLS.values(), *map(spec_of, self._tools.tools().values())]
        shown = {"name", "description", "risk", "effect", "parameters"}
        return [
            ToolView.model_validate(spec.model_dump(mode="json", include=shown))
            for spec in sorted(specs, key=lambda spec: spec.name)
        ]

    def list_profiles(self, principal: Principal) -> list[ProfileView]:
        """List the profiles that missions may run with."""
        shown = {"name", "description", "model", "tools", "approval", "limits"}
        found = (self._profiles.get(name) for name in self._profiles.names())
        return [ProfileView.model_validate(profile.model_dump(include=shown)) for profile in found]

    def list_models(self, principal: Principal) -> list[ModelView]:
        """List the models that missions may run with."""
        return [ModelView(name=name, description=text) for name, text in self._models.names().items()]

    async def _session(self, principal: Principal, request: ExecuteMission) -> Session:
        if request.session_id is None:
            return self._intake.session(principal, profile=request.profile, workspace=request.workspace)
        if request.workspace is not None:
            detail = "a session keeps the workspace that it was created with: leave this out"
            raise Invalid(
                "workspace goes with a new session only.",
                errors=[FieldError(pointer="/workspace", code="not_with_session", detail=detail)],
            )
        return await self._sessions.get(SessionId(request.session_id), project=principal.project)


class SessionService:
    """Shows sessions, answers what they ask, resumes and cancels their missions."""

    def __init__(
        self, *, intake: MissionIntake, desk: JobDesk, store: JobStore, sessions: SessionStore, once: Once
    ) -> None:
        self._intake = intake
        self._desk = desk
        self._once = once
        self._store = store
        self._sessions = sessions

    async def list(self, principal: Principal, request: ListSessions) -> Listing[SessionView]:
        """List sessions, newest first."""
        page = Page(limit=request.limit, offset=request.offset)
        found = await self._sessions.list(
            page, project=principal.project, profile=request.profile, status=request.status
        )
        subjects = [subject_of(session.id) for session in found.items]
        newest = await self._store.latest(subjects, project=principal.project)
        views = (SessionView.of(session, newest.get(subject_of(session.id))) for session in found.items)
        return Listing(items=tuple(views), total=found.total)

    async def get(self, principal: Principal, request: GetSession) -> SessionDetailView:
        """Show a session and what its newest mission came to."""
        session = await self._sessions.get(SessionId(request.session_id), project=principal.project)
        if request.profile not in {None, session.profile}:
            raise SessionNotFound(session.id)
        job = await self._newest(principal, session.id)
        if job is None:
            return SessionDetailView.of_none(session)
        return SessionDetailView.of_mission(session, job, await self._outcome(job))

    async def create(
        self, principal: Principal, request: CreateSession, *, key: str | None = None
    ) -> SessionDetailView:
        """Create a session without a mission yet."""

        async def make(note: Note) -> SessionDetailView:
            session = self._intake.session(principal, profile=request.profile, workspace=request.workspace)
            self._intake.furnish(session)
            await self._sessions.add(session, changes=note(session.id))
            return SessionDetailView.of_none(session)

        async def again(session_id: str) -> SessionDetailView:
            found = await self.get(principal, GetSession(session_id=session_id))
            return found.model_copy(update={"is_replayed": True})

        keyed = Keyed.of("sessions.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)

    async def messages(self, principal: Principal, request: ListMessages) -> Listing[MessageView]:
        """List a session's messages, oldest first."""
        session = await self._sessions.get(SessionId(request.session_id), project=principal.project)
        wanted = JobFilter(project=principal.project, subject=subject_of(session.id))
        jobs = (await self._store.list(wanted, EVERY_JOB)).items
        continued = {job.continues for job in jobs}
        views = [
            MessageView.of(job.id, line)
            for job in reversed(jobs)
            if job.id not in continued
            for line in lines_of([recorded async for recorded in self._log(job)])
        ]
        shown = views[request.offset : request.offset + request.limit]
        return Listing(items=tuple(shown), total=len(views))

    async def respond(self, principal: Principal, request: RespondSession) -> MissionJobView:
        """Answer what a session waits for."""
        job = await self._mission(principal, request.session_id)
        waits = {wait.id: wait for wait in await self._store.waits(job.id)}
        wait = waits.get(WaitId(request.wait_id))
        if wait is not None:
            _check_it_fits(request, wait.name)
        said = request.model_dump(mode="json", include={"answer", "decision", "arguments"}, exclude_none=True)
        if request.decision == "result":
            said["output"] = ToolResult(content=request.answer or "").model_dump(mode="json")
        answered = await self._desk.answer(job.id, WaitId(request.wait_id), ANSWER, said, principal)
        return MissionJobView.of_job(JobView.of(answered))

    async def resume(
        self, principal: Principal, request: ResumeSession, *, key: str | None = None
    ) -> MissionJobView:
        """Go on with a session's failed mission, with other limits or another model."""

        async def make(note: Note) -> JobView:
            last = await self._mission(principal, request.session_id)
            if last.status not in {JobStatus.FAILED, JobStatus.CANCELLED}:
                raise NothingToResume(request.session_id, status_of(last.status))
            task = self._intake.task_again(last, limits=request.limits, model=request.model)
            resumed = self._desk.again(last, principal, input=task.model_dump(mode="json"))
            return JobView.of(await self._desk.accept(resumed, changes=note(resumed.id)))

        keyed = Keyed.of("sessions.resume", principal, request, key)
        again = partial(self._desk.handed_in, principal=principal)
        return MissionJobView.of_job(await self._once.do(keyed, make=make, again=again))

    async def cancel(self, principal: Principal, request: CancelSession) -> MissionJobView:
        """Cancel a session's mission."""
        job = await self._mission(principal, request.session_id)
        return MissionJobView.of_job(JobView.of(await self._desk.cancel(job.id, principal)))

    async def _mission(self, principal: Principal, session_id: str) -> Job:
        session = await self._sessions.get(SessionId(session_id), project=principal.project)
        job = await self._newest(principal, session.id)
        if job is None:
            raise NoMission(session.id)
        return job

    async def _newest(self, principal: Principal, session_id: SessionId) -> Job | None:
        subject = subject_of(session_id)
        return (await self._store.latest([subject], project=principal.project)).get(subject)

    async def _outcome(self, job: Job) -> MissionOutcome:
        log = MissionLog([recorded.event async for recorded in self._log(job)])
        waiting = job.status is JobStatus.WAITING
        kinds = {wait.kind for wait in await self._store.waits(job.id)} if waiting else set()
        return log.outcome(paused=WaitKind.SIGNAL in kinds)

    async def _log(self, job: Job) -> AsyncIterator[RecordedEvent]:
        page: tuple[RecordedEvent, ...] = ()
        while page := await self._store.events(job.id, after=page[-1].number if page else 0, limit=PAGE):
            for recorded in page:
                yield recorded


def _check_it_fits(request: RespondSession, asked: SignalName) -> None:
    right = ANSWERS.get(asked, ("answer",))
    given = request.decision or "answer"
    if given not in right:
        detail = f"this asks for {', '.join(right)}"
        raise Invalid(
            f"The response does not fit the question: {detail}.",
            errors=[FieldError(pointer="/decision", code="does_not_fit", detail=detail)],
        )
