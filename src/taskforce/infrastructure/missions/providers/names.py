"""Names of provider models: which family, which model, and for a compatible server where it is."""

import re
from dataclasses import dataclass
from typing import Self

_WITH_PLACE = re.compile(r"(?P<model>.+?)@(?P<place>https?://\S+)")


@dataclass(frozen=True, slots=True)
class ModelName:
    """`FAMILY:MODEL`, or `openai-compatible:MODEL@URL`."""

    family: str
    model: str
    base_url: str | None = None

    @classmethod
    def read(cls, name: str) -> Self:
        """Return the parts of a name."""
        family, _, rest = name.partition(":")
        placed = _WITH_PLACE.fullmatch(rest)
        return cls(family, placed["model"], placed["place"].rstrip("/")) if placed else cls(family, rest)

    def __str__(self) -> str:
        place = f"@{self.base_url}" if self.base_url else ""
        return f"{self.family}:{self.model}{place}"
