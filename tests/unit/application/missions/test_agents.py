"""Agents that a mission calls: they work within its limits, and what comes of them is its result."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from taskforce.application.missions.outcomes import MissionOutcomes
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import JobFilter
from taskforce.core.jobs.signals import ANSWER
from taskforce.core.missions.allowed_tools import ALWAYS
from taskforce.core.missions.model import (
    AssistantMessage,
    MissionResult,
    ModelReply,
    ModelRequest,
    SessionStatus,
    ToolMessage,
    UserMessage,
)
from taskforce.core.missions.ports import Text
from taskforce.core.missions.profile import Approval, Decision, Profile, StrategyName
from taskforce.core.missions.task import MissionTask
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.skills import Skill, SkillHeader, SkillOrigin
from tests.unit.application.missions.cast import ListedModel, MissionStage, a_task, a_task_with, answer, calls

MAIN = "Do it"
ASKS = calls(("ask_user", {"question": "Red or blue?"}))
Parts = Mapping[str, Sequence[ModelReply]]


def an_agent(mission: str, **more: str) -> tuple[str, JsonObject]:
    return "call_agent", {"mission": mission, **more}


def mission_of(request: ModelRequest) -> str:
    first = request.messages[request.begin]
    assert isinstance(first, UserMessage)
    return first.text


class ByMission(ListedModel):
    """Says the turns of the mission that it is asked in."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(())
        self._parts = parts

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        self.requests.append(request)
        own = request.messages[request.begin :]
        return self._parts[mission_of(request)][sum(isinstance(said, AssistantMessage) for said in own)]

    def heard(self, mission: str = MAIN) -> list[ToolMessage]:
        """What tools answered, as the mission's model was shown it last."""
        shown = [request.messages for request in self.requests if mission_of(request) == mission]
        return [message for message in shown[-1] if isinstance(message, ToolMessage)]


class AgentsStage(MissionStage):
    """Plays missions that call agents."""

    def __init__(self, **parts: Sequence[ModelReply]) -> None:
        super().__init__(())
        named = {MAIN if name == "main" else name: turns for name, turns in parts.items()}
        self.parts = ByMission(named)
        self.stage.programs["mission"] = self.program(self.parts)

    def task(self, limits: Limits | None = None, approval: Approval | None = None) -> MissionTask:
        task = a_task(limits=limits, approval=approval)
        profile = task.profile.model_copy(update={"tools": (*task.profile.tools, "call_agent")})
        return task.model_copy(update={"profile": profile})

    async def play(self, limits: Limits | None = None) -> Job:
        job_id = await self.stage.submit("mission", self.task(limits).model_dump(mode="json"))
        await self.stage.settle()
        return await self.stage.job(job_id)

    async def below(self, job: Job) -> list[Job]:
        """Those that a job has started, in the order in which it did."""
        wanted = JobFilter(project=DEFAULT_PROJECT, parent=job.id)
        return [*reversed((await self.stage.store.list(wanted, Page(limit=100))).items)]

    async def came_to(self, job: Job) -> MissionResult:
        assert job.outcome is not None
        return MissionResult.model_validate(job.outcome.result)


async def test_an_agents_answer_is_the_calls_result() -> None:
    stage = AgentsStage(
        main=[calls(an_agent("part")), answer()], part=[calls(("note", {"text": "a"})), answer("Part done.")]
    )
    job = await stage.play()
    assert job.status is JobStatus.SUCCEEDED
    heard = stage.parts.heard()[0]
    assert (heard.content, heard.failed) == ("Part done.", False)
    (child,) = await stage.below(job)
    assert (child.subject, child.lock, child.root) == (None, None, job.id)
    task = MissionTask.model_validate(child.input)
    assert (task.session_id, task.workspace, task.depth) == (stage.task().session_id, "memory", 1)


async def test_an_agent_that_a_skill_has_called_has_no_more_tools_than_the_skill_allows() -> None:
    writes, skilled = calls(("note", {"text": "a"})), calls(("activate_skill", {"name": "weigh"}))
    stage = AgentsStage(
        main=[skilled, calls(an_agent("part")), answer()], part=[writes, answer("Part done.")]
    )
    header = SkillHeader(name="weigh", description="Weigh.", allowed_tools="Task, look")
    skill = Skill(header=header, body="Weigh.\n", origin=SkillOrigin.COLLECTION, digest="d1")
    stage.collection.by_name["weigh"] = skill
    task = stage.task()
    tools = (*task.profile.tools, "activate_skill")
    changes = {"skills": (skill.card,), "profile": task.profile.model_copy(update={"tools": tools})}
    job_id = await stage.stage.submit("mission", task.model_copy(update=changes).model_dump(mode="json"))
    await stage.stage.settle()
    job = await stage.stage.job(job_id)
    assert job.status is JobStatus.SUCCEEDED, job.outcome
    (child,) = await stage.below(job)
    given = MissionTask.model_validate(child.input).profile.tools
    assert set(given) <= {"look", "call_agent", *ALWAYS}
    assert "note" in tools
    assert stage.parts.heard("part")[0].failed
    assert stage.toolbox.by_name["note"].lines == []


