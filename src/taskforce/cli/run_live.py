"""A run as a live tree on a terminal: what has ended, what is under way, and how long each takes."""

from collections.abc import Callable, Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.live import Live as Picture
from rich.text import Text

from taskforce.application.jobs.log_schemas import EventView
from taskforce.cli.drawing import Drawing
from taskforce.cli.run_lines import TOLD_WHY
from taskforce.cli.run_tree import MARKS, Part, RunTree, duration
from taskforce.cli.terminal import Screen, clean

STYLES = {"success": "green", "failed": "red", "running": "bold cyan", "skipped": "dim", "pending": "dim"}
NARROWEST = 20
LEFT_FREE = 4
"""Lines of the terminal that the tree leaves to others."""


class RunLive(Drawing):
    """Draws the tree; of one that is higher than the terminal, what has ended well is drawn by its phase."""

    def __init__(self, shown: Screen, *, now: Callable[[], datetime], verbose: bool) -> None:
        super().__init__(shown)
        self._now = now
        self._verbose = verbose
        self._tree = RunTree()
        self._is_over = False
        self._picture = Picture(
            get_renderable=self._drawn,
            console=self._console,
            refresh_per_second=8,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )
        self._picture.start()

    def show(self, event: EventView) -> None:
        """Take in what happened; the picture draws itself."""
        if event.event_type == "release.skipped":
            self._console.print(Text(f"- {clean(event.message)}", style="dim"), soft_wrap=True)
            return
        part = self._tree.take(event)
        if part is None:
            return
        if event.event_type == "step.output" and self._verbose:
            self._tell(clean(event.message).splitlines())
        failed = event.event_type in TOLD_WHY and part.status == "failed"
        if failed and not self._verbose:
            self._console.print(Text(f"✗ {event.message}", style="red"))
            self._tell([*part.tail, part.error])

    def close(self) -> None:
        """Leave the whole tree as it is at the end."""
        self._is_over = True
        self._picture.vertical_overflow = "visible"
        self._picture.stop()

    def _tell(self, lines: list[str]) -> None:
        for line in filter(None, lines):
            self._console.print(Text(f"    {line}", style="dim"), soft_wrap=True)

    def _drawn(self) -> RenderableType:
        return Group(*self._lines())

    def _lines(self) -> list[Text]:
        parts = list(self._parts(whole=True))
        if not self._is_over and len(parts) > max(self._console.height - LEFT_FREE, 1):
            parts = list(self._parts(whole=False))
        return [self._line(depth, part) for depth, part in parts]

    def _parts(self, *, whole: bool) -> Iterator[tuple[int, Part]]:
        for phase in self._tree.root.parts.values():
            yield 0, phase
            for task in phase.parts.values():
                if not whole and task.status in {"pending", "success"}:
                    continue
                yield 1, task
                for step in task.parts.values():
                    if whole or step.status in {"running", "failed"}:
                        yield 2, step

    def _line(self, depth: int, part: Part) -> Text:
        took = duration(part.took(self._now()))
        line = Text.assemble(
            "  " * depth,
            (f"{MARKS.get(part.status, '·')} ", STYLES.get(part.status, "")),
            (clean(part.name), "bold" if part.status == "running" else ""),
            (f"  {took}" if took else "", "dim"),
            no_wrap=True,
            overflow="ellipsis",
        )
        line.truncate(max(self._console.width, NARROWEST) - 1, overflow="ellipsis")
        return line
