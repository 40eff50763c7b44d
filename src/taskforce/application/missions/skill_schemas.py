"""How skills are shown; the same through every door."""

from typing import Annotated, TypeAlias

from taskforce.application.jobs.schemas import View
from taskforce.core.missions.skills import places_of
from taskforce.core.shapes import Prose, ShownPath, shape, unlimited
from taskforce.core.skills import (
    LONGEST_COMPATIBILITY,
    LONGEST_DESCRIPTION,
    BrokenSkill,
    Skill,
    SkillOrigin,
)

LONGEST_FOLDER = 255
"""Bytes that a file system gives a name: one that is broken is called by its folder."""
AUTHOR = unlimited("as the skill's author writes it")
Text: TypeAlias = Annotated[str, AUTHOR]


class SkillView(View):
    """A skill that missions may use, or what is wrong with it."""

    name: Annotated[str, shape(maxLength=LONGEST_FOLDER)]
    description: Annotated[str, shape(maxLength=LONGEST_DESCRIPTION)]
    origin: SkillOrigin
    """Where it was found."""
    places: Annotated[tuple[Text, ...], AUTHOR]
    """The names of what it takes, in order; some may have defaults."""
    files: Annotated[tuple[ShownPath, ...], AUTHOR]
    license: Text | None
    compatibility: Annotated[str, shape(maxLength=LONGEST_COMPATIBILITY)] | None
    metadata: dict[str, Text]
    allowed_tools: Text
    asks_first: bool
    """Whether a person is asked before it is used: its source is untrusted, and nobody allowed it yet."""
    problem: Prose | None
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
                asks_first=False,
                problem=found.problem,
            )
        facts = found.header.model_dump(exclude={"name", "description"})
        return cls(
            **found.header.card.model_dump(),
            **facts,
            origin=found.origin,
            places=places_of(found),
            files=found.files,
            asks_first=found.asks_first,
            problem=None,
        )