async def test_what_an_agent_took_and_kept_is_its_callers() -> None:
    stage = AgentsStage(
        main=[calls(an_agent("part")), answer()], part=[calls(("note", {"text": "a"})), answer()]
    )
    job = await stage.play()
    result = await stage.came_to(job)
    assert (result.usage.tokens, result.usage.cost, result.steps) == (60, 1.0, 4)
    logged = await stage.outcome(job)
    assert (logged.usage, logged.artifacts) == (result.usage, result.artifacts)
    assert [ref.key.rpartition("/files/")[2] for ref in result.artifacts] == ["a"]


async def test_what_goes_wrong_with_an_agent_is_an_observation() -> None:
    stage = AgentsStage(
        main=[calls(an_agent("loops")), calls(an_agent("part", profile="nobody")), answer()],
        loops=[calls(("look", {"text": "x"}))] * 9,
    )
    job = await stage.play()
    assert job.status is JobStatus.SUCCEEDED
    failed, unknown = stage.parts.heard()
    assert failed.failed
    assert failed.content.startswith("The agent failed (loop_detected): ")
    assert unknown.failed
    assert unknown.content.startswith("There is no profile 'nobody'.")
    assert (await stage.came_to(job)).usage.tokens > 45


async def test_an_agent_of_another_profile_may_no_more_than_its_caller() -> None:
    stage = AgentsStage(
        main=[calls(an_agent("part", profile="wild")), answer()],
        part=[calls(("note", {"text": "a"}), ("shell", {"command": "id"})), answer()],
    )
    stage.profiles.by_name["wild"] = Profile(
        name="wild", tools=("note", "shell"), approval=Approval(write=Decision.DENY), limits=Limits(steps=3)
    )
    await stage.play()
    denied, unknown = stage.parts.heard("part")
    assert denied.content == "The profile wild denies write calls such as note."
    assert unknown.content == "There is no tool 'shell' in this mission. Tools are: note."


async def test_agents_share_what_is_left() -> None:
    two = calls(an_agent("one"), an_agent("two"))
    stage = AgentsStage(main=[two, answer()], one=[answer()], two=[answer()])
    job = await stage.play(Limits(steps=9, tokens=100))
    limits = [MissionTask.model_validate(child.input).limits for child in await stage.below(job)]
    assert limits == [Limits(steps=4, tokens=42)] * 2


async def test_agents_are_not_called_when_too_little_is_left() -> None:
    stage = AgentsStage(main=[calls(an_agent("one"), an_agent("two")), answer()], one=[answer()])
    job = await stage.play(Limits(steps=2))
    assert {heard.content for heard in stage.parts.heard()} == {
        "Too little is left of this mission's limits for an agent."
    }
    assert await stage.below(job) == []


async def test_what_agents_took_counts_for_the_callers_limits() -> None:
    stage = AgentsStage(
        main=[calls(an_agent("part")), answer()], part=[calls(("look", {"text": "a"})), answer()]
    )
    job = await stage.play(Limits(steps=3))
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "max_steps_reached"


async def test_agents_go_no_deeper_than_three() -> None:
    deeper = [calls(an_agent("x")), answer()]
    stage = AgentsStage(main=deeper, x=deeper)
    job = await stage.play(Limits(steps=None))
    depths = []
    while below := await stage.below(job):
        (job,) = below
        depths.append(MissionTask.model_validate(job.input).depth)
    assert depths == [1, 2, 3]
    heard = [request.messages[-1] for request in stage.parts.requests]
    told = [said.content for said in heard if isinstance(said, ToolMessage) and said.failed]
    assert [text.partition(". ")[0] for text in told] == ["There is no tool 'call_agent' in this mission"]


async def test_no_more_than_four_agents_of_a_turn_are_under_way_at_once() -> None:
    names = ["a", "b", "c", "d", "e", "f"]
    stage = AgentsStage(
        main=[calls(*map(an_agent, names)), answer()], **{name: [ASKS, answer()] for name in names}
    )
    job = await stage.play()
    assert len(await stage.below(job)) == 4
    for child in await stage.below(job):
        await stage.stage.answer(child.id, "turn/1/call/1/answer", ANSWER, {"answer": "blue"})
    await stage.stage.settle()
    assert len(await stage.below(job)) == 6
    for child in (await stage.below(job))[4:]:
        await stage.stage.answer(child.id, "turn/1/call/1/answer", ANSWER, {"answer": "red"})
    await stage.stage.settle()
    job = await stage.stage.job(job.id)
    assert (job.status, (await stage.came_to(job)).steps) == (JobStatus.SUCCEEDED, 14)


