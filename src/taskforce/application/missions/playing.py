"""The play of a mission: its strategy's actions one by one, a recorded step a model call and a tool call."""

from collections.abc import Callable, Sequence

from taskforce.application.missions.activating import Activation
from taskforce.application.missions.agents import Agents
from taskforce.application.missions.allowing import Approvals
from taskforce.application.missions.asking import ModelCalls
from taskforce.application.missions.calling import ToolCalls
from taskforce.application.missions.keeping import Keeping
from taskforce.application.missions.showing import Showing
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.budget import Spent
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext
from taskforce.core.missions import events
from taskforce.core.missions.errors import ContextTooSmall
from taskforce.core.missions.model import AssistantMessage, MissionResult, ToolCall, Usage
from taskforce.core.missions.plan import Course, TodoList
from taskforce.core.missions.ports import WorkspaceSource
from taskforce.core.missions.react import Answer, AskModel, CallTools, GiveTask, GiveUp, Transcript
from taskforce.core.missions.results import Handles
from taskforce.core.missions.routing import Role
from taskforce.core.missions.safety import WARNING, trouble
from taskforce.core.missions.skills import told_of
from taskforce.core.missions.stopwatch import Stopwatch
from taskforce.core.missions.strategy import Strategy
from taskforce.core.missions.task import MissionTask
from taskforce.core.missions.toolbelt import Toolbelt

GO_ON = (
    "You stopped here ({code}), and are bidden to go on. What is done is done; find another way for the rest."
)


