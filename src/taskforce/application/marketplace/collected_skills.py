"""The skills of a collection, as missions use them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from taskforce.core.artifacts import ArtifactDamaged, ArtifactNotFound, ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.collection import CollectedSkill, StoredFile, reference
from taskforce.core.marketplace.errors import FrontMatterInvalid
from taskforce.core.marketplace.model import AuditRow, Item, TrustLevel
from taskforce.core.marketplace.ports import CollectionStore, FrontMatterReader
from taskforce.core.marketplace.skill_text import LONGEST, body_of, header_of, main_file
from taskforce.core.skills import (
    BrokenSkill,
    Skill,
    SkillChanged,
    SkillCollection,
    SkillHeader,
    SkillInvalid,
    SkillNotFound,
    SkillOrigin,
)

MOST_FILES = 200
MOST_BYTES = 10 * 1024 * 1024
"""Of all files that come with a skill: they are copied to the workspace of each mission that uses it."""
DAMAGED = (
    "its stored files are damaged. `taskforce marketplace verify` tells which; import it again with force."
)
_REMEMBERED = 256
_SHORT = 12
"""Digits of a commit that are enough for people."""


class _Text(NamedTuple):
    """What the Markdown of a skill says."""

    header: SkillHeader
    body: str


class CollectedSkills(SkillCollection):
    """Reads skills from the files that were imported; each text is read once as long as it is the same."""

    def __init__(
        self,
        *,
        collection: CollectionStore,
        artifacts: ArtifactStore,
        front_matter: FrontMatterReader,
        clock: Clock,
    ) -> None:
        self._collection = collection
        self._artifacts = artifacts
        self._front_matter = front_matter
        self._clock = clock
        self._texts: dict[tuple[str, str], _Text] = {}

    async def found(self, project: ProjectId) -> Sequence[Skill | BrokenSkill]:
        return [await self._sound_or_broken(one) for one in await self._collection.skills(project)]

    async def files(self, skill: Skill, *, project: ProjectId) -> Mapping[str, bytes]:
        taken = await self._taken(skill, project)
        main = main_file(taken.files)
        try:
            return {
                file.path: await self._artifacts.read(reference(taken.item, file))
                for file in taken.files
                if file != main
            }
        except (ArtifactDamaged, ArtifactNotFound) as wrong:
            await self._taken(skill, project)  # it may have been replaced while it was read
            raise SkillInvalid(f"{skill.name}: {DAMAGED}") from wrong

    async def allow(self, skill: Skill, *, project: ProjectId, by: str) -> None:
        item = (await self._taken(skill, project)).item
        audit = AuditRow(
            project=project,
            at=self._clock.now(),
            by=by,
            action="allow",
            source=item.source,
            subject=item.id,
            outcome="success",
            details=f"{item.name} {item.digest}",
        )
        await self._collection.allow(item, audit=audit)

    async def _taken(self, skill: Skill, project: ProjectId) -> CollectedSkill:
        """Return where a skill comes from. Raises SkillNotFound, SkillChanged."""
        skills = {one.item.name: one for one in await self._collection.skills(project)}
        if skill.name not in skills:
            raise SkillNotFound(skill.name, sorted(skills))
        taken = skills[skill.name]
        if taken.item.digest != skill.digest:
            raise SkillChanged(skill.name)
        return taken

    async def _sound_or_broken(self, taken: CollectedSkill) -> Skill | BrokenSkill:
        try:
            return await self._skill(taken)
        except SkillInvalid as wrong:
            name, problem = taken.item.name, f"{taken.item.name}: {wrong.message}"
            return BrokenSkill(name=name, origin=SkillOrigin.COLLECTION, problem=problem)

    async def _skill(self, taken: CollectedSkill) -> Skill:
        """Return a skill. Raises SkillInvalid."""
        main = main_file(taken.files)
        if main is None:
            raise SkillInvalid("it has no SKILL.md.")
        others = tuple(file for file in taken.files if file != main)
        if len(others) > MOST_FILES or sum(file.size for file in others) > MOST_BYTES:
            raise SkillInvalid(
                f"missions use skills with at most {MOST_FILES} files and 10 MiB beside SKILL.md."
            )
        header, body = await self._read(taken.item, main)
        return Skill(
            header=header,
            body=body,
            files=tuple(file.path for file in others),
            origin=SkillOrigin.COLLECTION,
            digest=taken.item.digest,
            asks_first=taken.item.trust_level is TrustLevel.UNTRUSTED and not taken.is_allowed,
            provenance=f"{taken.item.repo_url} at {taken.item.commit_sha[:_SHORT]}",
        )

    async def _read(self, item: Item, main: StoredFile) -> _Text:
        """Return what the text says; the same text says the same. Raises SkillInvalid."""
        state = item.name, main.sha256
        if state not in self._texts:
            said = self._said(item.name, main.path, await self._content(item, main))
            while len(self._texts) >= _REMEMBERED:
                del self._texts[next(iter(self._texts))]
            self._texts[state] = said
        return self._texts[state]

    async def _content(self, item: Item, main: StoredFile) -> bytes:
        if main.size > LONGEST:
            raise SkillInvalid(f"{main.path} has {main.size:,} bytes; up to {LONGEST:,} are read.")
        try:
            return await self._artifacts.read(reference(item, main))
        except (ArtifactDamaged, ArtifactNotFound) as wrong:
            raise SkillInvalid(DAMAGED) from wrong

    def _said(self, name: str, path: str, content: bytes) -> _Text:
        try:
            body = body_of(content.decode("utf-8"))
            header = header_of(name, self._front_matter.fields(path, content), body)
        except UnicodeDecodeError as wrong:
            raise SkillInvalid(f"{path} is not UTF-8.") from wrong
        except FrontMatterInvalid as wrong:
            raise SkillInvalid(wrong.message) from wrong
        if header is None:
            raise SkillInvalid(f"{path} does not say what it is for.")
        return _Text(header, body)
