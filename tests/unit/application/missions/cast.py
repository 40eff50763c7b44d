"""Who plays in the tests of missions: a model that says its turns, tools and a workspace in memory."""

from collections.abc import Mapping, Sequence
from typing import Any

from taskforce.application.missions.choosing import ModelChooser
from taskforce.application.missions.known_skills import KnownSkills
from taskforce.application.missions.program import MissionProgram
from taskforce.core.documents import JsonObject
from taskforce.core.identity import ProjectId, SessionId
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.signals import SignalName
from taskforce.core.missions.errors import ModelUnavailable, ProfileNotFound
from taskforce.core.missions.model import (
    AssistantMessage,
    MissionOutcome,
    ModelReply,
    ModelRequest,
    StopReason,
    ToolCall,
    Usage,
)
from taskforce.core.missions.outcome import MissionLog
from taskforce.core.missions.ports import (
    ChatModel,
    ModelSource,
    ProfileSource,
    Text,
    WorkspaceSource,
)
from taskforce.core.missions.profile import Approval, ModelSettings, Profile
from taskforce.core.missions.routing import ChosenModel, ModelOffer
from taskforce.core.missions.survey import Survey
from taskforce.core.missions.task import MissionTask
from taskforce.core.skills import (
    BrokenSkill,
    Skill,
    SkillCard,
    SkillCollection,
    SkillNotFound,
    SkillSource,
)
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.missions.memory import MemorySessions, MemorySessionStore
from taskforce.infrastructure.missions.strategies import OfferedStrategies
from tests.stage import Stage
from tests.unit.application.missions.toolboxes import MemoryServer, MemoryServers, Toolbox

SESSION = SessionId("00000000-0000-7000-8000-00000000cafe")
USAGE = Usage(input_tokens=10, output_tokens=5, cost=0.25)


def calls(*wanted: tuple[str, JsonObject]) -> ModelReply:
    """A turn that wants tools called."""
    return ModelReply(
        calls=tuple(ToolCall(id=f"c{n}", tool=tool, arguments=said) for n, (tool, said) in enumerate(wanted)),
        stop=StopReason.TOOL_CALLS,
        usage=USAGE,
    )


def answer(text: str = "Done.") -> ModelReply:
    """A turn that ends the mission."""
    return ModelReply(text=text, stop=StopReason.ANSWER, usage=USAGE)


class ListedModel(ChatModel, ModelSource):
    """Says its turns one after the other; counts what it was asked."""

    name = "listed"

    def __init__(self, turns: Sequence[ModelReply], *, failures: int = 0) -> None:
        self._turns = turns
        self._failures = failures
        self.requests: list[ModelRequest] = []

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        self.requests.append(request)
        if len(self.requests) <= self._failures:
            raise ModelUnavailable("listed", "it is busy")
        own = request.messages[request.begin :]
        return self._turns[sum(isinstance(message, AssistantMessage) for message in own)]

    def open(self, name: str, settings: ModelSettings) -> ChatModel:
        return self

    def is_file(self, name: str) -> bool:
        return name.startswith("script:")

    def pinned(self, name: str, settings: ModelSettings, *, is_trusted: bool) -> str:
        return name

    def window(self, name: str) -> int | None:
        return None

    async def found(self) -> ChosenModel:
        return ChosenModel(name="listed", chosen_by="default")

    def offers(self) -> Sequence[ModelOffer]:
        return (ModelOffer(name="listed", description=""),)


class MemoryWorkspaces(WorkspaceSource):
    """A file that no program wrote holds its own name."""

    def __init__(self) -> None:
        self.disk: dict[str, bytes] = {}
        self.most = 1_000

    def place(self, session_id: SessionId, wanted: str | None) -> str:
        return "memory"

    def make(self, workspace: str) -> None:
        return

    def discard(self, workspace: str) -> None:
        return

    async def copy(self, source: str, target: str) -> None:
        return

    def is_own(self, workspace: str, session_id: SessionId) -> bool:
        return False

    async def remove(self, session_id: SessionId) -> None:
        return

    async def lay_out(self, workspace: str, folder: str, files: Mapping[str, bytes]) -> None:
        return

    async def read(self, workspace: str, path: str) -> bytes | None:
        return self.disk.get(path, path.encode())

    async def survey(self, workspace: str) -> Survey:
        if len(self.disk) > self.most:
            return Survey(files={}, is_whole=False)
        return Survey(files={path: tuple(content) for path, content in self.disk.items()})


class ListedProfiles(ProfileSource):
    """Those that a test puts in."""

    def __init__(self) -> None:
        self.by_name: dict[str, Profile] = {}

    def get(self, name: str) -> Profile:
        if name not in self.by_name:
            raise ProfileNotFound(name, sorted(self.by_name))
        return self.by_name[name]

    def names(self) -> Sequence[str]:
        return sorted(self.by_name)


