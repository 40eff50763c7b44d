"""Bars that are drawn while work goes on."""

from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn

from taskforce.cli.drawing import Drawing
from taskforce.cli.terminal import Screen


class Bars(Drawing):
    """Draws bars: of each its name, how far it is, that in figures, and for how long."""

    def __init__(self, shown: Screen, *, figures: ProgressColumn) -> None:
        super().__init__(shown)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            figures,
            TimeElapsedColumn(),
            console=self._console,
            refresh_per_second=8,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def close(self) -> None:
        """Leave the bars as they are at the end."""
        self._progress.stop()
