"""A scan of a real repository, as a job: what is found, what is left out, and what is tried again."""

from pathlib import Path

from taskforce.application.marketplace.program import ScanProgram
from taskforce.application.marketplace.scanning import Scanning
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.marketplace.task import KIND, ScanResult, ScanTask
from taskforce.infrastructure.marketplace.front_matter import YamlFrontMatter
from taskforce.infrastructure.marketplace.memory import MemoryMarketplace
from tests.integration.marketplace.trees_of_git import a_bare, a_reader
from tests.marketplace_builders import a_source
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
