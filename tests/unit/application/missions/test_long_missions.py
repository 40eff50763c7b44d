"""Long missions: requests within the budget of tokens, and nothing that was found out of reach."""

from datetime import timedelta

import pytest

from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.missions.blocks import tokens_in
from taskforce.core.missions.errors import ModelUnavailable
from taskforce.core.missions.model import AssistantMessage, ModelReply, ModelRequest, ToolMessage, UserMessage
from taskforce.core.missions.ports import Text
from taskforce.core.missions.profile import ContextSettings
from taskforce.core.tools import ToolContext, ToolResult
from tests.unit.application.missions.cast import ListedModel, MissionStage, a_task, a_task_with, answer, calls
from tests.unit.application.missions.toolboxes import Line, Look

BUDGET = 16_000
TURNS = 200
SIZE = 2_000_000 // TURNS
SECRET = "The password of turn 3 is swordfish."


class ReadPage(Look):
    """Prints a page of noise; the third holds a secret in its middle, where no head or tail shows it."""

    name = "read_page"

    async def run(self, arguments: Line, context: ToolContext) -> ToolResult:
        half = (f"noise of page {arguments.text} ".ljust(24, "-") * SIZE)[: SIZE // 2]
        return ToolResult(content=half + (f"\n{SECRET}\n" if arguments.text == "3" else "") + half)


class Reader(ListedModel):
    """Reads page after page; then it is asked for page 3, and reads that result again by its handle."""

    def __init__(self, *, turns: int = TURNS, sums_up: bool = True) -> None:
        super().__init__([])
        self._pages = turns
        self._sums_up = sums_up
        self.asked: list[ModelRequest] = []
        self.summaries: list[ModelRequest] = []

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        if not request.tools:
            self.summaries.append(request)
            if not self._sums_up:
                raise ModelUnavailable("listed", "it sums nothing up")
            return answer("Nothing but noise so far.")
        self.asked.append(request)
        last = request.messages[-1]
        if not isinstance(last, ToolMessage):
            return calls(("read_page", {"text": "1"}))
        if last.tool == "fetch_result":
            return answer(
                next((line for line in last.content.splitlines() if "password" in line), "I forgot.")
            )
        page = int(last.content.split()[3])
        if page < self._pages:
            return calls(("read_page", {"text": str(page + 1)}))
        return calls(("fetch_result", {"handle": "turn/3/call/1", "offset": SIZE // 2 - 50, "limit": 200}))


def a_stage(model: ListedModel) -> MissionStage:
    mission = MissionStage([])
    mission.toolbox.by_name["read_page"] = ReadPage()
    mission.stage.programs["mission"] = mission.program(model)
    return mission


async def read(mission: MissionStage, budget: int | None = BUDGET) -> Job:
    task = a_task(limits=Limits(steps=None))
    tools = (*task.profile.tools, "read_page")
    return await mission.run_task(a_task_with(task, tools=tools, context=ContextSettings(tokens=budget)))


def parted(request: ModelRequest) -> list[str]:
    """Return the ids of calls without a result directly after, and of results without a call before."""
    wrong: list[str] = []
    open_ids: list[str] = []
    for message in request.messages:
        if isinstance(message, ToolMessage):
            wrong += [] if open_ids and open_ids.pop(0) == message.call_id else [message.call_id]
            continue
        wrong += open_ids
        open_ids = [call.id for call in message.calls] if isinstance(message, AssistantMessage) else []
    return wrong + open_ids


@pytest.mark.parametrize("sums_up", [True, False])
async def test_200_turns_of_2_mb_stay_within_the_budget_and_answer_a_question_about_turn_3(
    *, sums_up: bool
) -> None:
    model = Reader(sums_up=sums_up)
    mission = a_stage(model)
    outcome = await mission.outcome(await read(mission))
    assert (outcome.failure, outcome.message) == (None, SECRET)
    assert len(model.asked) == TURNS + 2
    assert max(map(tokens_in, (*model.asked, *model.summaries))) <= BUDGET
    assert not any(parted(request) for request in model.asked)
    assert all(UserMessage(text="Do it") in request.messages for request in model.asked)
    assert model.summaries


async def test_a_summary_takes_the_place_of_what_it_sums_up_and_is_paid_for() -> None:
    model = Reader(turns=60)
    mission = a_stage(model)
    outcome = await mission.outcome(await read(mission))
    note = model.asked[-1].messages[model.asked[-1].begin + 1]
    assert isinstance(note, UserMessage)
    assert "Nothing but noise so far." in note.text
    assert outcome.usage.tokens == 15 * (len(model.asked) + len(model.summaries))


class Aloud(Reader):
    """Says aloud what it is asked for."""

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        await on_text("a turn" if request.tools else "a summary")
        return await super().reply(request, on_text=on_text)


async def test_a_summary_is_not_shown_to_whoever_watches() -> None:
    model = Aloud(turns=60)
    mission = a_stage(model)
    tools = (*a_task().profile.tools, "read_page")
    task = a_task_with(a_task(limits=Limits(steps=None)), tools=tools, context=ContextSettings(tokens=BUDGET))
    job_id = await mission.stage.submit("mission", task.model_dump(mode="json"))
    async with mission.stage.feed.watch(job_id) as watch:
        await mission.stage.settle()
        shown = await watch.next(timeout=timedelta(seconds=1))
    assert model.summaries
    assert {delta.text for delta in shown} == {"a turn"}


async def test_a_mission_without_a_budget_shows_all() -> None:
    model = Reader(turns=20)
    await read(a_stage(model), budget=None)
    assert len(model.asked[-1].messages) == 1 + 2 * 21


async def test_a_mission_that_cannot_be_made_to_fit_ends_with_what_it_takes() -> None:
    mission = a_stage(Reader())
    job = await read(mission, budget=1_000)
    outcome = await mission.outcome(job)
    assert outcome.failure is not None
    assert (job.status, outcome.failure.code) == (JobStatus.FAILED, "context_too_small")
    assert "tokens" in outcome.failure.message


@pytest.mark.parametrize("place", ["step.done:turn/40/model", "step.done.recorded:turn/60/call/1/run"])
async def test_after_a_crash_the_same_is_shown_and_no_summary_is_paid_twice(place: str) -> None:
    undisturbed, disturbed = Reader(turns=80), Reader(turns=80)
    logs = []
    for model in (undisturbed, disturbed):
        mission = a_stage(model)
        mission.stage.trap.place = place if model is disturbed else None
        logs.append(await mission.stage.log((await read(mission)).id))
    assert logs[0] == logs[1]
    assert disturbed.asked[-1] == undisturbed.asked[-1]
    assert len(disturbed.summaries) == len(undisturbed.summaries) > 0


async def test_a_short_result_is_read_again_by_the_key_of_its_call() -> None:
    again = calls(("fetch_result", {"handle": "turn/1/call/2", "offset": 2}))
    both = calls(("look", {"text": "first"}), ("look", {"text": "second"}))
    mission = MissionStage([both, again, answer()])
    await mission.run()
    heard = mission.model.requests[2].messages[-1]
    assert isinstance(heard, ToolMessage)
    assert heard.content == "cond"
