"""The marketplace in a program: a repository is added, scanned, looked through, imported from, verified."""

from pathlib import Path

import pytest

from taskforce import Taskforce
from taskforce.core.errors import Invalid
from taskforce.core.marketplace.errors import RepositoryRefused, SourceExists
from taskforce.core.marketplace.model import ArtifactType
from taskforce.settings import Settings
from tests.integration.marketplace.sources_in_use import SKILL
from tests.integration.marketplace.trees_of_git import Bare


async def watched(tf: Taskforce, job_id: str) -> str:
    """Watch a job to its end, and return how it ended."""
    async for _ in tf.jobs.watch(job_id=job_id):
        pass
    return (await tf.jobs.get(job_id=job_id)).status.value


async def test_a_program_takes_a_skill_from_a_repository(tmp_path: Path, bare: Bare) -> None:
    url = f"file://{bare.folder}"
    async with Taskforce.open(Settings(home=tmp_path / "home", git_allow_local=True)) as tf:
        source = await tf.sources.create(repo_url=url, idempotency_key="once")
        again = await tf.sources.create(repo_url=url, idempotency_key="once")
        assert (again.id, again.is_replayed) == (source.id, True)
        with pytest.raises(SourceExists):
            await tf.sources.create(repo_url=url)
        scan = await tf.sources.rescan(source_id=source.id)
        assert await watched(tf, scan.job_id) == "succeeded"
        (skill,) = (await tf.source_artifacts.list(source_id=source.id, type=[ArtifactType.SKILL])).items
        asked = {"source_id": source.id, "entry_id": skill.id}
        assert [file.path for file in (await tf.source_artifacts.files(**asked)).items] == [
            "SKILL.md",
            "run.py",
        ]
        assert (await tf.source_artifacts.read(**asked, path="SKILL.md")).content == SKILL
        taken = await tf.collections.take(source_id=source.id, entry_id=skill.id)
        assert [one.name for one in taken.imported] == ["profile"]
        assert (await tf.collections.verify()).sound_count == 1
        assert "profile" in {one.name for one in await tf.missions.list_skills()}
        rows = await tf.sources.audit(source_id=source.id)
        assert [row.action for row in rows.items] == ["import", "rescan", "create"]
        await tf.collections.delete(item_id=taken.imported[0].item_id)
        await tf.sources.delete(source_id=source.id)
        assert (await tf.sources.list()).total == 0


async def test_a_program_looks_once_at_a_repository(tmp_path: Path, bare: Bare) -> None:
    async with Taskforce.open(Settings(home=tmp_path / "home", git_allow_local=True)) as tf:
        job = await tf.scans.create(url=f"file://{bare.folder}", root_hint="skills")
        assert await watched(tf, job.id) == "succeeded"
        assert "commands/a.md" not in str((await tf.jobs.get(job_id=job.id)).result)
        assert (await tf.sources.list()).total == 0


async def test_what_a_program_asks_wrongly_is_told_by_its_own_names(tmp_path: Path) -> None:
    async with Taskforce.open(Settings(home=tmp_path / "home")) as tf:
        with pytest.raises(RepositoryRefused) as refused:
            await tf.scans.create(url="ext::sh -c id")
        assert [error.pointer for error in refused.value.errors] == ["/url"]
        with pytest.raises(RepositoryRefused) as refused:
            await tf.scans.create(url="https://git.example/a", branch="--upload-pack=id")
        assert [error.pointer for error in refused.value.errors] == ["/branch"]
        with pytest.raises(Invalid, match="visibility"):
            await tf.sources.create(repo_url="https://git.example/a", visibility="nobody")
