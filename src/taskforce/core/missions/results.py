"""Long tool results: a head-and-tail view for the model, and a handle to read on."""

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.tools import ToolFailed, ToolResult

LONGEST = 8 * 1024
"""Characters of a result that the model is shown whole."""
HEAD, TAIL = 5_000, 2_000


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
    """The long results of a mission by handle."""

    def __init__(self) -> None:
        self._refs: dict[str, ArtifactRef] = {}

    def note(self, result: ToolResult) -> None:
        """Remember where a long result is."""
        if "handle" in result.details:
            self._refs[str(result.details["handle"])] = ArtifactRef.model_validate(result.details["whole"])

    def ref(self, handle: str) -> ArtifactRef:
        """Return where the result is. Raises ToolFailed with the handles there are."""
        if handle not in self._refs:
            raise ToolFailed(
                f"There is no result {handle!r}. Handles are: {', '.join(self._refs) or 'none yet'}."
            )
        return self._refs[handle]
