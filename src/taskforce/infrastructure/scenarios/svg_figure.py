"""Figures of matplotlib as SVG whose bytes depend on what is drawn alone.

No date and no random id, no style of the machine's user, no letter of theirs taken for mathematics; text
stays text, so that it can be searched, and is shown in whatever font a reader has.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.figure import Figure

_STYLE = {
    "svg.hashsalt": "taskforce",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dfe3e8",
    "grid.linewidth": 0.6,
    "text.parse_math": False,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
}


@contextmanager
def plain_style() -> Iterator[None]:
    """Draw within the style of the package, whatever the user's is."""
    with mpl.rc_context(), warnings.catch_warnings():
        # A letter that the font lacks is the reader's font's to show.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)  # type: ignore[arg-type] # its keys are literals of each release
        yield


def svg_bytes(figure: Figure) -> bytes:
    """Return a figure as SVG. Call it within the plain style."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "Taskforce"})
    return buffer.getvalue()
