"""The files of a workspace at a moment, so that one can tell which were written meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Which files there were, and of each what changes when it is written."""

    files: Mapping[str, tuple[int, ...]]
    """By their path from the workspace: file number, size, and when it was last changed."""
    is_whole: bool = True
    """Whether all files were looked at; if not, nothing can be told from it."""

    def written_since(self, before: "Survey") -> tuple[str, ...]:
        """Return the files that are new or were written since, in order."""
        if not (self.is_whole and before.is_whole):
            return ()
        return tuple(sorted(path for path, facts in self.files.items() if before.files.get(path) != facts))
