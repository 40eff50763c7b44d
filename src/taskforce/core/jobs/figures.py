"""What is counted and measured of jobs, and of the doors that they come in by."""

from taskforce.core.telemetry import Gauge, Histogram, Instrument

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

QUEUE_DEPTH = Gauge(
    name="taskforce_queue_depth",
    help="Jobs of the store that are due and played by nobody, by kind.",
    labels=("kind",),
)
WORKER_SLOTS = Gauge(
    name="taskforce_worker_slots",
    help="Jobs that this process plays or could play at once, by state: busy or free.",
    labels=("state",),
)
JOB_DURATION = Histogram(
    name="taskforce_job_duration_seconds",
    help="Time from a job's first play to its end, waits included, by how it ended.",
    labels=("kind", "outcome"),
    bounds=(0.1, 0.5, 1, 5, 10, 30, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 6 * _HOUR, _DAY),
)
REQUEST_DURATION = Histogram(
    name="taskforce_http_request_duration_seconds",
    help="Time until an answer began, by the route's template and the status.",
    labels=("method", "route", "status"),
    bounds=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
OPEN_STREAMS = Gauge(name="taskforce_open_streams", help="Event streams that clients read now.")

FIGURES: tuple[Instrument, ...] = (QUEUE_DEPTH, WORKER_SLOTS, JOB_DURATION, REQUEST_DURATION, OPEN_STREAMS)