async def test_an_agents_question_is_its_callers() -> None:
    stage = AgentsStage(main=[calls(an_agent("part")), answer()], part=[ASKS, answer("Blue it is.")])
    job = await stage.play()
    (child,) = await stage.below(job)
    outcome = await MissionOutcomes(stage.stage.store).of(job)
    assert (outcome.status, outcome.message) == (SessionStatus.PAUSED, "Red or blue?")
    assert outcome.waiting is not None
    assert outcome.waiting.details["choices"] == []
    await stage.stage.answer(child.id, "turn/1/call/1/answer", ANSWER, {"answer": "blue"})
    await stage.stage.settle()
    assert stage.parts.heard()[0].content == "Blue it is."


async def test_a_mission_is_not_paused_while_one_of_its_agents_goes_on() -> None:
    two = calls(an_agent("asks"), an_agent("works"))
    stage = AgentsStage(main=[two, answer()], asks=[ASKS, answer()], works=[answer()])
    job_id = await stage.stage.submit("mission", stage.task().model_dump(mode="json"))
    for _ in range(2):  # the mission, and the agent that asks
        await stage.stage.play_one()
    job = await stage.stage.job(job_id)
    outcome = await MissionOutcomes(stage.stage.store).of(job)
    assert (job.status, outcome.status) == (JobStatus.WAITING, SessionStatus.IN_PROGRESS)
    await stage.stage.settle()
    assert (await MissionOutcomes(stage.stage.store).of(job)).status is SessionStatus.PAUSED


async def test_what_an_agent_came_to_is_kept_when_its_caller_is_resumed() -> None:
    stage = AgentsStage(
        main=[calls(an_agent("loops")), calls(("note", {"text": "a"})), answer()],
        loops=[calls(("look", {"text": "x"}))] * 9,
    )
    job = await stage.play(Limits(steps=7))
    assert job.status is JobStatus.FAILED
    asked = len(stage.parts.requests)
    input = stage.task(Limits(steps=30)).model_dump(mode="json")
    again = job.retry(job.id.replace("0", "f", 1), by="tester", now=stage.stage.clock.now(), input=input)  # type: ignore[arg-type]
    await stage.stage.store.submit(again)
    await stage.stage.settle()
    ended = await stage.stage.job(again.id)
    assert (ended.status, await stage.below(ended)) == (JobStatus.SUCCEEDED, [])
    assert [mission_of(request) for request in stage.parts.requests[asked:]] == [MAIN, MAIN]


@pytest.mark.parametrize("place", ["step.start:turn/1/call/1/run", "step.done:turn/2/model", "job.ending"])
async def test_a_crash_calls_no_agent_twice(place: str) -> None:
    stage = AgentsStage(main=[calls(an_agent("part")), answer()], part=[answer("Part done.")])
    stage.stage.trap.place = place
    job = await stage.play()
    assert job.status is JobStatus.SUCCEEDED
    assert len(await stage.below(job)) == 1
    assert stage.parts.heard()[0].content == "Part done."


def a_plan(text: str) -> ModelReply:
    return calls(("planner", {"items": [{"position": 1, "description": text}]}))


@pytest.mark.parametrize("limit", [None, 1, 3, 5, 7])
async def test_agents_of_a_plan_follow_plans_of_their_own(limit: int | None) -> None:
    stage = AgentsStage(
        main=[a_plan("delegate"), calls(an_agent("part")), answer("It did it."), answer("All is done.")],
        part=[a_plan("note"), calls(("note_once", {"text": "a"})), answer("Noted."), answer("Part done.")],
    )
    task = stage.task(Limits(steps=limit) if limit else None)
    task = a_task_with(task, strategy=StrategyName.PLAN_AND_EXECUTE)
    job = await stage.run_task(task)
    if limit is not None:
        assert (await stage.came_to(job)).steps <= limit
        more = task.model_copy(update={"limits": Limits(steps=50)}).again(job)
        job = await stage.stage.again(replace(job, input=more.model_dump(mode="json")))
    result = await stage.came_to(job)
    assert stage.toolbox.by_name["note_once"].lines in (["a"], [])
    if limit in {None, 7}:
        assert (job.status, result.message, result.steps) == (JobStatus.SUCCEEDED, "All is done.", 8)
    log = [text for _, kind, text in await stage.stage.log(job.id) if kind == "plan_updated"]
    assert log[-1] == "1. [completed] delegate"
