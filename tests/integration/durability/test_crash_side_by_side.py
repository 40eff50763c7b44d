"""Calls side by side, a long result, a failing model, a resumed mission: a crash changes none of it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from taskforce.core.jobs.model import JobStatus
from tests.integration.durability.crash_driver import (
    forked,
    places_in,
    resume_mission,
    run_mission,
    said_in,
    work,
)
from tests.integration.durability.twelve_steps import Part, file_write, script_in, shell, turn
from tests.integration.records import Line, jobs_of, lines_of

pytestmark = pytest.mark.durability

KILLED = -9
READS: tuple[Part, ...] = tuple(
    {"tool": "file_read", "arguments": {"path": name}} for name in ("one.txt", "two.txt", "three.txt")
)
FETCH = {"tool": "fetch_result", "arguments": {"handle": "turn/3/call/1", "offset": 5_000, "limit": 20}}
MISSION: tuple[Part, ...] = (
    {**turn("Not at once.", file_write("one.txt")), "failures": 1},
    turn("Three at once.", *READS),
    turn("Long.", shell("seq 1 5000")),
    turn("I read on.", FETCH),
    turn("Done."),
)
STEPS = ("turn/1/call/1/run", *(f"turn/2/call/{place}/run" for place in (1, 2, 3)), "turn/3/call/1/run")
PLACES = (
    *(f"step.{moment}:{step}" for step in STEPS for moment in ("start", "done", "done.recorded")),
    *("step.retrying.recorded:turn/1/model", "artifact.stored:turn/3/call/1/whole"),
)
RESUMED = (
    *("step.start:turn/3/model", "step.done:turn/3/model", "step.done:turn/3/call/1/run"),
    *("step.done.recorded:turn/4/model", "artifact.stored:turn/3/call/1/files/two.txt"),
    *("job.ending", "job.ended"),
)


def logs_in(folder: Path) -> list[list[Line]]:
    home = folder / "home"
    return [lines_of(home, job.id, folder) for job in jobs_of(home)]


def side_by_side(folder: Path, place: str | None = None) -> list[list[Line]]:
    folder.mkdir()
    home = folder / "home"
    code = forked(run_mission, home, script_in(folder, *MISSION), place)
    assert code == (0 if place is None else KILLED), said_in(home)
    assert forked(work, home) == 0, said_in(home)
    assert [job.status for job in jobs_of(home)] == [JobStatus.SUCCEEDED]
    return logs_in(folder)


def resumed(folder: Path, place: str | None = None) -> list[list[Line]]:
    folder.mkdir()
    home = folder / "home"
    writes = [turn(f"{name}.", file_write(name)) for name in ("one.txt", "zwei.txt", "two.txt")]
    assert forked(run_mission, home, script_in(folder, *writes, turn("Done.")), None, 2) == 0
    code = forked(resume_mission, home, place)
    assert code == (0 if place is None else KILLED), said_in(home)
    assert forked(work, home) == 0, said_in(home)
    assert [job.status for job in jobs_of(home)] == [JobStatus.FAILED, JobStatus.SUCCEEDED]
    first = [place for place in places_in(home) if place.startswith("step.start:turn/1/")]
    assert len(first) == 2, "a recorded step was begun again"
    return logs_in(folder)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str | None, list[list[Line]]]:
    folder = tmp_path_factory.mktemp("beside")
    places = (None, *PLACES)
    with ThreadPoolExecutor(max_workers=2) as two:
        found = two.map(lambda place: side_by_side(folder / str(place).replace("/", "-"), place), places)
        return dict(zip(places, found, strict=True))


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_a_mission_with_calls_side_by_side_ends_with_the_same_log(
    logs: Mapping[str | None, list[list[Line]]], place: str
) -> None:
    assert logs[place] == logs[None]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[list[Line]]:
    return resumed(tmp_path_factory.mktemp("resumed") / "undisturbed")


@pytest.mark.parametrize("place", RESUMED)
def test_killed_anywhere_a_resumed_mission_ends_with_the_same_log(
    tmp_path: Path, undisturbed: list[list[Line]], place: str
) -> None:
    assert resumed(tmp_path / "killed", place) == undisturbed
