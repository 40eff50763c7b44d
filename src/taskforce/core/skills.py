"""Skills: instructions for a piece of work, after the Agent Skills format, and where they come from."""

import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from taskforce.core.errors import Invalid
from taskforce.core.identity import ProjectId

MAIN_FILE = "SKILL.md"
LONGEST_NAME = 64
LONGEST_DESCRIPTION = 1_024
LONGEST_COMPATIBILITY = 500
UNSEEN = "It is of an untrusted source: whoever uses it first waits until a person has allowed it."
"""What a model is told of a skill in place of a description by strangers."""
_KEBAB = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class SkillOrigin(StrEnum):
    """Where a skill was found; a later one wins over an earlier one of the same name."""

    PACKAGE = "package"
    USER = "user"
    PROJECT = "project"
    COLLECTION = "collection"


def _is_kebab(name: str) -> str:
    if not _KEBAB.fullmatch(name) or name != name.lower():
        raise ValueError("small letters and digits, in words joined by single hyphens")
    return name


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("must hold more than blanks")
    return text


SkillName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_is_kebab)]


class SkillCard(BaseModel):
    """What a model is told of a skill before it wants it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: SkillName
    description: str


class SkillHeader(BaseModel):
    """What the head of a SKILL.md may say; nothing else stands there."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: SkillName
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION), AfterValidator(_says_something)]
    license: str | None = None
    compatibility: Annotated[str, Field(min_length=1, max_length=LONGEST_COMPATIBILITY)] | None = None
    metadata: dict[str, str] = {}
    allowed_tools: str = Field(default="", alias="allowed-tools")
    """The tools that its author thought of, parted by blanks or commas; they allow nothing by themselves."""

    @cached_property
    def card(self) -> SkillCard:
        """Return what a model is told of it: a description of one line, whatever the file says."""
        return SkillCard(name=self.name, description=" ".join(self.description.split()))


class Skill(BaseModel):
    """A skill: its head, its instructions, and the names of the files that come with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header: SkillHeader
    body: str
    files: tuple[str, ...] = ()
    """By their path from the skill's folder, SKILL.md left out."""
    origin: SkillOrigin
    digest: str = ""
    """What its files come to, of one of the collection: who allows its use allows this content alone."""
    asks_first: bool = False
    """Whether a person is asked before it is used: its source is untrusted, and nobody allowed it yet."""
    provenance: str = ""
    """The repository and the commit that one of the collection comes from, for people."""

    @property
    def name(self) -> str:
        """Return its name, which is its folder's too."""
        return self.header.name

    @property
    def card(self) -> SkillCard:
        """Return what a model is told of it: nothing that a stranger wrote and nobody has allowed."""
        return SkillCard(name=self.name, description=UNSEEN) if self.asks_first else self.header.card


class BrokenSkill(BaseModel):
    """A skill whose files break the rules: it is shown, and no mission is told of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    origin: SkillOrigin
    problem: str
    """File, line, and what would be right."""


class SkillNotFound(Invalid):
    """No skill of this name."""

    code = "unknown_skill"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no skill {name!r}. Known are: {', '.join(known) or 'none'}.")
        self.known = known


class SkillInvalid(Invalid):
    """A skill whose files break the rules of the format."""

    code = "invalid_skill"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)


class SkillChanged(Invalid):
    """A skill whose content is another one than that which was allowed."""

    code = "skill_changed"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The skill {name} was replaced while its use was asked about. Activate it again: "
            "what it says now is to be allowed too."
        )


class SkillSource(Protocol):
    """Knows the skills that are the same in all projects, by name."""

    @abstractmethod
    def found(self) -> Sequence[Skill | BrokenSkill]:
        """Return all skills by name, those too that are broken; of one name that which wins."""

    @abstractmethod
    def cards(self) -> Sequence[SkillCard]:
        """Return what models are told of, by name; each mission asks for it. Broken ones are left out."""

    @abstractmethod
    def get(self, name: str) -> Skill:
        """Return the skill. Raises SkillNotFound, or SkillInvalid with file and line."""

    @abstractmethod
    async def files(self, name: str) -> Mapping[str, bytes]:
        """Return the files that come with a skill, SKILL.md left out. Raises as `get` does."""


class SkillCollection(Protocol):
    """Knows the skills that a project took from elsewhere."""

    @abstractmethod
    async def found(self, project: ProjectId) -> Sequence[Skill | BrokenSkill]:
        """Return all of them, by name."""

    @abstractmethod
    async def files(self, skill: Skill, *, project: ProjectId) -> Mapping[str, bytes]:
        """Return the files that come with a skill, SKILL.md left out.

        Raises SkillNotFound when it is gone, SkillChanged when its content is another one by now.
        """

    @abstractmethod
    async def allow(self, skill: Skill, *, project: ProjectId, by: str) -> None:
        """Remember that somebody allowed this content; it is allowed once, however often this is said."""
