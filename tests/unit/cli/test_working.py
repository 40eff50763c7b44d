"""What a worker says of its jobs, also when it cannot look at them for a while."""

import pytest

from taskforce.api.document.examples import EXAMPLES
from taskforce.application.jobs.schemas import JobView
from taskforce.cli.working import Journal
from taskforce.core.errors import Unavailable
from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobNotFound


class Shelf:
    """Jobs by their statuses; it may be away."""

    def __init__(self, **statuses: str) -> None:
        self.statuses = statuses
        self.is_away = False

    async def look(self, job_id: str) -> JobView:
        if self.is_away:
            raise Unavailable("It is away.")
        if job_id not in self.statuses:
            raise JobNotFound(JobId(job_id))
        shown = {"id": job_id, "kind": "mission", "status": self.statuses[job_id], "error": None}
        return JobView(**{**EXAMPLES["JobView"], **shown}, version=1)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(one="running", two="running")


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


async def test_each_job_has_a_line_when_it_is_begun_and_one_when_it_leaves(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(shelf.look)
    journal.begin("one")
    journal.begin("two")
    await journal.write({"one", "two"})
    assert told(capsys) == ["one mission playing", "two mission playing"]
    await journal.write({"one"})
    assert told(capsys) == [], "its end is not written yet"
    shelf.statuses["two"] = "succeeded"
    await journal.write({"one"})
    await journal.write({"one"})
    assert told(capsys) == ["two mission succeeded"]


async def test_while_the_store_is_away_nothing_is_said_and_afterwards_all_of_it(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(shelf.look)
    journal.begin("one")
    await journal.write({"one"})
    shelf.is_away = True
    journal.begin("two")
    await journal.write(set())
    assert told(capsys) == ["one mission playing"]
    shelf.is_away = False
    shelf.statuses = {"one": "failed", "two": "waiting"}
    await journal.write(set())
    assert told(capsys) == ["two mission playing", "one mission failed", "two mission waiting"]


async def test_of_a_job_that_is_gone_nothing_more_is_said(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(shelf.look)
    journal.begin("one")
    journal.begin("gone")
    await journal.write({"one", "gone"})
    del shelf.statuses["one"]
    await journal.write(set())
    await journal.write(set())
    assert told(capsys) == ["one mission playing"]
