"""The action `mission`: where pipelines meet missions, since neither knows the other."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from pydantic import TypeAdapter

from taskforce.application.jobs.refusals import checked
from taskforce.application.missions.intake import MissionIntake
from taskforce.application.missions.schemas import ExecuteMission
from taskforce.core.clock import Clock
from taskforce.core.errors import Invalid
from taskforce.core.identity import IdSource, SessionId
from taskforce.core.jobs.changes import Change
from taskforce.core.missions.changes import CreateSession
from taskforce.core.missions.kinds import MISSION
from taskforce.core.missions.model import Session
from taskforce.core.missions.task import subject_of
from taskforce.core.pipelines.actions import ActionWork, AskedAction, StepAction
from taskforce.core.principals import Credential, Principal

_session = TypeAdapter(Session)
_NOT_HERE = ("session_id", "workspace")


class MissionAction(StepAction):
    """Runs an agent in the project's folder; `with` takes what a mission takes."""

    name: ClassVar[str] = MISSION

    def __init__(self, *, intake: Callable[[], MissionIntake], clock: Clock, ids: IdSource) -> None:
        self._intake = intake
        self._clock = clock
        self._ids = ids

    async def prepare(self, asked: AskedAction) -> ActionWork:
        for name in _NOT_HERE:
            if name in asked.arguments:
                raise Invalid(f"with: {name} is the step's own in a pipeline. Leave it out.")
        request = checked(ExecuteMission, **asked.arguments)
        session = Session(
            id=SessionId(self._ids.new()),
            project=asked.project,
            profile=request.profile,
            workspace=str(asked.folder),
            created_by=asked.created_by,
            created_at=self._clock.now(),
        )
        # the words are the repository's, whoever had it run: they may name no file of this machine
        asker = Principal(name=asked.created_by, project=asked.project, credential=Credential.KEY)
        task = await self._intake().task(asker, request, session)
        return ActionWork(
            kind=MISSION,
            input=task.model_dump(mode="json"),
            subject=subject_of(session.id),
            notes=_session.dump_python(session, mode="json"),
        )

    def changes(self, work: ActionWork) -> Sequence[Change]:
        return (CreateSession(session=_session.validate_python(work.notes)),)
