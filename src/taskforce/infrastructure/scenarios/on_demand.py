"""What draws and prints, imported when it is asked for: its libraries are an extra and take a second.

Each is a plain function of data that can be pickled, so that it can run in a process of its own.
"""

from collections.abc import Sequence
from importlib.util import find_spec

from taskforce.core.scenarios.debrief import Debrief
from taskforce.core.scenarios.errors import ExtraMissing
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.plant import Plant


def gantt(plant: Plant, replication: Replication) -> bytes:
    """Return an SVG of who worked on what. Raises ExtraMissing."""
    try:
        from taskforce.infrastructure.scenarios import gantt_chart
    except ImportError as missing:
        raise ExtraMissing("Pictures") from missing
    return gantt_chart.gantt(plant, replication)


def lead_times(replications: Sequence[Replication]) -> bytes:
    """Return an SVG with the histogram of lead times. Raises ExtraMissing."""
    try:
        from taskforce.infrastructure.scenarios import lead_time_chart
    except ImportError as missing:
        raise ExtraMissing("Pictures") from missing
    return lead_time_chart.lead_times(replications)


def pdf(page: Debrief) -> bytes:
    """Return a debrief as a PDF of one page. Raises ExtraMissing."""
    try:
        from taskforce.infrastructure.scenarios import printing
    except ImportError as missing:
        raise ExtraMissing("PDFs") from missing
    return printing.pdf(page)


def check_extra() -> None:
    """Return when pictures and PDFs can be made; nothing is imported. Raises ExtraMissing."""
    if any(find_spec(library) is None for library in ("matplotlib", "fpdf")):
        raise ExtraMissing("Pictures")
