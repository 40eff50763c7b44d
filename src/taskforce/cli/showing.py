"""Which view a stream gets."""

import sys
from typing import TextIO

from taskforce.cli.flags import Color
from taskforce.cli.lines import Lines
from taskforce.cli.terminal import Screen, screen
from taskforce.cli.views import View


def view_of(*, color: Color, whole: bool = False) -> View:
    """Return the view that stderr can show; a `whole` one tells the answer too."""
    shown = screen(sys.stderr, color)
    return live_view(shown, whole=whole) if shown.is_live else lines_view(shown, sys.stderr, whole=whole)


def live_view(shown: Screen, *, whole: bool) -> View:
    """Return the live picture; rich is loaded for it alone."""
    from taskforce.cli.live import Live

    return Live(shown, whole=whole)


def lines_view(shown: Screen, stream: TextIO, *, whole: bool) -> View:
    """Return plain lines."""
    return Lines(shown, stream, whole=whole)
