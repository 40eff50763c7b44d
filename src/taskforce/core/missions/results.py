"""Tool results: each by a handle; long ones as a head-and-tail view, of which one can read on."""

from collections.abc import Mapping

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.tools import ToolFailed, ToolResult

LONGEST = 8 * 1024
"""Characters of a result that the model is shown whole."""
HEAD, TAIL = 5_000, 2_000
MOST_LISTED = 10
"""Handles that are listed to a model that asks for one there is not."""


def handle_of(turn: int, place: int) -> str:
    """Return the handle of the result of a turn's call: the key of the call, counted from 1."""
    return f"turn/{turn}/call/{place}"


def past_handle(place: int) -> str:
    """Return the handle of a result of before the session: the id of its call, counted from 1."""
    return f"past_{place}"


def shortened(content: str, *, handle: str) -> str | None:
    """Return the view of a result that is too long, or None if it is not."""
    if len(content) <= LONGEST:
        return None
    left_out = len(content) - HEAD - TAIL
    mark = (
        f"\n[… {left_out} characters left out; read on with fetch_result handle={handle} offset={HEAD} …]\n"
    )
    return content[:HEAD] + mark + content[-TAIL:]


def renamed(view: str, *, old: str, new: str) -> str:
    """Return the view of a result that was too long, under another handle."""
    return view[:HEAD] + view[HEAD:].replace(f"handle={old} ", f"handle={new} ", 1)


class Handles:
    """The results of a mission by handle: short ones as they are, of long ones where the whole is kept."""

    def __init__(self, past: Mapping[str, ArtifactRef | str]) -> None:
        self._past = past
        self._results: dict[str, ArtifactRef | str] = {}

    def is_of_before(self, handle: str) -> bool:
        """Tell whether a result is from before the mission's session: what keeps it may go away."""
        return handle in self._past

    def note(self, handle: str, result: ToolResult) -> None:
        """Remember a result."""
        is_long = "whole" in result.details and result.details.get("handle") == handle
        self._results[handle] = (
            ArtifactRef.model_validate(result.details["whole"]) if is_long else result.content
        )

    def find(self, handle: str) -> ArtifactRef | str:
        """Return a result, or where it is. Raises ToolFailed with the newest handles there are."""
        if handle in self._past:
            return self._past[handle]
        if handle not in self._results:
            raise ToolFailed(f"There is no result {handle!r}. Handles are: {self._newest()}.")
        return self._results[handle]

    def _newest(self) -> str:
        names = [*self._past, *self._results]
        older = len(names) - MOST_LISTED
        rest = f" (and {older} older)" if older > 0 else ""
        return (", ".join(names[-MOST_LISTED:]) or "none yet") + rest
