"""Storyboards of a language model."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from taskforce.core.documents import JsonObject
from taskforce.core.videos.ports import Brief, RefusedAnswer, ScriptWriter
from taskforce.core.videos.storyboard import Storyboard


class Storyteller(Protocol):
    """A language model, whoever has it."""

    @abstractmethod
    async def tell(self, instructions: str, said: Sequence[str], *, form: JsonObject) -> str:
        """Return the model's next words as JSON of a form, a JSON Schema.

        What was said so far is the user's first, then the model's and the user's in turn. Raises Unavailable,
        ContentRefused, ProviderFailed.
        """


class StorytellerSource(Protocol):
    """Knows language models by name."""

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Return those that can be named, also when their key or extra is missing."""

    @abstractmethod
    def open(self, name: str) -> Storyteller:
        """Return one of them. Raises ProviderNotReady."""


INSTRUCTIONS = """\
You write storyboards for short films. Each scene is one clip, filmed in one shot between a first and a last
picture, by models that see nothing but the words you give them.
- Answer with one JSON object of the given form, and nothing else.
- description: what happens in the scene.
- start_frame_prompt, end_frame_prompt: all that is to be seen in the picture, told so that it stands alone:
  who, where, light, framing. Name characters as in `characters`. The end of a scene is the start of the next.
- motion_prompt: what moves between both pictures, and how the camera moves. One action that fits its seconds.
- characters: everybody who is seen more than once, told so that each picture shows the same one.
- No captions or letters in pictures, no real persons, no brands."""
GOES_ON = (
    "They go on from the storyboard below. Keep its style guide and characters as they are, and give the new "
    "scenes alone."
)


class ModelScripts(ScriptWriter):
    """Has storyboards written by a language model."""

    def __init__(self, storyteller: Storyteller) -> None:
        self._storyteller = storyteller

    async def write(self, brief: Brief, *, refused: Sequence[RefusedAnswer]) -> str:
        said = [_wish(brief)]
        for answer in refused:
            said += [
                answer.text,
                f"This cannot be used: {answer.problem}\nGive the whole object again, right.",
            ]
        return await self._storyteller.tell(INSTRUCTIONS, said, form=Storyboard.model_json_schema())


def _wish(brief: Brief) -> str:
    first = len(brief.earlier.scenes) if brief.earlier is not None else 0
    last = first + brief.scenes - 1
    lines = [
        f"Film: {brief.prompt}",
        f"Style: {brief.style}",
        f"Format: {brief.aspect_ratio.value}",
        f"Scenes: exactly {brief.scenes} of {brief.clip_duration} s each, index {first} to {last}.",
    ]
    return "\n".join(lines if brief.earlier is None else [*lines, GOES_ON, brief.earlier.model_dump_json()])
