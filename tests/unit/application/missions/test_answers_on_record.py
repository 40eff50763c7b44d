"""Who answered what, and when, is in the log."""

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import ANSWERED
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.signals import ANSWER, APPROVAL, OUTCOME
from taskforce.core.missions.profile import Approval, OnCrash
from tests.unit.application.missions.cast import MissionStage, a_task_with, answer, calls

CALL = "turn/1/call/1"


async def answers(mission: MissionStage, job: Job) -> list[JsonObject]:
    told = await mission.stage.store.events(job.id, after=0, limit=1_000)
    return [recorded.event.details for recorded in told if recorded.event.type == ANSWERED]


async def test_an_answer_is_told_with_who_gave_it_and_when() -> None:
    mission = MissionStage([calls(("ask_user", {"question": "Which?"})), answer()])
    job = await mission.answer(await mission.run(), f"{CALL}/answer", ANSWER, {"answer": "this"})
    (told,) = await answers(mission, job)
    assert (told["by"], told["answer"]) == ("ann", "this")
    assert str(told["at"]).endswith("Z")


async def test_a_decision_is_told_with_the_arguments_that_were_changed() -> None:
    mission = MissionStage([calls(("note", {"text": "mine"})), answer()])
    asked = await mission.run(approval=Approval())
    word: JsonObject = {"decision": "approve", "arguments": {"text": "theirs"}}
    (told,) = await answers(mission, await mission.answer(asked, f"{CALL}/approval", APPROVAL, word))
    assert (told["by"], told["decision"], told["arguments"]) == ("ann", "approve", {"text": "theirs"})
    assert mission.toolbox.by_name["note"].lines == ["theirs"]


async def test_a_denial_is_told_too() -> None:
    mission = MissionStage([calls(("note", {"text": "mine"})), answer()])
    asked = await mission.run(approval=Approval())
    (told,) = await answers(
        mission, await mission.answer(asked, f"{CALL}/approval", APPROVAL, {"decision": "deny"})
    )
    assert (told["by"], told["decision"], "arguments" in told) == ("ann", "deny", False)


async def test_a_word_on_what_became_of_a_call_is_told_by_its_reason() -> None:
    mission = MissionStage([calls(("note_once", {"text": "x"})), answer()])
    mission.stage.trap.place = f"step.start:{CALL}/run"
    job = await mission.run()
    wait = (await mission.stage.store.waits(job.id))[0]
    job = await mission.answer(job, wait.key, OUTCOME, {"decision": "skip"})
    (told,) = await answers(mission, job)
    assert (told["by"], told["decision"], told["reason"]) == ("ann", "skip", "unknown_after_crash")


@pytest.mark.parametrize(("crash", "lines"), [(OnCrash.REPEAT, ["x"]), (OnCrash.SKIP, [])])
async def test_what_the_profile_rules_is_told_as_its_word(crash: OnCrash, lines: list[str]) -> None:
    mission = MissionStage([calls(("note_once", {"text": "x"})), answer()])
    mission.stage.trap.place = f"step.start:{CALL}/run"
    job = await mission.run_task(a_task_with(crash=crash))
    (told,) = await answers(mission, job)
    assert (told["by"], told["decision"], told["reason"], told["tool"]) == (
        "profile test",
        crash.value,
        "unknown_after_crash",
        "note_once",
    )
    assert mission.toolbox.by_name["note_once"].lines == lines
    assert (await mission.outcome(job)).message == "Done."
