"""A hundred sessions at once: each stream tells its own mission and no other."""

import asyncio
from pathlib import Path

from taskforce import Taskforce
from taskforce.application.jobs.log_schemas import EventView
from taskforce.settings import Settings
from tests.integration.doors.cli_process import Cli, call, say

SESSIONS = 100


def a_script(folder: Path, number: int) -> str:
    """Return a model whose mission is told apart from all others by its number."""
    folder.mkdir()
    name = f"secret-{number:03}"
    write = call("file_write", path=f"{name}.txt", content=name)
    return Cli(folder=folder).script(
        write, call("list_files"), call("file_read", path=f"{name}.txt"), say(name), name=name
    )


async def events_of(tf: Taskforce, mission: str, model: str) -> list[EventView]:
    return [event async for event in tf.execute_mission_streaming(mission, model=model)]


async def test_no_event_is_told_in_the_wrong_stream(tmp_path: Path) -> None:
    scripts = [a_script(tmp_path / str(number), number) for number in range(SESSIONS)]
    settings = Settings(home=tmp_path / "home")
    async with Taskforce.open(settings) as tf:
        streams = await asyncio.gather(
            *(events_of(tf, f"mission {number}", script) for number, script in enumerate(scripts))
        )
        logs = [
            [event async for event in tf.jobs.watch(job_id=str(stream[0].details["job_id"]), after=0)]
            for stream in streams
        ]
    assert len({str(stream[0].details["session_id"]) for stream in streams}) == SESSIONS
    for number, (stream, log) in enumerate(zip(streams, logs, strict=True)):
        told = [event for event in stream if event.number is not None]
        assert (told, [event.number for event in told]) == (log, list(range(1, len(log) + 1)))
        assert [event.message for event in told if event.event_type == "final_answer"] == [
            f"secret-{number:03}"
        ]
        words = "".join(event.model_dump_json() for event in stream)
        assert {words[at + 7 : at + 10] for at in places_of(words)} == {f"{number:03}"}


def places_of(words: str) -> list[int]:
    return [at for at in range(len(words)) if words.startswith("secret-", at)]
