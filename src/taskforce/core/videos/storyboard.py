"""The storyboard: what is written first, and all pictures and clips are made of."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taskforce.core.videos.errors import StoryboardMalformed

_SHORT, _LONG = 500, 4_000
"""Letters."""
MOST_CHARACTERS = 20
_MOST_PROBLEMS = 10


class Written(BaseModel):
    """A part of a storyboard. What a model adds of its own is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


class StyleGuide(Written):
    """What all scenes have in common."""

    visual_style: str = Field(min_length=1, max_length=_SHORT)
    color_palette: str = Field(min_length=1, max_length=_SHORT)
    camera_style: str = Field(min_length=1, max_length=_SHORT)


class Character(Written):
    """Who is in it, told so that each picture shows the same one."""

    name: str = Field(min_length=1, max_length=_SHORT)
    description: str = Field(min_length=1, max_length=_LONG)


class Scene(Written):
    """A clip to be made, between two pictures."""

    index: int = Field(ge=0)
    description: str = Field(min_length=1, max_length=_LONG)
    start_frame_prompt: str = Field(min_length=1, max_length=_LONG)
    end_frame_prompt: str = Field(min_length=1, max_length=_LONG)
    motion_prompt: str = Field(min_length=1, max_length=_LONG)


class Storyboard(Written):
    """A film in words."""

    style_guide: StyleGuide
    characters: tuple[Character, ...] = Field(default=(), max_length=MOST_CHARACTERS)
    scenes: tuple[Scene, ...] = Field(min_length=1)


def read_storyboard(text: str, *, scenes: int, first: int = 0) -> Storyboard:
    """Return the storyboard that a model's answer holds; a fence of Markdown around it is taken off.

    Scenes count from `first`. Raises StoryboardMalformed, which tells what a model can mend.
    """
    try:
        storyboard = Storyboard.model_validate_json(_unfenced(text))
    except ValidationError as wrong:
        raise StoryboardMalformed(_told(wrong)) from wrong
    if len(storyboard.scenes) != scenes:
        raise StoryboardMalformed(f"scenes: {scenes} are asked for, {len(storyboard.scenes)} are given")
    indices = [scene.index for scene in storyboard.scenes]
    expected = list(range(first, first + scenes))
    if indices != expected:
        raise StoryboardMalformed(f"scenes: their indices must be {expected}, in this order, not {indices}")
    return storyboard


def _unfenced(text: str) -> str:
    lines = text.strip().splitlines()
    if len(lines) > 1 and lines[0].startswith("```") and lines[-1].strip() == "```":
        return "\n".join(lines[1:-1])
    return text.strip()


def _told(wrong: ValidationError) -> str:
    errors = wrong.errors(include_url=False, include_context=False, include_input=False)
    places = [(".".join(map(str, error["loc"])) or "answer", error["msg"]) for error in errors]
    return "; ".join(f"{place}: {message}" for place, message in places[:_MOST_PROBLEMS])
