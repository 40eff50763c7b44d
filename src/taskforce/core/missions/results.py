"""Tool results: each by a handle; long ones as a head-and-tail view, of which one can read on."""

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


def shortened(content: str, *, handle: str) -> str | None:
    """Return the view of a result that is too long, or None if it is not."""
    if len(content) <= LONGEST:
        return None
    left_out = len(content) - HEAD - TAIL
    mark = (
        f"\n[… {left_out} characters left out; read on with fetch_result handle={handle} offset={HEAD} …]\n"
    )
    return content[:HEAD] + mark + content[-TAIL:]


class Handles:
    """The results of a mission by handle: short ones as they are, of long ones where the whole is kept."""

    def __init__(self) -> None:
        self._results: dict[str, ArtifactRef | str] = {}

    def note(self, handle: str, result: ToolResult) -> None:
        """Remember a result."""
        is_long = "whole" in result.details and result.details.get("handle") == handle
        self._results[handle] = (
            ArtifactRef.model_validate(result.details["whole"]) if is_long else result.content
        )

    def find(self, handle: str) -> ArtifactRef | str:
        """Return a result, or where it is. Raises ToolFailed with the newest handles there are."""
        if handle not in self._results:
            newest = list(self._results)[-MOST_LISTED:]
            older = len(self._results) - len(newest)
            more = f" (and {older} older)" if older else ""
            raise ToolFailed(
                f"There is no result {handle!r}. Handles are: {', '.join(newest) or 'none yet'}{more}."
            )
        return self._results[handle]
