"""Which view a stream gets."""

import sys
from typing import TextIO

from taskforce.cli.flags import Color
from taskforce.cli.lines import Lines
from taskforce.cli.terminal import Screen, screen
from taskforce.cli.views import View


def view_of(*, color: Color, whole: bool = False, verbose: bool = False) -> View:
    """Return the view that stderr can show; a `whole` one tells the answer, a `verbose` one calls in full."""
    shown = screen(sys.stderr, color)
    if shown.is_live:
        return live_view(shown, whole=whole, verbose=verbose)
    return lines_view(shown, sys.stderr, whole=whole, verbose=verbose)


def live_view(shown: Screen, *, whole: bool, verbose: bool = False) -> View:
    """Return the live picture; rich is loaded for it alone."""
    from taskforce.cli.live import Live

    return Live(shown, whole=whole, verbose=verbose)


def lines_view(shown: Screen, stream: TextIO, *, whole: bool, verbose: bool = False) -> View:
    """Return plain lines."""
    return Lines(shown, stream, whole=whole, verbose=verbose)
