"""A past mission played again: over its record alone, up to the first thing that would go another way."""

import time
from dataclasses import replace

import pytest

from taskforce.application.jobs.through import ThroughContext
from taskforce.application.missions.outcomes import MissionOutcomes
from taskforce.application.missions.program import MissionProgram
from taskforce.application.missions.replaying import MissionReplays, Replayed
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.signals import ANSWER, APPROVAL
from taskforce.core.missions import events
from taskforce.core.missions.divergence import Part
from taskforce.core.missions.profile import Approval, Decision
from taskforce.core.missions.task import MissionTask
from tests.unit.application.missions.cast import MissionStage, answer, calls

TWO_TURNS = [
    calls(("note", {"text": "one"})),
    calls(("look", {"text": "a"}), ("look", {"text": "b"})),
    answer(),
]


async def replayed(
    mission: MissionStage, job: Job, *, program: type[MissionProgram] = MissionProgram
) -> Replayed:
    stage = mission.stage
    replays = MissionReplays(
        store=stage.store,
        artifacts=stage.artifacts,
        program=lambda models: mission.program(models, of=program),
        outcomes=MissionOutcomes(stage.store),
    )
    return await replays.of(job)


def noted(mission: MissionStage) -> list[str]:
    return [line for tool in mission.toolbox.by_name.values() for line in tool.lines]


async def test_a_mission_goes_the_same_way_and_nothing_is_done() -> None:
    mission = MissionStage(TWO_TURNS)
    job = await mission.run()
    asked, lines, log = len(mission.model.requests), noted(mission), await mission.stage.log(job.id)
    again = await replayed(mission, job)
    assert (again.turns, again.divergence) == (3, None)
    assert (len(mission.model.requests), noted(mission)) == (asked, lines)
    assert await mission.stage.log(job.id) == log
    assert await mission.stage.job(job.id) == job


async def test_what_was_asked_and_said_can_be_recorded() -> None:
    mission = MissionStage(TWO_TURNS)
    again = await replayed(mission, await mission.run())
    assert [recording.request for recording in again.recordings] == mission.model.requests
    assert [recording.reply for recording in again.recordings] == TWO_TURNS


async def test_an_answered_mission_is_replayed_with_its_answers() -> None:
    mission = MissionStage(
        [calls(("ask_user", {"question": "Which?"})), calls(("note", {"text": "x"})), answer()]
    )
    job = await mission.run(approval=Approval())
    paused = await replayed(mission, job)
    assert (paused.turns, paused.divergence) == (1, None)
    job = await mission.answer(job, "turn/1/call/1/answer", ANSWER, {"answer": "this"})
    job = await mission.answer(job, "turn/2/call/1/approval", APPROVAL, {"decision": "approve"})
    assert job.status is JobStatus.SUCCEEDED
    assert (await replayed(mission, job)).divergence is None


@pytest.mark.parametrize("limits", [Limits(steps=1), Limits(tokens=1)])
async def test_a_mission_that_failed_is_replayed_to_its_failure(limits: Limits) -> None:
    mission = MissionStage(TWO_TURNS)
    job = await mission.run(limits=limits)
    assert job.status is JobStatus.FAILED
    assert (await replayed(mission, job)).divergence is None


async def test_a_model_that_never_answered_is_not_asked_again() -> None:
    mission = MissionStage(TWO_TURNS, failures=100)
    job = await mission.run()
    again = await replayed(mission, job)
    assert (again.turns, again.divergence, again.recordings) == (0, None, ())


async def test_a_resumed_mission_is_replayed_over_what_it_continues() -> None:
    mission = MissionStage(TWO_TURNS)
    failed = await mission.run(limits=Limits(steps=1))
    higher = MissionTask.model_validate(failed.input).model_copy(update={"limits": Limits(steps=9)})
    job = await mission.stage.again(replace(failed, input=higher.model_dump(mode="json")))
    assert job.status is JobStatus.SUCCEEDED
    assert ((again := await replayed(mission, job)).turns, again.divergence) == (3, None)


def otherwise(job: Job, **changes: object) -> Job:
    """The same job, as if today's code read its profile in another way."""
    task = MissionTask.model_validate(job.input)
    changed = task.model_copy(update={"profile": task.profile.model_copy(update=changes)})
    return replace(job, input=changed.model_dump(mode="json"))


