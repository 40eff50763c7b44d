"""The use cases of sessions."""

from collections.abc import Mapping, Sequence
from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.jobs.questions import Questions
from taskforce.application.jobs.schemas import JobView
from taskforce.application.missions.intake import MissionIntake
from taskforce.application.missions.outcomes import MissionOutcomes
from taskforce.application.missions.removal import SessionRemoval
from taskforce.application.missions.replay_schemas import DivergenceView, ReplaySession, ReplayView
from taskforce.application.missions.replaying import MissionReplays
from taskforce.application.missions.schemas import (
    CancelSession,
    CreateSession,
    GetSession,
    ListMessages,
    ListSessions,
    MessageView,
    MissionJobView,
    RespondSession,
    ResumeSession,
    SessionDetailView,
    SessionView,
)
from taskforce.application.missions.session_schemas import DeleteSession, ForkSession
from taskforce.application.missions.spending import SessionSpending
from taskforce.application.missions.transcripts import SessionTranscripts
from taskforce.core.access.permissions import ANSWER_OTHERS, APPROVE, check
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import JobId, SessionId, WaitId
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import JobStore
from taskforce.core.jobs.signals import ANSWER, APPROVAL, OUTCOME, SignalName
from taskforce.core.missions.changes import JoinSession
from taskforce.core.missions.errors import MessageNotFound, NoMission, NothingToResume, SessionNotFound
from taskforce.core.missions.model import status_of
from taskforce.core.missions.opening import OpeningLine, up_to
from taskforce.core.missions.ports import (
    SessionStore,
)
from taskforce.core.missions.task import subject_of
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal
from taskforce.core.tools import ToolResult

ANSWERS: Mapping[SignalName, tuple[str, ...]] = {
    ANSWER: ("answer",),
    APPROVAL: ("approve", "deny"),
    OUTCOME: ("repeat", "skip", "result"),
}