class NoSkills(SkillSource):
    """None at all."""

    def found(self) -> Sequence[Skill | BrokenSkill]:
        return ()

    def cards(self) -> Sequence[SkillCard]:
        return ()

    def get(self, name: str) -> Skill:
        raise SkillNotFound(name, [])

    async def files(self, name: str) -> Mapping[str, bytes]:
        raise SkillNotFound(name, [])


class MemorySkills(SkillCollection):
    """Those that a test puts in, of a project that took them from strangers."""

    def __init__(self) -> None:
        self.by_name: dict[str, Skill | BrokenSkill] = {}
        self.contents: dict[str, Mapping[str, bytes]] = {}
        self.allowed: list[tuple[str, str]] = []
        """Digests, and by whom they were allowed."""

    async def found(self, project: ProjectId) -> Sequence[Skill | BrokenSkill]:
        known = {digest for digest, _ in self.allowed}
        return [
            skill.model_copy(update={"asks_first": False})
            if isinstance(skill, Skill) and skill.digest in known
            else skill
            for _, skill in sorted(self.by_name.items())
        ]

    async def files(self, skill: Skill, *, project: ProjectId) -> Mapping[str, bytes]:
        return self.contents.get(skill.digest, {})

    async def allow(self, skill: Skill, *, project: ProjectId, by: str) -> None:
        self.allowed.append((skill.digest, by))


class MissionStage:
    """Plays one mission on a stage."""

    def __init__(self, turns: Sequence[ModelReply], *, failures: int = 0) -> None:
        self.stage = Stage()
        self.model = ListedModel(turns, failures=failures)
        self.workspaces = MemoryWorkspaces()
        self.toolbox = Toolbox(self.workspaces.disk)
        self.servers = MemoryServers(MemoryServer(self.toolbox.by_name))
        self.collection = MemorySkills()
        self.profiles = ListedProfiles()
        self.strategies = OfferedStrategies()
        self.sessions = MemorySessionStore(MemorySessions(), self.stage.store, MemoryRequestLog())
        self.stage.programs["mission"] = self.program(self.model)

    def program(self, models: ModelSource, *, of: type[MissionProgram] = MissionProgram) -> MissionProgram:
        """Return a program that plays with what is on this stage."""
        return of(
            models=models,
            chooser=ModelChooser(models=models, setting=None),
            profiles=self.profiles,
            tools=self.toolbox,
            servers=self.servers,
            skills=KnownSkills(folders=NoSkills(), collection=self.collection),
            strategies=self.strategies,
            sessions=self.sessions,
            workspaces=self.workspaces,
        )

    async def run(self, *, approval: Approval | None = None, limits: Limits | None = None) -> Job:
        """Run a mission to where it stops."""
        return await self.run_task(a_task(approval=approval, limits=limits))

    async def run_task(self, task: MissionTask) -> Job:
        """Run a mission of this task to where it stops."""
        job_id = await self.stage.submit("mission", task.model_dump(mode="json"))
        await self.stage.settle()
        return await self.stage.job(job_id)

    async def answer(self, job: Job, key: str, name: SignalName, payload: JsonObject) -> Job:
        """Answer what the mission waits for, and play on."""
        await self.stage.answer(job.id, key, name, payload)
        await self.stage.settle()
        return await self.stage.job(job.id)

    async def outcome(self, job: Job) -> MissionOutcome:
        events = await self.stage.store.events(job.id, after=0, limit=10_000)
        return MissionLog(told.event for told in events).outcome()

    async def told(self, job: Job) -> list[str]:
        """Return the types of the log's events."""
        return [type_ for _, type_, _ in await self.stage.log(job.id)]


def a_task_with(task: MissionTask | None = None, **changes: Any) -> MissionTask:  # noqa: ANN401 - of a profile
    """A task with another profile."""
    task = task or a_task()
    return task.model_copy(update={"profile": task.profile.model_copy(update=changes)})


def a_task(*, approval: Approval | None = None, limits: Limits | None = None) -> MissionTask:
    """A task with every tool and nothing to ask."""
    everything = Approval.model_validate(dict.fromkeys(Approval.model_fields, "auto"))
    profile = Profile(
        name="test",
        tools=("planner", "ask_user", "fetch_result", "note", "note_once", "look", "run", "show"),
        approval=approval or everything,
    )
    return MissionTask(
        session_id=SESSION,
        mission="Do it",
        model="listed",
        profile=profile,
        workspace="memory",
        limits=limits or profile.limits,
    )
