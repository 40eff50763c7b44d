"""Missions that go round in circles: told once, then ended with what they have."""

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.missions.model import MissionOutcome, ModelReply, SessionStatus, UserMessage
from tests.unit.application.missions.cast import MissionStage, answer, calls

SAME = calls(("note", {"text": "a"}))


def failing(number: int) -> ModelReply:
    arguments: JsonObject = {"words": f"wrong {number}"}
    return calls(("look", arguments))


async def ended(mission: MissionStage) -> MissionOutcome:
    return await mission.outcome(await mission.run())


@pytest.mark.parametrize("circle", [[SAME] * 3, [failing(n) for n in range(3)]])
async def test_a_model_that_heeds_the_warning_goes_on(circle: list[ModelReply]) -> None:
    mission = MissionStage([*circle, answer()])
    assert (await ended(mission)).status is SessionStatus.COMPLETED
    last = mission.model.requests[-1].messages[-1]
    assert isinstance(last, UserMessage)
    assert last.text.startswith("You are going round in circles")


@pytest.mark.parametrize(
    ("turns", "why"),
    [
        ([SAME] * 6, "note was called 3 times with the same arguments"),
        ([failing(n) for n in range(6)], "look failed 3 times in a row"),
        ([SAME] * 3 + [failing(n) for n in range(3)], "look failed 3 times in a row"),
    ],
)
async def test_one_that_does_not_is_ended_as_failed_with_what_was_done(
    turns: list[ModelReply], why: str
) -> None:
    mission = MissionStage([calls(("note", {"text": "kept"})), *turns, answer()])
    outcome = await ended(mission)
    assert outcome.failure is not None
    assert (outcome.status, outcome.failure.code) == (SessionStatus.FAILED, "loop_detected")
    assert outcome.message == f"Stopped: {why}, and again after a warning."
    assert "kept" in [ref.key.rpartition("/")[2] for ref in outcome.artifacts]
    assert outcome.usage.tokens == 15 * 7


async def test_three_same_calls_of_one_turn_are_a_circle_too() -> None:
    look: tuple[str, JsonObject] = ("look", {"text": "a"})
    mission = MissionStage([calls(look, look, look), answer()])
    await mission.run()
    assert isinstance(mission.model.requests[-1].messages[-1], UserMessage)


async def test_a_failure_between_successes_is_no_circle() -> None:
    turns = [turn for n in range(4) for turn in (failing(n), calls(("look", {"text": str(n)})))]
    mission = MissionStage([*turns, answer()])
    await mission.run()
    assert not [m for m in mission.model.requests[-1].messages[1:] if isinstance(m, UserMessage)]
