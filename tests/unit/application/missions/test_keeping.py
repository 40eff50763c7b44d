"""The files that a mission's calls write: which are kept, when, and what is told of the others."""

import pytest

from taskforce.application.missions import keeping
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.model import Job
from tests.unit.application.missions.cast import MissionStage, answer, calls


def keys_of(job: Job) -> list[str]:
    assert job.outcome is not None
    assert job.outcome.result is not None
    artifacts = job.outcome.result["artifacts"]
    assert isinstance(artifacts, list)
    return [str(one["key"]).partition(f"{job.id}/")[2] for one in artifacts if isinstance(one, dict)]


async def test_what_a_program_wrote_is_found_by_looking_before_and_after() -> None:
    mission = MissionStage([calls(("run", {"text": "out.csv plots/a.png"})), answer()])
    mission.workspaces.disk["mine.txt"] = b"was there"
    job = await mission.run()
    assert keys_of(job) == ["turn/1/call/1/files/out.csv", "turn/1/call/1/files/plots/a.png"]


async def test_a_file_that_is_written_again_is_listed_once_as_it_was_last() -> None:
    mission = MissionStage([calls(("run", {"text": "a b"})), calls(("run", {"text": "a"})), answer()])
    job = await mission.run()
    assert keys_of(job) == ["turn/1/call/1/files/b", "turn/2/call/1/files/a"]
    outcome = await mission.outcome(job)
    assert [ref.key.rpartition("/")[2] for ref in outcome.artifacts] == ["b", "a"]


async def test_a_program_that_failed_and_a_mission_that_failed_keep_what_was_written() -> None:
    mission = MissionStage([calls(("run", {"text": "a bad"})), answer()])
    job = await mission.run(limits=Limits(steps=1))
    assert keys_of(job) == ["turn/1/call/1/files/a", "turn/1/call/1/files/bad"]


async def test_what_was_left_out_is_told() -> None:
    wanted = " ".join(f"f{place:02}" for place in range(keeping.MOST_FILES + 2))
    mission = MissionStage([calls(("run", {"text": wanted})), answer()])
    job = await mission.run()
    assert len(keys_of(job)) == keeping.MOST_FILES
    told = [text for _, type_, text in await mission.stage.log(job.id) if type_ == "files_left_out"]
    assert told == ["2 written, not kept as artifacts (gone, over 10 MB, or too many): f50, f51"]


async def test_what_a_tool_answers_with_is_kept_beside_what_it_wrote() -> None:
    mission = MissionStage([calls(("show", {"text": "a.csv shown.png"})), answer()])
    mission.stage.trap.place = "step.done:turn/1/call/1/run"
    job = await mission.run()
    assert keys_of(job) == ["turn/1/call/1/files/shown.png", "turn/1/call/1/files/a.csv"]
    assert job.outcome is not None
    assert job.outcome.result is not None
    ref = ArtifactRef.model_validate(job.outcome.result["artifacts"][0])  # type: ignore[index] # a list
    assert (ref.media_type, ref.size) == ("image/png", len(b"a picture"))


async def test_a_workspace_too_large_to_look_at_is_told() -> None:
    mission = MissionStage([calls(("run", {"text": "a b c"})), answer()])
    mission.workspaces.most = 2
    job = await mission.run()
    assert keys_of(job) == []
    assert "files_left_out" in await mission.told(job)


CRASHES = ("step.done:turn/1/call/1/run", "step.done.recorded:turn/1/call/1/run", "job.ending")


@pytest.mark.parametrize("place", [*CRASHES, "artifact.stored:turn/1/call/1/files/a"])
async def test_a_crash_changes_nothing_in_what_is_listed(place: str) -> None:
    turns = [calls(("run", {"text": "a b"})), calls(("run", {"text": "a"})), answer()]
    undisturbed, disturbed = MissionStage(turns), MissionStage(turns)
    disturbed.stage.trap.place = place
    listed = [keys_of(await mission.run()) for mission in (undisturbed, disturbed)]
    assert listed[0] == listed[1]


async def test_a_file_is_stored_once_though_the_mission_is_played_again() -> None:
    mission = MissionStage([calls(("run", {"text": "a"})), answer()])
    mission.stage.trap.place = "step.done.recorded:turn/2/model"
    await mission.run()
    assert mission.stage.trap.reached.count("artifact.stored:turn/1/call/1/files/a") == 1


async def test_a_cancelled_mission_keeps_what_was_written_before() -> None:
    turns = [calls(("run", {"text": "a"})), calls(("ask_user", {"question": "Which?"})), answer()]
    mission = MissionStage(turns)
    job = await mission.run()
    await mission.stage.store.cancel(job.id, project=job.project)
    outcome = await mission.outcome(job)
    assert outcome.failure is not None
    assert [ref.key.rpartition("/")[2] for ref in outcome.artifacts] == ["a"]
