"""What is counted and measured of pipelines; no label is a word that a repository has chosen."""

from taskforce.core.telemetry import Counter, Histogram, Instrument

_MINUTE, _HOUR = 60, 3_600
_BOUNDS = (1, 5, 15, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR)

RUNS = Counter(
    name="taskforce_pipeline_runs_total",
    help="Pipeline runs that have ended, by how: success, failed or cancelled.",
    labels=("status",),
)
RUN_DURATION = Histogram(
    name="taskforce_pipeline_run_duration_seconds",
    help="Time from a pipeline run's first play to its end, waits included, by how it ended.",
    labels=("status",),
    bounds=_BOUNDS,
)
PHASE_DURATION = Histogram(
    name="taskforce_pipeline_phase_duration_seconds",
    help="Time from a phase's first task to the end of its last, by usual name and by how it ended.",
    labels=("phase", "status"),
    bounds=_BOUNDS,
)
OF_PIPELINES: tuple[Instrument, ...] = (RUNS, RUN_DURATION, PHASE_DURATION)

_USUAL = frozenset(
    {
        "analyze",
        "build",
        "check",
        "compile",
        "deploy",
        "docs",
        "format",
        "install",
        "integration",
        "lint",
        "package",
        "publish",
        "release",
        "scan",
        "security",
        "test",
        "verify",
    }
)
OTHER = "other"


def label_of(phase: str) -> str:
    """Return a phase's name as a label: one of the usual names, or that it is another."""
    return phase if phase in _USUAL else OTHER
