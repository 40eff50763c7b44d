"""A process killed anywhere in a mission: the next one goes on as if nothing had been."""

import os
import random
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from taskforce.core.jobs.model import Job, JobStatus
from tests.integration.durability.crash_driver import begun, forked, places_in, run_mission, said_in, work
from tests.integration.durability.twelve_steps import ANSWER, CALLS, PLACES, STEPS, twelve_steps
from tests.integration.processes import said
from tests.integration.records import Line, job_of, lines_of

pytestmark = pytest.mark.durability

KILLED = -9
LEASE = 30.0
"""Seconds of the default lease, under which all of this runs: nothing here waits for it to run out."""
ROUNDS = 100 if os.environ.get("FAULTS") == "long" else 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is left of a mission when all its processes are over."""

    job: Job
    log: list[Line]
    starts: Counter[str]
    """How often each step was begun."""
    calls: Counter[str]
    """How often each call came through to the world."""
    codes: list[int]
    """How its processes ended."""
    taken_over_in: float


def left_in(folder: Path, codes: list[int], seconds: float = 0.0) -> Run:
    home = folder / "home"
    job = job_of(home)
    begun_steps = [
        place.removeprefix("step.start:") for place in places_in(home) if place.startswith("step.start:")
    ]
    return Run(
        job=job,
        log=lines_of(home, job.id, folder),
        starts=Counter(begun_steps),
        calls=Counter((folder / "ledger").read_text().split()) if (folder / "ledger").exists() else Counter(),
        codes=codes,
        taken_over_in=seconds,
    )


def undisturbed_run(folder: Path) -> Run:
    folder.mkdir(exist_ok=True)
    script, _ = twelve_steps(folder)
    return left_in(folder, [forked(run_mission, folder / "home", script)])


def killed_at(folder: Path, *places: str) -> Run:
    """Let a process die at each of the places, one after the other, then let one go on to the end."""
    folder.mkdir()
    script, _ = twelve_steps(folder)
    home = folder / "home"
    codes = [forked(run_mission, home, script, places[0])]
    codes += [forked(work, home, place) for place in places[1:]]
    died = time.monotonic()
    codes.append(forked(work, home))
    return left_in(folder, codes, time.monotonic() - died)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return undisturbed_run(tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Run]:
    """Every crash there is, two at a time."""
    folder = tmp_path_factory.mktemp("killed")
    with ThreadPoolExecutor(max_workers=2) as two:
        found = two.map(lambda place: killed_at(folder / place.replace("/", "-"), place), PLACES)
        return dict(zip(PLACES, found, strict=True))


def test_the_matrix_holds_every_place_that_a_mission_reaches(tmp_path: Path) -> None:
    undisturbed_run(tmp_path)
    assert tuple(places_in(tmp_path / "home")) == PLACES


def test_undisturbed_each_step_is_begun_once(undisturbed: Run) -> None:
    assert undisturbed.starts == Counter(STEPS)
    assert undisturbed.calls == Counter(CALLS.values())
    assert undisturbed.log[-2][1:3] == ("final_answer", ANSWER)


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_a_mission_ends_with_the_same_log_and_answer(
    runs: Mapping[str, Run], undisturbed: Run, place: str
) -> None:
    run = runs[place]
    assert run.codes == [KILLED, 0]
    assert run.job.status is JobStatus.SUCCEEDED
    assert [number for number, *_ in run.log] == list(range(1, len(run.log) + 1))
    assert run.log == undisturbed.log


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_only_the_step_under_way_is_begun_again(runs: Mapping[str, Run], place: str) -> None:
    run = runs[place]
    moment, _, key = place.partition(":")
    again = [key] if moment in {"step.start", "step.done"} else []
    again += [f"{key.partition('/files/')[0]}/run"] if moment == "artifact.stored" else []
    called_again = [CALLS[key]] if moment == "step.done" and key in CALLS else []
    assert run.starts == Counter(STEPS) + Counter(again)
    assert run.calls == Counter(CALLS.values()) + Counter(called_again)


@pytest.mark.parametrize("place", PLACES)
def test_the_dead_owner_is_taken_over_at_once_and_not_when_its_lease_ends(
    runs: Mapping[str, Run], place: str
) -> None:
    assert runs[place].taken_over_in < LEASE / 3


def test_a_mission_whose_every_step_kills_its_process_still_ends(tmp_path: Path, undisturbed: Run) -> None:
    places = [f"step.done.recorded:{step}" for step in STEPS]
    run = killed_at(tmp_path / "each", *places)
    assert run.codes == [KILLED] * len(STEPS) + [0]
    assert run.log == undisturbed.log
    assert run.starts == Counter(STEPS)
    assert run.job.losses == 1, "a loss is forgotten at the next recorded step; after the last there is none"


def test_three_deaths_in_a_row_at_one_step_make_a_dead_letter(tmp_path: Path) -> None:
    run = killed_at(tmp_path / "same", *["step.start:turn/3/call/1/run"] * 3)
    assert run.job.status is JobStatus.FAILED
    assert run.job.outcome is not None
    assert run.job.outcome.failure is not None
    assert run.job.outcome.failure.code == "dead_letter"
    assert [line[1] for line in run.log[-2:]] == ["error", "complete"]
    listed = said(tmp_path / "same" / "home", "jobs", "list", "--dead", "--json").json
    assert [job["id"] for job in listed["items"]] == [run.job.id]


def test_two_deaths_in_a_row_at_one_step_do_not(tmp_path: Path, undisturbed: Run) -> None:
    run = killed_at(tmp_path / "same", *["step.start:turn/3/call/1/run"] * 2)
    assert run.log == undisturbed.log


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_killed_at_any_moment_a_mission_ends_with_the_same_log(
    tmp_path: Path, undisturbed: Run, seed: int
) -> None:
    script, _ = twelve_steps(tmp_path)
    home = tmp_path / "home"
    process = begun(run_mission, home, script)
    try:
        while not places_in(home):
            time.sleep(0.001)
        time.sleep(random.Random(seed).uniform(0, 0.25))  # noqa: S311 - a moment, no secret
    finally:
        process.kill()
        process.join()
    assert forked(work, home) == 0, said_in(home)
    run = left_in(tmp_path, [])
    assert run.job.status is JobStatus.SUCCEEDED
    assert run.log == undisturbed.log
    assert sum((run.starts - Counter(STEPS)).values()) <= 1
