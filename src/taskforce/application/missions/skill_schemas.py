"""How skills are shown; the same through every door."""

from taskforce.application.jobs.schemas import View
from taskforce.core.missions.skills import places_of
from taskforce.core.skills import BrokenSkill, Skill, SkillOrigin


class SkillView(View):
    """A skill that missions may use, or what is wrong with it."""

    name: str
    description: str
    origin: SkillOrigin
    """Whose folder it is in."""
    places: tuple[str, ...]
    """The names of what it takes, in order; some may have defaults."""
    files: tuple[str, ...]
    license: str | None
    compatibility: str | None
    metadata: dict[str, str]
    allowed_tools: str
    problem: str | None
    """Why no mission is told of it."""

    @classmethod
    def of(cls, found: Skill | BrokenSkill) -> "SkillView":
        """Show a skill."""
        if isinstance(found, BrokenSkill):
            return cls(
                name=found.name,
                description="",
                origin=found.origin,
                places=(),
                files=(),
                license=None,
                compatibility=None,
                metadata={},
                allowed_tools="",
                problem=found.problem,
            )
        facts = found.header.model_dump(exclude={"name", "description"})
        return cls(
            **found.card.model_dump(),
            **facts,
            origin=found.origin,
            places=places_of(found),
            files=found.files,
            problem=None,
        )
