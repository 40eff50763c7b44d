"""Missions that are resumed: what was done and paid is used, and whoever gave up is bidden to go on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job
from taskforce.core.missions.blocks import tokens_in
from taskforce.core.missions.model import (
    MissionOutcome,
    ModelReply,
    ModelRequest,
    SessionStatus,
    StopReason,
    ToolMessage,
    UserMessage,
)
from taskforce.core.missions.profile import ContextSettings, StrategyName
from taskforce.core.missions.task import MissionTask
from tests.unit.application.missions.cast import MissionStage, a_task, a_task_with, answer, calls
from tests.unit.application.missions.test_long_missions import Reader, a_stage, parted
from tests.unit.application.missions.test_replaying import replayed

BEYOND = ModelReply(text="This is beyond me.", stop=StopReason.NEEDS_MODEL)
CUT = ModelReply(text="It is", stop=StopReason.LENGTH)
REFUSED = ModelReply(stop=StopReason.REFUSED)
NOTED = calls(("note_once", {"text": "a"}))


async def resumed(mission: MissionStage, ended: Job, **changes: Any) -> Job:  # noqa: ANN401 - of a profile
    """Resume an ended mission, with another profile if there are changes."""
    task = a_task_with(MissionTask.model_validate(ended.input).again(ended), **changes)
    return await mission.stage.again(replace(ended, input=task.model_dump(mode="json")))


async def failed(mission: MissionStage, job: Job) -> str:
    outcome = await mission.outcome(job)
    assert outcome.failure is not None, outcome
    return outcome.failure.code


@pytest.mark.parametrize(
    ("ending", "code"), [(BEYOND, "needs_model"), (CUT, "answer_cut"), (REFUSED, "content_refused")]
)
async def test_a_mission_that_gave_up_goes_on_from_there_when_it_is_resumed(
    ending: ModelReply, code: str
) -> None:
    mission = MissionStage([NOTED, ending, answer("Done after all.")])
    stopped = await mission.run()
    assert await failed(mission, stopped) == code
    ended = await mission.outcome(await resumed(mission, stopped))
    assert (ended.status, ended.message) == (SessionStatus.COMPLETED, "Done after all.")
    assert (mission.toolbox.by_name["note_once"].lines, len(mission.model.requests)) == (["a"], 3)
    last = mission.model.requests[-1].messages[-1]
    assert isinstance(last, UserMessage)
    assert last.text.startswith(f"You stopped here ({code})")


async def test_one_that_gives_up_again_is_bidden_again() -> None:
    mission = MissionStage([BEYOND, NOTED, BEYOND, answer("Done.")])
    once = await resumed(mission, await mission.run())
    assert await failed(mission, once) == "needs_model"
    twice = await resumed(mission, once)
    assert (await mission.outcome(twice)).message == "Done."
    assert (mission.toolbox.by_name["note_once"].lines, len(mission.model.requests)) == (["a"], 4)


async def test_a_budget_that_stops_it_is_no_giving_up() -> None:
    task = a_task()
    low = task.model_copy(update={"limits": task.limits.model_copy(update={"steps": 1})})
    mission = MissionStage([NOTED, BEYOND])
    stopped = await mission.run_task(low)
    task = MissionTask.model_validate(stopped.input).again(stopped)
    assert (await failed(mission, stopped), task.resumed) == ("max_steps_reached", 0)


async def test_a_model_that_failed_three_times_is_asked_again() -> None:
    mission = MissionStage([NOTED, answer("It is back.")], failures=3)
    stopped = await mission.run()
    assert (await failed(mission, stopped), len(mission.model.requests)) == ("model_unavailable", 3)
    ended = await mission.outcome(await resumed(mission, stopped))
    assert (ended.message, len(mission.model.requests)) == ("It is back.", 5)


async def test_circles_are_forgiven_and_told_anew() -> None:
    same = calls(("look", {"text": "a"}))
    mission = MissionStage([*[same] * 6, *[same] * 3, answer("Out of it.")])
    stopped = await mission.run()
    assert await failed(mission, stopped) == "loop_detected"
    assert (await mission.outcome(await resumed(mission, stopped))).message == "Out of it."
    words = [one.text for one in mission.model.requests[-1].messages if isinstance(one, UserMessage)]
    assert [word[:22] for word in words] == [
        "Do it",
        "You are going round in",
        "You stopped here (loop",
        "You are going round in",
    ]


async def test_a_plan_that_failed_is_gone_on_with() -> None:
    plan: JsonObject = {
        "items": [
            {"position": 1, "description": "find a disk"},
            {"position": 2, "description": "write a", "dependencies": [1]},
        ]
    }
    made = calls(("planner", plan))
    turns = [made, *[answer("FAILED: no disk")] * 2, made, *[answer("FAILED: no disk")] * 2, answer("No.")]
    again = [answer("found"), NOTED, answer("written"), answer("All is done.")]
    mission = MissionStage([*turns, *again])
    stopped = await mission.run_task(a_task_with(strategy=StrategyName.PLAN_AND_EXECUTE))
    assert await failed(mission, stopped) == "plan_failed"
    ended = await mission.outcome(await resumed(mission, stopped))
    assert (ended.status, ended.message) == (SessionStatus.COMPLETED, "All is done.")


@pytest.mark.parametrize("place", ["step.start:turn/3/model", "step.done.recorded:turn/3/call/1/run"])
async def test_after_a_crash_a_resumed_mission_goes_on_the_same_way(place: str) -> None:
    logs = []
    for trap in (None, place):
        mission = MissionStage([NOTED, BEYOND, calls(("note_once", {"text": "b"})), answer()])
        stopped = await mission.run()
        mission.stage.trap.place = trap
        logs.append(await mission.stage.log((await resumed(mission, stopped)).id))
        assert mission.stage.trap.place is None
        assert mission.toolbox.by_name["note_once"].lines == ["a", "b"]
    assert logs[0] == logs[1]


# ---------------------------------------------------------------- with a model of another window

LARGE, SMALL = 16_000, 6_000
STOPPED = 40


class Stopping(Reader):
    """Gives up once, in the middle of its book; the one that goes on has read all that it was shown."""

    async def reply(self, request: ModelRequest, *, on_text: Any) -> ModelReply:  # noqa: ANN401 - unused
        said = await super().reply(request, on_text=on_text)
        last = request.messages[-1]
        if isinstance(last, ToolMessage) and f"noise of page {STOPPED} -" in last.content:
            return BEYOND
        if isinstance(last, UserMessage) and last.text.startswith("You stopped"):
            return calls(("read_page", {"text": str(STOPPED + 1)}))
        return said


@dataclass(frozen=True, kw_only=True)
class ReadOn:
    """A book that was read within two budgets."""

    mission: MissionStage
    model: Stopping
    ended: Job
    asked: int
    """How often the model was asked within the first budget."""
    summaries: int

    @property
    def new(self) -> Sequence[ModelRequest]:
        """Return what was asked within the second budget."""
        return self.model.asked[self.asked :]

    async def outcome(self) -> MissionOutcome:
        return await self.mission.outcome(self.ended)


async def read_on(before: int | None, after: int | None, *, crash: str | None = None) -> ReadOn:
    """Read a book until it is given up, then go on within another budget."""
    model = Stopping(turns=STOPPED + 20)
    mission = a_stage(model)
    task = a_task_with(tools=(*a_task().profile.tools, "read_page"), context=ContextSettings(tokens=before))
    task = task.model_copy(update={"limits": task.limits.model_copy(update={"steps": None})})
    stopped = await mission.run_task(task)
    assert await failed(mission, stopped) == "needs_model"
    asked, summaries = len(model.asked), len(model.summaries)
    mission.stage.trap.place = crash
    ended = await resumed(mission, stopped, context=ContextSettings(tokens=after))
    assert mission.stage.trap.place is None
    return ReadOn(mission=mission, model=model, ended=ended, asked=asked, summaries=summaries)


@pytest.mark.parametrize("before", [None, LARGE])
async def test_a_smaller_window_takes_one_summary_of_all_that_was_and_no_turn_is_paid_twice(
    before: int | None,
) -> None:
    book = await read_on(before, SMALL)
    assert (await book.outcome()).failure is None
    assert len(book.model.asked) == STOPPED + 23
    summaries = book.model.summaries[book.summaries :]
    assert max(map(tokens_in, (*book.new, *summaries))) <= SMALL
    assert not any(parted(request) for request in book.new)
    note = book.new[0].messages[book.new[0].begin + 1]
    assert isinstance(note, UserMessage)
    assert "Nothing but noise so far." in note.text
    assert len(summaries) < 10


@pytest.mark.parametrize("after", [None, 1_000_000])
async def test_a_larger_window_shows_all_again(after: int | None) -> None:
    book = await read_on(LARGE, after)
    assert len(book.new[0].messages) == 1 + 2 * STOPPED + 2
    assert "put away" not in str(book.new[0].messages)
    assert len(book.model.summaries) == book.summaries


@pytest.mark.parametrize("after", [SMALL, None])
@pytest.mark.parametrize("place", ["step.start:turn/42/model", "step.done.recorded:turn/55/call/1/run"])
async def test_after_a_crash_a_mission_with_two_windows_shows_the_same(after: int | None, place: str) -> None:
    one, two = await read_on(LARGE, after), await read_on(LARGE, after, crash=place)
    assert await one.outcome() == await two.outcome()
    assert one.model.asked == two.model.asked
    assert one.model.summaries == two.model.summaries


@pytest.mark.parametrize("after", [SMALL, None])
async def test_a_mission_with_two_windows_is_replayed_without_divergence(after: int | None) -> None:
    book = await read_on(LARGE, after)
    again = await replayed(book.mission, book.ended)
    assert (again.turns, again.divergence) == (STOPPED + 23, None)


async def test_any_result_is_read_by_its_handle_after_compaction_and_resume() -> None:
    assert (await (await read_on(LARGE, SMALL)).outcome()).message == "The password of turn 3 is swordfish."
