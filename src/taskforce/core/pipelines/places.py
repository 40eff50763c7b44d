"""Where the parts of a configuration stand in its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from taskforce.core.pipelines.errors import ConfigProblem

PartPath: TypeAlias = tuple[str | int, ...]
"""The keys and indices (from 0) that lead to a part; empty for the whole."""
Position: TypeAlias = tuple[int, int]
"""Line and column, from 1."""

_BEGIN: Position = (1, 1)
_SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The positions of a file's keys and items, as far as its format tells them."""

    file: str
    """POSIX, from the root of the working tree."""
    marks: Mapping[PartPath, Position] = field(default_factory=dict)

    def problem(self, part: PartPath, message: str) -> ConfigProblem:
        """Return a problem at a part, or at the nearest part around it whose position is known."""
        around = (part[:length] for length in range(len(part), -1, -1))
        line, column = next((self.marks[path] for path in around if path in self.marks), _BEGIN)
        name = cut(".".join(map(str, part)))
        return ConfigProblem(
            file=self.file, line=line, column=column, message=f"{name}: {message}" if name else message
        )


def cut(text: str) -> str:
    """Return a piece of a file as it may stand in a message, which is to stay short."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
