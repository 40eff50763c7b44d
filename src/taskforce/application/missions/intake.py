"""Taking missions in: what is asked, turned into what is played."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from taskforce.application.missions.choosing import ModelChooser
from taskforce.application.missions.known_skills import KnownSkills
from taskforce.application.missions.naming import NamedPaths
from taskforce.application.missions.schemas import (
    ExecuteMission,
)
from taskforce.application.missions.spending import SessionSpending
from taskforce.core.clock import Clock
from taskforce.core.errors import Conflict
from taskforce.core.identity import IdSource, ProjectId, SessionId
from taskforce.core.jobs.budget import Limits, Spent
from taskforce.core.jobs.model import Job
from taskforce.core.missions.controls import ACTIVATE_SKILL
from taskforce.core.missions.model import Session
from taskforce.core.missions.ports import (
    ProfileSource,
    WorkspaceSource,
)
from taskforce.core.missions.profile import Profile, SessionLimits
from taskforce.core.missions.routing import FROM_REQUEST
from taskforce.core.missions.skills import asking_for, places_of
from taskforce.core.missions.task import MissionTask, filled, suited
from taskforce.core.principals import Principal
from taskforce.core.skills import SkillCard, SkillNotFound


class MissionIntake:
    """Turns what is asked into what is played: everything a mission depends on, as it is now."""

    def __init__(
        self,
        *,
        profiles: ProfileSource,
        chooser: ModelChooser,
        spending: SessionSpending,
        skills: KnownSkills,
        workspaces: WorkspaceSource,
        paths: NamedPaths,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._profiles = profiles
        self._chooser = chooser
        self._spending = spending
        self._skills = skills
        self._workspaces = workspaces
        self._paths = paths
        self._clock = clock
        self._ids = ids

    def session(self, principal: Principal, *, profile: str, workspace: str | None) -> Session:
        """Return a new session, not stored yet. Raises ProfileNotFound, Invalid, PathNotAllowed."""
        self._paths.check(principal, workspace=workspace)
        wanted = workspace or self._profiles.get(profile).workspace
        session_id = SessionId(self._ids.new())
        return Session(
            id=session_id,
            project=principal.project,
            profile=profile,
            workspace=self._workspaces.place(session_id, wanted),
            created_by=principal.name,
            created_at=self._clock.now(),
        )

    def fork(self, principal: Principal, source: Session) -> Session:
        """Return a new session that goes on from another one, not stored yet.

        It has a folder of its own if the other one has; a folder that was wanted is shared.
        """
        session_id = SessionId(self._ids.new())
        is_own = self._workspaces.is_own(source.workspace, source.id)
        return Session(
            id=session_id,
            project=source.project,
            profile=source.profile,
            workspace=self._workspaces.place(session_id, None) if is_own else source.workspace,
            created_by=principal.name,
            created_at=self._clock.now(),
            forked_from=source.id,
        )

    @asynccontextmanager
    async def copied(self, source: Session, fork: Session) -> AsyncIterator[None]:
        """Copy a session's own folder for its fork; when that is not stored, the copy is taken away again."""
        if fork.workspace == source.workspace:
            yield
            return
        await self._workspaces.copy(source.workspace, fork.workspace)
        try:
            yield
        except BaseException:
            await self._workspaces.remove(fork.id)
            raise

    @contextmanager
    def furnished(self, session: Session) -> Iterator[None]:
        """Make the session's folder, when all else that was asked is found right.

        A request that loses to another one under the same key takes its folder away again.
        """
        self._workspaces.make(session.workspace)
        try:
            yield
        except Conflict:
            self._workspaces.discard(session.workspace)
            raise

    async def task(self, principal: Principal, request: ExecuteMission, session: Session) -> MissionTask:
        """Return the task of a new mission.

        Raises Invalid, PathNotAllowed, ModelNotFound, ModelNotReady, ProfileNotFound, SkillNotFound,
        SkillInvalid.
        """
        self._paths.check(principal, model=request.model)
        profile = self._profiles.get(request.profile)
        cards = await self._cards(profile, session.project)
        mission = await self._mission(request, cards, session.project)
        chosen = await self._chooser.chosen(request.model, profile)
        task = MissionTask(
            session_id=session.id,
            mission=mission,
            model=chosen.name,
            model_from=chosen.chosen_by,
            profile=suited(
                self._chooser.settled(profile, is_asked_for=request.model is not None), model=chosen.name
            ),
            workspace=session.workspace,
            has_opening=session.forked_from is not None,
            limits=profile.limits.changed_by(request.limits),
            params=request.params,
            skills=cards,
            spent_before=await self._spent_before(session, profile),
        )
        return self._chooser.within_windows(task)

    def task_again(
        self, principal: Principal, last: Job, *, limits: Limits | None, model: str | None
    ) -> MissionTask:
        """Return the task of a job that goes on with an ended one.

        Raises PathNotAllowed, ModelNotFound, ModelNotReady.
        """
        self._paths.check(principal, model=model)
        task = MissionTask.model_validate(last.input).again(last)
        changes = {"limits": task.limits.changed_by(limits)}
        again = self._with_model(task, model).model_copy(update=changes)
        return again if limits is None else again.freed(limits.model_fields_set)

    async def _spent_before(self, session: Session, profile: Profile) -> Spent:
        """Return what the session's missions took, where that counts."""
        counts = profile.session_limits != SessionLimits()
        return await self._spending.of(session) if counts else Spent()

    async def _mission(self, request: ExecuteMission, cards: Sequence[SkillCard], project: ProjectId) -> str:
        """Return the mission's words. With a skill, params may be for the places of either."""
        if request.skill is None:
            return filled(request.mission or "", request.params)
        skill = await self._skills.get(request.skill, project=project)
        known = [card.name for card in cards]
        if skill.name not in known:
            raise SkillNotFound(skill.name, known)
        asked = asking_for(skill.name, request.mission)
        return filled(asked, request.params, elsewhere=places_of(skill))

    async def _cards(self, profile: Profile, project: ProjectId) -> tuple[SkillCard, ...]:
        """Return the skills that missions of a profile are told of: none, where none can be activated."""
        if ACTIVATE_SKILL not in profile.tools:
            return ()
        return await self._skills.cards(project, names=profile.skills)

    def _with_model(self, task: MissionTask, model: str | None) -> MissionTask:
        if model is None:
            return task
        changes = {
            "model": self._chooser.asked_for(model, task.profile),
            "model_from": FROM_REQUEST,
            "profile": self._chooser.settled(task.profile, is_asked_for=True),
        }
        return self._chooser.within_windows(task.model_copy(update=changes))
