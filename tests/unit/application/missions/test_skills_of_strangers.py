"""Skills of the collection in missions: a person allows untrusted ones once, and they narrow the tools."""

from collections.abc import Sequence

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.signals import APPROVAL
from taskforce.core.missions.model import ModelReply, ToolMessage
from taskforce.core.skills import UNSEEN, BrokenSkill, Skill, SkillHeader, SkillOrigin
from tests.unit.application.missions.cast import MissionStage, a_task_with, answer, calls

FIRST_USE = "turn/1/call/1/first_use"
ACTIVATE = calls(("activate_skill", {"name": "weigh"}))
APPROVED: JsonObject = {"decision": "approve"}


def a_skill(*, digest: str = "d1", asks_first: bool = False, tools: str = "") -> Skill:
    return Skill(
        header=SkillHeader(name="weigh", description="Weigh something.", allowed_tools=tools),
        body="Put it on the scales.\n",
        origin=SkillOrigin.COLLECTION,
        digest=digest,
        asks_first=asks_first,
        provenance="https://git.example/x at c0ffee",
    )


def a_mission(skill: Skill | BrokenSkill, turns: Sequence[ModelReply] = (ACTIVATE, answer())) -> MissionStage:
    mission = MissionStage(turns)
    mission.collection.by_name["weigh"] = skill
    return mission


async def play(mission: MissionStage) -> Job:
    task = a_task_with(tools=("activate_skill", "planner", "note", "look"))
    return await mission.run_task(task.model_copy(update={"skills": (a_skill().card,)}))


def said(mission: MissionStage) -> list[tuple[str, bool]]:
    """Return the results that the model was told, and whether they are failures."""
    messages = mission.model.requests[-1].messages
    return [(one.content, one.failed) for one in messages if isinstance(one, ToolMessage)]


async def test_a_skill_of_a_trusted_source_is_used_at_once() -> None:
    mission = a_mission(a_skill())
    assert (await play(mission)).status is JobStatus.SUCCEEDED
    assert "Put it on the scales." in said(mission)[0][0]
    assert mission.collection.allowed == []


async def test_an_untrusted_skill_waits_for_a_person_and_says_nothing_before() -> None:
    mission = a_mission(a_skill(asks_first=True))
    job = await play(mission)
    assert job.status is JobStatus.WAITING
    events = await mission.stage.store.events(job.id, after=0, limit=100)
    (asked,) = [told.event for told in events if told.event.type == "approval_required"]
    assert asked.details["reason"] == "untrusted_skill"
    assert "It comes from https://git.example/x at c0ffee, which is untrusted" in asked.message
    assert "scales" not in str(events)
    job = await mission.answer(job, FIRST_USE, APPROVAL, APPROVED)
    assert job.status is JobStatus.SUCCEEDED
    assert "Put it on the scales." in said(mission)[0][0]
    assert mission.collection.allowed == [("d1", "ann")]


async def test_what_was_allowed_once_is_not_asked_about_again() -> None:
    mission = a_mission(a_skill(asks_first=True))
    await mission.answer(await play(mission), FIRST_USE, APPROVAL, APPROVED)
    assert (await play(mission)).status is JobStatus.SUCCEEDED


async def test_other_content_is_asked_about_again() -> None:
    mission = a_mission(a_skill(asks_first=True))
    await mission.answer(await play(mission), FIRST_USE, APPROVAL, APPROVED)
    mission.collection.by_name["weigh"] = a_skill(digest="d2", asks_first=True)
    assert (await play(mission)).status is JobStatus.WAITING


async def test_an_untrusted_skill_that_is_denied_is_not_used() -> None:
    mission = a_mission(a_skill(asks_first=True))
    job = await mission.answer(await play(mission), FIRST_USE, APPROVAL, {"decision": "deny"})
    assert job.status is JobStatus.SUCCEEDED
    assert said(mission) == [("ann denied this call.", True)]
    assert mission.collection.allowed == []


async def test_what_is_replaced_while_it_is_asked_about_is_not_what_was_allowed() -> None:
    mission = a_mission(a_skill(asks_first=True))
    job = await play(mission)
    mission.collection.by_name["weigh"] = a_skill(digest="d2", asks_first=True)
    await mission.answer(job, FIRST_USE, APPROVAL, APPROVED)
    ((content, failed),) = said(mission)
    assert failed
    assert "was replaced while its use was asked about" in content
    assert mission.collection.allowed == []


@pytest.mark.parametrize(
    "place", [f"step.start:{FIRST_USE[:-10]}/allowed", f"step.done:{FIRST_USE[:-10]}/allowed"]
)
async def test_a_crash_after_the_answer_asks_nobody_again(place: str) -> None:
    mission = a_mission(a_skill(asks_first=True))
    job = await play(mission)
    mission.stage.trap.place = place
    job = await mission.answer(job, FIRST_USE, APPROVAL, APPROVED)
    assert job.status is JobStatus.SUCCEEDED
    assert (await mission.told(job)).count("approval_required") == 1
    assert {digest for digest, _ in mission.collection.allowed} == {"d1"}


async def test_tools_that_an_imported_skill_does_not_name_are_not_called() -> None:
    turns = [
        calls(("note", {"text": "before"})),
        calls(("activate_skill", {"name": "weigh"}), ("note", {"text": "after"}), ("look", {"text": "here"})),
        answer(),
    ]
    mission = a_mission(a_skill(tools="look"), turns)
    await play(mission)
    results = said(mission)
    assert [failed for _, failed in results] == [False, False, True, False]
    assert results[2][0].startswith("The skill weigh allows look, and not note.")
    assert "no others: activate_skill, planner, look." in results[1][0]
    assert mission.toolbox.by_name["note"].lines == ["before"]


async def test_the_limits_of_a_skill_hold_after_a_crash_and_end_with_the_next_skill() -> None:
    turns = [
        ACTIVATE,
        calls(("note", {"text": "one"})),
        calls(("activate_skill", {"name": "free"})),
        calls(("note", {"text": "two"})),
        answer(),
    ]
    mission = a_mission(a_skill(tools="look"), turns)
    free = a_skill(digest="d2").header.model_copy(update={"name": "free"})
    mission.collection.by_name["free"] = a_skill(digest="d2").model_copy(update={"header": free})
    mission.stage.trap.place = "step.start:turn/2/model"
    task = a_task_with(tools=("activate_skill", "note", "look"))
    cards = tuple(skill.card for skill in mission.collection.by_name.values() if isinstance(skill, Skill))
    job = await mission.run_task(task.model_copy(update={"skills": cards}))
    assert (job.status, mission.stage.plays) == (JobStatus.SUCCEEDED, 2)
    assert mission.toolbox.by_name["note"].lines == ["two"]


async def test_a_skill_that_broke_since_tells_why() -> None:
    mission = a_mission(BrokenSkill(name="weigh", origin=SkillOrigin.COLLECTION, problem="It has no head."))
    await play(mission)
    assert said(mission) == [("It has no head.", True)]


def test_a_model_is_told_nothing_that_a_stranger_wrote_and_nobody_allowed() -> None:
    assert a_skill(asks_first=True).card.description == UNSEEN
    assert a_skill().card.description == "Weigh something."
