"""A cassette of a mission holds what its own model was asked, and the models of the agents that it called."""

from dataclasses import replace
from pathlib import Path

import pytest

from taskforce.application.missions.outcomes import MissionOutcomes
from taskforce.application.missions.program import MissionProgram
from taskforce.application.missions.recorder import Recorder
from taskforce.application.missions.replaying import MissionReplays
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext
from taskforce.core.missions.errors import NotRecorded
from taskforce.core.missions.redaction import Redaction
from taskforce.core.principals import local_principal
from taskforce.infrastructure.missions.cassettes import FileCassettes, read_cassette
from tests.unit.application.missions.cast import MissionStage, answer, calls

TURNS = [calls(("note", {"text": "one"})), answer()]


def recorder(mission: MissionStage, *, program: type[MissionProgram] = MissionProgram) -> Recorder:
    stage = mission.stage
    replays = MissionReplays(
        store=stage.store,
        artifacts=stage.artifacts,
        program=lambda models: mission.program(models, of=program),
        outcomes=MissionOutcomes(stage.store),
    )
    return Recorder(store=stage.store, replays=replays, cassettes=FileCassettes(Redaction()))


async def test_the_missions_of_agents_are_on_the_cassette_too(tmp_path: Path) -> None:
    mission = MissionStage(TURNS)
    job = await mission.run()
    agent = job.retry(JobId(mission.stage.ids.new()), by="tester", now=mission.stage.clock.now())
    await mission.stage.store.submit(replace(agent, continues=None, parent=job.id, root=job.id))
    await mission.stage.settle()
    file = tmp_path / "mission.jsonl"
    assert await recorder(mission).record(local_principal(), job.id, file) == 4
    assert [recording.request for recording in read_cassette(file)] == mission.model.requests
    assert [recording.reply for recording in read_cassette(file)] == TURNS * 2


async def test_a_mission_that_does_not_repeat_itself_is_not_recorded_in_silence(tmp_path: Path) -> None:
    mission = MissionStage(TURNS)
    job = await mission.run()
    with pytest.raises(NotRecorded, match="Turn 2"):
        await recorder(mission, program=Moody).record(local_principal(), job.id, tmp_path / "mission.jsonl")


class Moody(MissionProgram):
    """Comes to something else."""

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        return {**await super().play(job, ctx), "message": "Other."}
