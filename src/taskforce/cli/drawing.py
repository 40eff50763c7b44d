"""What is drawn again and again on a terminal: its console, and the notes above the picture."""

import sys

from rich.console import Console
from rich.text import Text

from taskforce.cli.terminal import Screen, clean
from taskforce.cli.views import View


class Drawing(View):
    """Draws on stderr, where data on stdout is not in its way."""

    def __init__(self, shown: Screen) -> None:
        self._console = Console(
            file=sys.stderr,
            force_terminal=True,
            color_system="auto" if shown.has_color else None,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def note(self, text: str) -> None:
        """Tell it above the picture."""
        self._console.print(Text(clean(text), style="yellow"), soft_wrap=True)
