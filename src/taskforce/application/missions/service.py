"""The use cases of missions."""

from contextlib import nullcontext
from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.jobs.schemas import JobView
from taskforce.application.missions.choosing import ModelChooser
from taskforce.application.missions.intake import MissionIntake
from taskforce.application.missions.known_skills import KnownSkills
from taskforce.application.missions.schemas import (
    ExecuteMission,
    MissionJobView,
    ModelView,
    ProfileView,
    ToolView,
)
from taskforce.application.missions.skill_schemas import SkillView
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import SessionId
from taskforce.core.jobs.errors import LockHeld
from taskforce.core.missions.changes import CreateSession as SessionCreated
from taskforce.core.missions.changes import JoinSession
from taskforce.core.missions.controls import CONTROLS
from taskforce.core.missions.errors import SessionBusy
from taskforce.core.missions.model import Session
from taskforce.core.missions.ports import (
    ModelSource,
    ProfileSource,
    SessionStore,
    ToolSource,
)
from taskforce.core.missions.profile import ModelSettings
from taskforce.core.missions.task import KIND, subject_of
from taskforce.core.principals import Principal


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
        chooser: ModelChooser,
        tools: ToolSource,
        skills: KnownSkills,
        once: Once,
    ) -> None:
        self._intake = intake
        self._desk = desk
        self._once = once
        self._sessions = sessions
        self._profiles = profiles
        self._models = models
        self._chooser = chooser
        self._tools = tools
        self._skills = skills

    async def execute(
        self, principal: Principal, request: ExecuteMission, *, key: str | None = None
    ) -> MissionJobView:
        """Run a mission."""

        async def make(note: Note) -> JobView:
            session = await self._session(principal, request)
            task = await self._intake.task(principal, request, session)
            is_new = request.session_id is None
            place = SessionCreated(session=session) if is_new else JoinSession(session_id=session.id)
            job = self._desk.new(
                KIND, principal, task.model_dump(mode="json"), subject=subject_of(session.id), alone=True
            )
            try:
                with self._intake.furnished(session) if is_new else nullcontext():
                    return JobView.of(await self._desk.accept(job, changes=[*note(job.id), place]))
            except LockHeld as held:
                raise SessionBusy(session.id, held.holder) from held

        keyed = Keyed.of("missions.execute", principal, request, key)
        again = partial(self._desk.handed_in, principal=principal)
        return MissionJobView.of_job(await self._once.do(keyed, make=make, again=again))

    def list_tools(self, principal: Principal) -> list[ToolView]:
        """List the tools that missions may use."""
        specs = [*CONTROLS.values(), *(tool.spec for tool in self._tools.tools().values())]
        shown = {"name", "description", "risk", "effect", "parameters"}
        return [
            ToolView.model_validate(spec.model_dump(mode="json", include=shown))
            for spec in sorted(specs, key=lambda spec: spec.name)
        ]

    async def list_skills(self, principal: Principal) -> list[SkillView]:
        """List the skills that missions may use."""
        return [SkillView.of(found) for found in await self._skills.found(principal.project)]

    def list_profiles(self, principal: Principal) -> list[ProfileView]:
        """List the profiles that missions may run with."""
        shown = {"name", "description", "model", "tools", "approval", "limits"}
        found = (self._profiles.get(name) for name in self._profiles.names())
        return [ProfileView.model_validate(profile.model_dump(include=shown)) for profile in found]

    async def list_models(self, principal: Principal) -> list[ModelView]:
        """List the models that missions may run with."""
        default = await self._chooser.default(ModelSettings())
        offers = self._models.offers()
        others = [ModelView.of(offer) for offer in offers if offer.name != default.name]
        known = [offer for offer in offers if offer.name == default.name]
        return [ModelView.of_default(default, known[0] if known else None), *others]

    async def _session(self, principal: Principal, request: ExecuteMission) -> Session:
        if request.session_id is None:
            return self._intake.session(principal, profile=request.profile, workspace=request.workspace)
        if request.workspace is not None:
            detail = "a session keeps the workspace that it was created with: leave this out"
            raise Invalid(
                "workspace goes with a new session only.",
                errors=[FieldError(pointer="/workspace", code="not_with_session", detail=detail)],
            )
        return await self._sessions.recall(SessionId(request.session_id), project=principal.project)