class MissionPlay:
    """One play of one mission: its transcript, and what it has spent."""

    def __init__(
        self,
        *,
        job: Job,
        task: MissionTask,
        ctx: JobContext,
        workspaces: WorkspaceSource,
        models: ModelCalls,
        agents: Agents,
        activation: Activation,
        belt: Toolbelt,
        strategy: Strategy,
        has_walls: Callable[[], bool],
        handles: Handles,
        transcript: Transcript,
    ) -> None:
        self._task = task
        self._ctx = ctx
        self._models = models
        self._agents = agents
        self._belt = belt
        self._transcript = transcript
        self._system = told_of(task.profile.system_prompt, task.skills)
        self._usage = Usage()
        self._keeping = Keeping(ctx=ctx, workspaces=workspaces, workspace=task.workspace)
        self._warned = False
        self._bidden = task.resumed
        self._course = Course()
        self._strategy = strategy
        self._showing = Showing(ctx=ctx, task=task, models=models)
        self._stopwatch = Stopwatch(ctx.now, is_needed=task.is_timed)
        self._tools = ToolCalls(
            job_id=job.id,
            task=task,
            ctx=ctx,
            belt=belt,
            agents=agents,
            activation=activation,
            keeping=self._keeping,
            stopwatch=self._stopwatch,
            approvals=Approvals(
                job_id=job.id,
                task=task,
                ctx=ctx,
                belt=belt,
                stopwatch=self._stopwatch,
                has_walls=has_walls,
            ),
            handles=handles,
            revise=self._revise,
        )

    async def run(self) -> JsonObject:
        """Play until it is answered, or raise JobFailed with what was done."""
        while True:
            match self._strategy.next(self._transcript, self._course):
                case AskModel(turn, role):
                    await self._ask(turn, role)
                case CallTools(turn, calls):
                    await self._call(turn, calls)
                    self._stopwatch.stop(f"turn/{turn}/end")
                    await self._mind_circles()
                case GiveTask(text, course):
                    await self._go_on(text, course)
                case Answer(text):
                    await self._ctx.emit("answer", events.final_answer(text))
                    return self._result(text)
                case GiveUp(code, text):
                    await self._give_up(code, text)

    # ------------------------------------------------------------ the model

    async def _ask(self, turn: int, role: Role) -> None:
        await self._mind_budget(turn)
        offered = self._offered
        tools = [spec for spec in self._belt.specs if spec.name in offered]
        try:
            request = await self._showing.request(self._transcript, self._system, tools)
            said = await self._models.ask(f"turn/{turn}/model", role, request, within=self._showing.budget)
        except StepFailed as failed:
            raise self._failure(failed.reason, failed.message) from failed
        except ContextTooSmall as small:
            raise self._failure(small.code, small.message) from small
        self._usage = self._usage.plus(said.usage)
        self._transcript = self._transcript.said(said)
        await self._ctx.emit(f"turn/{turn}/usage", events.token_usage(turn, said))
        if said.calls and said.text:
            await self._ctx.emit(f"turn/{turn}/thought", events.thought(turn, said.text))

    async def _mind_budget(self, turn: int) -> None:
        self._stopwatch.start(f"turn/{turn}/begin")
        found = self._task.overdrawn(self._spent(turn - 1))
        if found is not None:
            code, limits = found[0], found[1].model_dump(exclude_none=True)
            message = f"Stopped at a limit ({code}), after turn {turn - 1}."
            raise self._failure(code, message, details={"limits": limits})

    def _spent(self, turns: int) -> Spent:
        own = Spent(
            steps=turns,
            tokens=self._all_usage.tokens,
            cost=self._all_usage.cost,
            seconds=self._stopwatch.seconds,
        )
        return own.plus(self._agents.spent)

    @property
    def _all_usage(self) -> Usage:
        """Return what the mission took, with its summaries and the agents that it called."""
        return self._usage.plus(self._showing.usage).plus(self._tools.usage)

    # ------------------------------------------------------------ the tools

    async def _call(self, turn: int, calls: tuple[ToolCall, ...]) -> None:
        left = self._task.left_after(self._spent(turn))
        results = await self._tools.make(turn, calls, offered=self._offered, left=left)
        self._transcript = self._transcript.heard(results)

    # ------------------------------------------------------------ the plan

    @property
    def _offered(self) -> Sequence[str]:
        """Return the tools that may be called now."""
        return self._strategy.offered(self._course, [spec.name for spec in self._belt.specs])

    def _revise(self, plan: TodoList) -> TodoList:
        self._course = self._strategy.revised(self._course, plan)
        return self._course.plan

    async def _go_on(self, text: str, course: Course) -> None:
        """Give the model its next task, and tell what it said to the one before, and how the plan stands."""
        turn, last = self._transcript.turn, self._transcript.messages[-1]
        if isinstance(last, AssistantMessage):
            await self._ctx.emit(f"turn/{turn}/thought", events.thought(turn, last.text))
        if course.plan != self._course.plan:
            await self._ctx.emit(f"turn/{turn}/plan", events.plan_updated(course.plan))
        self._course = course
        self._transcript = self._transcript.tasked(text)

    # ------------------------------------------------------------ the end

    async def _mind_circles(self) -> None:
        found = trouble(self._transcript.own)
        if found is None:
            return
        if self._warned:
            await self._give_up("loop_detected", f"Stopped: {found}, and again after a warning.")
            return
        self._warned = True
        self._transcript = self._transcript.told(WARNING.format(trouble=found))

    async def _give_up(self, code: str, message: str) -> None:
        """End the mission, unless somebody has bidden it go on from here."""
        if not self._bidden:
            raise JobFailed(code, message, result=self._result(message, gave_up=True))
        self._bidden -= 1
        self._warned = False
        turn = self._transcript.turn
        await self._ctx.emit(f"turn/{turn}/gave_up", events.thought(turn, message))
        self._course = self._strategy.resumed(self._course)
        self._transcript = self._transcript.told(GO_ON.format(code=code))

    def _failure(self, code: str, message: str, *, details: JsonObject | None = None) -> JobFailed:
        return JobFailed(code, message, result=self._result(message), details=details)

    def _result(self, message: str, *, gave_up: bool = False) -> JsonObject:
        spent = self._spent(self._transcript.turn)
        result = MissionResult(
            session_id=self._task.session_id,
            message=message,
            usage=self._all_usage,
            artifacts=self._keeping.artifacts,
            steps=spent.steps,
            seconds=spent.seconds,
            gave_up=gave_up,
        )
        return result.model_dump(mode="json")