class SessionService:
    """Shows sessions, answers what they ask, resumes and cancels their missions."""

    def __init__(
        self,
        *,
        intake: MissionIntake,
        desk: JobDesk,
        store: JobStore,
        sessions: SessionStore,
        outcomes: MissionOutcomes,
        transcripts: SessionTranscripts,
        removal: SessionRemoval,
        spending: SessionSpending,
        replays: MissionReplays,
        once: Once,
    ) -> None:
        self._intake = intake
        self._desk = desk
        self._once = once
        self._store = store
        self._questions = Questions(store)
        self._sessions = sessions
        self._outcomes = outcomes
        self._transcripts = transcripts
        self._removal = removal
        self._spending = spending
        self._replays = replays

    async def list(self, principal: Principal, request: ListSessions) -> Listing[SessionView]:
        """List sessions, newest first."""
        page = Page(limit=request.limit, offset=request.offset)
        found = await self._sessions.list(
            page, project=principal.project, profile=request.profile, status=request.status
        )
        subjects = [subject_of(session.id) for session in found.items]
        newest = await self._store.latest(subjects, project=principal.project)
        waiting = [(subject, job) for subject, job in newest.items() if job.status is JobStatus.WAITING]
        asking = {subject for subject, job in waiting if (await self._questions.of(job.id)).is_paused}
        views = (
            SessionView.of(session, newest.get(about), asks=about in asking)
            for session, about in zip(found.items, subjects, strict=True)
        )
        return Listing(items=tuple(views), total=found.total)

    async def get(self, principal: Principal, request: GetSession) -> SessionDetailView:
        """Show a session and what its newest mission came to."""
        session = await self._sessions.get(SessionId(request.session_id), project=principal.project)
        if request.profile not in {None, session.profile}:
            raise SessionNotFound(session.id)
        job = await self._newest(principal, session.id)
        if job is None:
            return SessionDetailView.of_none(session)
        spent = await self._spending.of(session)
        return SessionDetailView.of_mission(session, job, await self._outcomes.of(job), spent=spent)

    async def create(
        self, principal: Principal, request: CreateSession, *, key: str | None = None
    ) -> SessionDetailView:
        """Create a session without a mission yet."""

        async def make(note: Note) -> SessionDetailView:
            session = self._intake.session(principal, profile=request.profile, workspace=request.workspace)
            with self._intake.furnished(session):
                await self._sessions.add(session, changes=note(session.id))
            return SessionDetailView.of_none(session)

        keyed = Keyed.of("sessions.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=partial(self._made_before, principal))

    async def fork(
        self, principal: Principal, request: ForkSession, *, key: str | None = None
    ) -> SessionDetailView:
        """Fork a session: a new one that goes on from what was said in it, up to a message."""

        async def make(note: Note) -> SessionDetailView:
            source = await self._sessions.get(SessionId(request.session_id), project=principal.project)
            opening = _said_up_to(request, await self._transcripts.of(source))
            fork = self._intake.fork(principal, source)
            async with self._intake.copied(source, fork):
                await self._sessions.add(fork, opening=opening, changes=note(fork.id))
            return SessionDetailView.of_none(fork)

        keyed = Keyed.of("sessions.fork", principal, request, key)
        return await self._once.do(keyed, make=make, again=partial(self._made_before, principal))

    async def delete(self, principal: Principal, request: DeleteSession) -> None:
        """Delete a session that runs nothing, with its missions, all that they kept, and its own folder."""
        await self._removal.of(SessionId(request.session_id), project=principal.project)

    async def messages(self, principal: Principal, request: ListMessages) -> Listing[MessageView]:
        """List a session's messages, oldest first."""
        session = await self._sessions.get(SessionId(request.session_id), project=principal.project)
        said = await self._transcripts.of(session)
        shown = said[request.offset : request.offset + request.limit]
        return Listing(items=tuple(map(MessageView.of, shown)), total=len(said))

    async def respond(self, principal: Principal, request: RespondSession) -> MissionJobView:
        """Answer what a session waits for."""
        job = await self._mission(principal, request.session_id)
        asked = await self._questions.of(job.id)
        found = {question.wait.id: question for question in asked.questions}.get(WaitId(request.wait_id))
        if found is not None:
            check(principal, APPROVE if found.wait.name == APPROVAL else ANSWER_OTHERS)
            _check_it_fits(request, found.wait.name)
        said = request.model_dump(mode="json", include={"answer", "decision", "arguments"}, exclude_none=True)
        if request.decision == "result":
            said["output"] = ToolResult(content=request.answer or "").model_dump(mode="json")
        asks = found.job_id if found else job.id
        answered = await self._desk.answer(asks, WaitId(request.wait_id), ANSWER, said, principal)
        if answered.id != job.id:
            answered = await self._store.get(job.id, project=principal.project)
        return MissionJobView.of_job(JobView.of(answered))

    async def resume(
        self, principal: Principal, request: ResumeSession, *, key: str | None = None
    ) -> MissionJobView:
        """Go on with a session's failed mission, with other limits or another model."""

        async def make(note: Note) -> JobView:
            last = await self._mission(principal, request.session_id)
            if last.status not in {JobStatus.FAILED, JobStatus.CANCELLED}:
                raise NothingToResume(request.session_id, status_of(last.status))
            task = self._intake.task_again(principal, last, limits=request.limits, model=request.model)
            resumed = self._desk.again(last, principal, input=task.model_dump(mode="json"))
            joined = JoinSession(session_id=SessionId(request.session_id))
            return JobView.of(await self._desk.accept(resumed, changes=[*note(resumed.id), joined]))

        keyed = Keyed.of("sessions.resume", principal, request, key)
        again = partial(self._desk.handed_in, principal=principal)
        return MissionJobView.of_job(await self._once.do(keyed, make=make, again=again))

    async def cancel(self, principal: Principal, request: CancelSession) -> MissionJobView:
        """Cancel a session's mission."""
        job = await self._mission(principal, request.session_id)
        return MissionJobView.of_job(JobView.of(await self._desk.cancel(job.id, principal)))

    async def replay(self, principal: Principal, request: ReplaySession) -> ReplayView:
        """Play a past mission again, without doing anything, and tell where it would go another way."""
        newest = await self._mission(principal, request.session_id)
        job = newest
        if request.job_id is not None:
            job = await self._store.get(JobId(request.job_id), project=principal.project)
        if job.subject != newest.subject:
            raise JobNotFound(job.id)
        replayed = await self._replays.of(job)
        found = replayed.divergence
        return ReplayView(
            session_id=request.session_id,
            job_id=job.id,
            same=found is None,
            turns=replayed.turns,
            divergence=None if found is None else DivergenceView.of(found),
        )

    async def _made_before(self, principal: Principal, session_id: str) -> SessionDetailView:
        found = await self.get(principal, GetSession(session_id=session_id))
        return found.model_copy(update={"is_replayed": True})

    async def _mission(self, principal: Principal, session_id: str) -> Job:
        session = await self._sessions.get(SessionId(session_id), project=principal.project)
        job = await self._newest(principal, session.id)
        if job is None:
            raise NoMission(session.id)
        return job

    async def _newest(self, principal: Principal, session_id: SessionId) -> Job | None:
        subject = subject_of(session_id)
        return (await self._store.latest([subject], project=principal.project)).get(subject)


def _said_up_to(request: ForkSession, said: Sequence[OpeningLine]) -> Sequence[OpeningLine]:
    if request.message is None:
        return said
    job_id, number = request.message.job_id, request.message.number
    opening = up_to(said, job_id, number)
    if opening is None:
        raise MessageNotFound(request.session_id, job_id, number)
    return opening


def _check_it_fits(request: RespondSession, asked: SignalName) -> None:
    right = ANSWERS.get(asked, ("answer",))
    given = request.decision or "answer"
    if given not in right:
        detail = f"this asks for {', '.join(right)}"
        raise Invalid(
            f"The response does not fit the question: {detail}.",
            errors=[FieldError(pointer="/decision", code="does_not_fit", detail=detail)],
        )
