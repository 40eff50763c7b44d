"""All skills that missions of a project may use: those in folders, and those of its collection."""

from collections.abc import Collection, Mapping, Sequence

from taskforce.core.identity import ProjectId
from taskforce.core.skills import (
    BrokenSkill,
    Skill,
    SkillCard,
    SkillCollection,
    SkillInvalid,
    SkillNotFound,
    SkillOrigin,
    SkillSource,
)


class KnownSkills:
    """Knows the skills by project and name; of one name that of the collection wins."""

    def __init__(self, *, folders: SkillSource, collection: SkillCollection) -> None:
        self._folders = folders
        self._collection = collection

    async def found(self, project: ProjectId) -> Sequence[Skill | BrokenSkill]:
        """Return all skills by name, those too that are broken."""
        found = {skill.name: skill for skill in self._folders.found()}
        found |= {skill.name: skill for skill in await self._collection.found(project)}
        return [found[name] for name in sorted(found)]

    async def cards(
        self, project: ProjectId, *, names: Collection[str] | None = None
    ) -> tuple[SkillCard, ...]:
        """Return what models are told of, by name; with names, of those, in their order.

        Raises as `get` does for a name; without names the broken ones are left out.
        """
        collected = {skill.name: skill for skill in await self._collection.found(project)}
        if names is not None:
            return tuple(self._one(name, collected).card for name in names)
        cards = {card.name: card for card in self._folders.cards() if card.name not in collected}
        cards |= {name: skill.card for name, skill in collected.items() if isinstance(skill, Skill)}
        return tuple(cards[name] for name in sorted(cards))

    async def get(self, name: str, *, project: ProjectId) -> Skill:
        """Return the skill. Raises SkillNotFound, or SkillInvalid with file and line."""
        return self._one(name, {skill.name: skill for skill in await self._collection.found(project)})

    async def files(self, skill: Skill, *, project: ProjectId) -> Mapping[str, bytes]:
        """Return the files that come with a skill, SKILL.md left out.

        Raises SkillNotFound, SkillInvalid, SkillChanged.
        """
        if skill.origin is SkillOrigin.COLLECTION:
            return await self._collection.files(skill, project=project)
        return await self._folders.files(skill.name)

    async def allow(self, skill: Skill, *, project: ProjectId, by: str) -> None:
        """Remember that somebody allowed the use of a skill that asks first."""
        await self._collection.allow(skill, project=project, by=by)

    def _one(self, name: str, collected: Mapping[str, Skill | BrokenSkill]) -> Skill:
        if name not in collected:
            return self._in_folders(name, collected)
        skill = collected[name]
        if isinstance(skill, BrokenSkill):
            raise SkillInvalid(skill.problem)
        return skill

    def _in_folders(self, name: str, collected: Collection[str]) -> Skill:
        try:
            return self._folders.get(name)
        except SkillNotFound as missing:
            raise SkillNotFound(name, sorted({*missing.known, *collected})) from missing
