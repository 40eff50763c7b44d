"""The same missions through every door: the same result and the same log, field by field.

Only ids, times, hosts and folders are given names before they are compared.
"""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.doors.four_doors import DOORS, FACTS, Broken, Door, Json
from tests.integration.doors.stories import STORIES, UNDER_WAY, Disturbance, Story
from tests.integration.processes import content_of, until
from tests.integration.records import comparable, jobs_of

pytestmark = [pytest.mark.durability, pytest.mark.timeout(180)]

REFERENCE = "library"
BY_NAME = {story.name: story for story in STORIES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a story came to through a door: each result, and the log."""

    results: list[Json]
    log: list[Json]

    def comparable(self, folder: Path) -> Any:  # noqa: ANN401 - any JSON
        return comparable({"results": self.results, "log": self.log}, folder)


def tell(story: Story, door: Door, folder: Path) -> Told:
    """Tell a story through a door."""
    workspace = story.workspace_in(folder)
    if story.disturbance is Disturbance.NONE:
        results = [door.execute(story, workspace)]
    else:
        results = [_disturbed(story, door, folder, workspace)]
    if story.answer is not None:
        results.append(door.respond(results[0], story.answer))
    return Told(results=results, log=door.log(results[0]["job_id"]))


def _disturbed(story: Story, door: Door, folder: Path, workspace: Path) -> Json:
    with ThreadPoolExecutor(max_workers=1) as thread:
        execution: Future[Json] = thread.submit(door.execute, story, workspace)
        until(lambda: content_of(workspace / UNDER_WAY) or execution.done(), what="the tool")
        job = jobs_of(folder / "home")[-1]
        if story.disturbance is Disturbance.CANCEL:
            door.cancel(job.id)
            return execution.result()
        door.crash()
        with pytest.raises(Broken):
            execution.result()
    return door.recovered(str(job.input["session_id"]), job.id)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """Every story through every door, two doors at a time: by door and story."""

    def all_through(name: str) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp(name)
        with ExitStack() as stack:
            door = DOORS[name](folder, stack)
            return {story.name: tell(story, door, folder).comparable(folder) for story in STORIES}

    with ThreadPoolExecutor(max_workers=2) as two:
        return dict(zip(DOORS, two.map(all_through, DOORS), strict=True))


@pytest.mark.parametrize("name", BY_NAME)
def test_a_story_ends_as_it_is_written(told: Mapping[str, Mapping[str, Any]], name: str) -> None:
    story, last = BY_NAME[name], told[REFERENCE][name]["results"][-1]
    assert last.keys() == FACTS
    assert last["status"] == story.status
    assert (last["error"] or {}).get("code") == story.code


@pytest.mark.parametrize("door", [name for name in DOORS if name != REFERENCE])
@pytest.mark.parametrize("name", BY_NAME)
def test_a_story_has_the_same_results_through_every_door(
    told: Mapping[str, Mapping[str, Any]], name: str, door: str
) -> None:
    assert told[door][name]["results"] == told[REFERENCE][name]["results"]


@pytest.mark.parametrize("door", [name for name in DOORS if name != REFERENCE])
@pytest.mark.parametrize("name", BY_NAME)
def test_a_story_has_the_same_log_through_every_door(
    told: Mapping[str, Mapping[str, Any]], name: str, door: str
) -> None:
    assert told[door][name]["log"] == told[REFERENCE][name]["log"]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", BY_NAME)
def test_a_log_is_numbered_without_gaps_and_ends_complete(
    told: Mapping[str, Mapping[str, Any]], name: str, door: str
) -> None:
    log = told[door][name]["log"]
    assert [event["id"] for event in log] == list(range(1, len(log) + 1))
    assert log[-1]["event_type"] == "complete"
