"""A scan of a real repository, as a job: what is found, what is left out, and what is tried again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from taskforce.application.marketplace.program import TIMEOUT, ScanProgram
from taskforce.application.marketplace.scanning import Scanning
from taskforce.core.clock import Clock
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.marketplace.errors import SourceUnreachable
from taskforce.core.marketplace.ports import OpenRepository, RepositoryReader, Tell, to_nobody
from taskforce.core.marketplace.task import KIND, ScanResult, ScanTask
from taskforce.infrastructure.marketplace.front_matter import YamlFrontMatter
from taskforce.infrastructure.marketplace.memory import MemoryMarketplace
from tests.integration.marketplace.trees_of_git import a_bare, a_reader
from tests.marketplace_builders import a_source
from tests.services.git_server import git_server
from tests.stage import Stage

SKILL = b"---\nname: profile\ndescription: Profiles tables.\n---\nHow to.\n"
FILES = {
    "skills/profile/SKILL.md": SKILL,
    "skills/profile/scripts/run.py": b"print(1)\n",
    "commands/a.md": b"Do it.\n",
    "skills/bomb/SKILL.md": b"---\na: &a [x]\nb: *a\n---\n",
    "docs/guide.md": b"Read me.\n",
}


async def scanned(folder: Path, **task: str) -> Job:
    """Play a scan to its end."""
    stage = Stage()
    scanning = Scanning(repositories=a_reader(folder), front_matter=YamlFrontMatter())
    stage.programs[KIND] = ScanProgram(scanning)
    asked: JsonObject = {"ref": "main", **task}
    job_id = await stage.submit(KIND, asked)
    await stage.settle()
    return await stage.job(job_id)


async def test_what_is_found_is_told_with_its_reasons(tmp_path: Path) -> None:
    bare = a_bare(tmp_path / "there.git", FILES)
    job = await scanned(tmp_path / "here", url=f"file://{bare.folder}")
    assert job.status is JobStatus.SUCCEEDED, job.outcome
    assert job.outcome is not None
    result = ScanResult.model_validate(job.outcome.result)
    found = {one.path: one for one in result.artifacts}
    assert found["skills/profile"].type == "skill"
    assert found["skills/profile"].name == "profile"
    assert found["skills/profile"].files == 2
    assert found["skills/profile"].confidence > 60
    assert found["commands/a.md"].confidence == 75
    assert "docs/guide.md" not in found
    assert any("skills/bomb/SKILL.md" in line for line in result.left_out)


async def test_a_file_and_a_server_have_the_same_artifacts(tmp_path: Path) -> None:
    bare = a_bare(tmp_path / "served/there.git", FILES)
    with git_server(tmp_path / "served", is_open=True) as server:
        urls = (f"file://{bare.folder}", server.open_url("there.git"))
        jobs = [await scanned(tmp_path / "here", url=url) for url in urls]
    assert all(job.status is JobStatus.SUCCEEDED for job in jobs)
    results = [job.outcome.result for job in jobs if job.outcome is not None]
    assert results[0] == results[1] != {}


async def test_the_same_content_has_the_same_digest_wherever_it_lies(tmp_path: Path) -> None:
    copies = {f"{place}/profile/SKILL.md": SKILL for place in ("skills", "more/skills")}
    bare = a_bare(tmp_path / "there.git", copies)
    job = await scanned(tmp_path / "here", url=f"file://{bare.folder}")
    assert job.outcome is not None
    result = ScanResult.model_validate(job.outcome.result)
    assert len(result.artifacts) == 2
    assert len({one.digest for one in result.artifacts}) == 1


async def test_a_ref_that_is_not_there_fails_at_once(tmp_path: Path) -> None:
    bare = a_bare(tmp_path / "there.git", FILES)
    job = await scanned(tmp_path / "here", url=f"file://{bare.folder}", ref="nowhere")
    assert job.status is JobStatus.FAILED
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "ref_not_found"


class Away(RepositoryReader):
    """Cannot be reached for so many tries, or answers none of them."""

    def __init__(self, there: RepositoryReader, clock: Clock, *, tries: int, is_silent: bool = False) -> None:
        self.asked: list[datetime] = []
        self._there = there
        self._clock = clock
        self._tries = tries
        self._is_silent = is_silent

    def check(self, url: str, ref: str) -> None:
        self._there.check(url, ref)

    @asynccontextmanager
    async def open(
        self, url: str, ref: str, *, commit_sha: str = "", tell: Tell = to_nobody
    ) -> AsyncIterator[OpenRepository]:
        self.asked.append(self._clock.now())
        if len(self.asked) <= self._tries:
            if self._is_silent:
                await asyncio.Event().wait()
            raise SourceUnreachable("It is away. Try again later.")
        async with self._there.open(url, ref, commit_sha=commit_sha, tell=tell) as opened:
            yield opened


async def of_away(
    folder: Path, *, tries: int, is_silent: bool = False, timeout: timedelta = TIMEOUT
) -> tuple[Job, list[float]]:
    """Scan what is away, and return the job and the seconds between its tries."""
    bare = a_bare(folder / "there.git", FILES)
    stage = Stage()
    away = Away(a_reader(folder / "here"), stage.clock, tries=tries, is_silent=is_silent)
    scanning = Scanning(repositories=away, front_matter=YamlFrontMatter())
    stage.programs[KIND] = ScanProgram(scanning, timeout=timeout)
    job_id = await stage.submit(KIND, {"ref": "main", "url": f"file://{bare.folder}"})
    for _ in range(20):
        await stage.settle()
        stage.clock.pass_(seconds=1)
    return await stage.job(job_id), [
        (later - sooner).total_seconds() for sooner, later in pairwise(away.asked)
    ]


async def test_what_is_away_is_tried_again_later_and_later_still(tmp_path: Path) -> None:
    job, pauses = await of_away(tmp_path, tries=2)
    assert job.status is JobStatus.SUCCEEDED, job.outcome
    assert pauses == [2, 4]


async def test_after_three_tries_a_scan_has_failed(tmp_path: Path) -> None:
    job, pauses = await of_away(tmp_path, tries=3)
    assert job.status is JobStatus.FAILED
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert (job.outcome.failure.code, job.outcome.failure.message) == (
        SourceUnreachable.code,
        "It is away. Try again later.",
    )
    assert len(pauses) == 2


async def test_a_try_that_takes_too_long_is_left_and_made_again(tmp_path: Path) -> None:
    job, pauses = await of_away(tmp_path, tries=9, is_silent=True, timeout=timedelta(milliseconds=1))
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert (job.outcome.failure.code, len(pauses)) == ("timed_out", 2)
    assert timedelta(seconds=120) == TIMEOUT


async def test_a_crash_anywhere_leaves_one_catalogue_and_one_row(tmp_path: Path) -> None:
    bare = a_bare(tmp_path / "there.git", FILES)
    source = a_source(repo_url=f"file://{bare.folder}")

    async def scan(place: str | None) -> tuple[Stage, MemoryMarketplace]:
        tables = MemoryMarketplace()
        tables.put_source(source)
        stage = Stage(appliers=tables.appliers)
        scanning = Scanning(repositories=a_reader(tmp_path / "here"), front_matter=YamlFrontMatter())
        stage.programs[KIND] = ScanProgram(scanning)
        stage.trap.place = place
        await stage.submit(KIND, ScanTask.of(source, is_forced=False).model_dump(mode="json"))
        await stage.settle()
        return stage, tables

    whole, right = await scan(None)
    places = dict.fromkeys(place for place in whole.trap.reached if place != "job.ended")
    assert len(places) >= 3
    for place in places:
        stage, tables = await scan(place)
        assert stage.plays == 2, place
        assert [row.outcome for row in tables.audit] == ["success"], place
        assert tables.catalogue.keys() == right.catalogue.keys(), place
        assert tables.sources[source.id].counts == right.sources[source.id].counts, place