async def test_a_request_that_would_be_another_is_told_by_its_parts() -> None:
    mission = MissionStage(TWO_TURNS)
    job = await mission.run()
    found = (await replayed(mission, otherwise(job, system_prompt="Be brief."))).divergence
    assert found is not None
    assert (found.turn, found.part, found.place) == (1, Part.REQUEST, "turn/1/model")
    assert [line[:10] for line in found.difference if line[0] in "+-"][2:] == ['- "system"', '+ "system"']


async def test_a_tool_that_is_offered_otherwise_makes_another_request() -> None:
    mission = MissionStage(TWO_TURNS)
    job = await mission.run()
    found = (await replayed(mission, otherwise(job, tools=("note", "look")))).divergence
    assert found is not None
    assert found.part is Part.REQUEST
    assert {line[:8] for line in found.difference if line[0] in "+-"} >= {'- "tools', '+ "tools'}


async def test_an_event_that_would_be_another_is_shown_beside_the_recorded_one() -> None:
    mission = MissionStage(TWO_TURNS)
    job = await mission.run()
    found = (await replayed(mission, otherwise(job, approval=Approval(write=Decision.DENY)))).divergence
    assert found is not None
    assert (found.turn, found.part, found.place) == (1, Part.EVENT, "tool_result")
    assert any("denies write calls" in line for line in found.difference)


async def test_a_step_that_was_never_done_is_a_divergence_once_the_mission_is_over() -> None:
    mission = MissionStage(TWO_TURNS)
    job = await mission.run()
    found = (await replayed(mission, job, program=MoreSteps)).divergence
    assert found is not None
    assert (found.turn, found.part, found.place) == (1, Part.STEP, "turn/1/more")


async def test_other_arguments_of_a_call_are_a_divergence() -> None:
    mission = MissionStage(TWO_TURNS)
    job = await mission.run()
    found = (await replayed(mission, job, program=OtherArguments)).divergence
    assert found is not None
    assert (found.turn, found.part, found.place) == (2, Part.EVENT, "tool_call")
    assert [line for line in found.difference if "shouted" in line]


async def test_an_end_that_would_be_another_is_a_divergence() -> None:
    mission = MissionStage(TWO_TURNS)
    job = await mission.run()
    found = (await replayed(mission, job, program=OtherResult)).divergence
    assert found is not None
    assert (found.turn, found.part) == (3, Part.OUTCOME)


async def test_code_that_breaks_today_is_a_divergence_and_no_error() -> None:
    mission = MissionStage(TWO_TURNS)
    job = await mission.run()
    found = (await replayed(mission, job, program=Broken)).divergence
    assert found is not None
    assert found.part is Part.OUTCOME
    assert any("program_error" in line for line in found.difference)


async def test_two_hundred_turns_take_a_moment() -> None:
    mission = MissionStage([*(calls(("note", {"text": f"line {turn}"})) for turn in range(199)), answer()])
    job = await mission.run(limits=Limits(steps=300))
    begun = time.process_time()
    again = await replayed(mission, job)
    assert (again.turns, again.divergence) == (200, None)
    assert time.process_time() - begun < 2


class MoreSteps(MissionProgram):
    """Does something beside."""

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        async def nothing() -> int:
            return 0

        await ctx.step("turn/1/more", nothing, type=int)
        return await super().play(job, ctx)


class Broken(MissionProgram):
    """Breaks at its end."""

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        raise TypeError(str(await super().play(job, ctx)))


class OtherResult(MissionProgram):
    """Comes to something else."""

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        return {**await super().play(job, ctx), "message": "Other."}


class OtherArguments(MissionProgram):
    """Shouts from its second turn on."""

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        return await super().play(job, Shouting(ctx))


class Shouting(ThroughContext):
    """Changes what is told of a call."""

    async def emit(self, key: str, event: Event) -> None:
        is_later = event.type == events.TOOL_CALL and event.details["turn"] == 2
        told = replace(event, details={**event.details, "arguments": "shouted"}) if is_later else event
        await super().emit(key, told)
