"""What one job, one step, one event cost a store: the table that capacity planning stands on.

Rows are exact. Bytes are those of the files, indexes included; what comes on top of a row's own text was
taken from shapes of jobs that differ in one thing. tests/integration/capacity compares them with what the
real kernel writes. Times are of two cores of a shared machine, and are floors.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCosts:
    """A store's costs. Bytes are those beside the text of input, output and details."""

    store: str
    job_bytes: float
    """Of its row, its input's row, and their indexes."""
    step_bytes: float
    event_bytes: float
    log_job_bytes: float
    """What it writes to the write-ahead log beside its steps and events; no full pages after a checkpoint."""
    log_step_bytes: float
    """Of the step's own row and of the job's, which each step writes anew."""
    log_event_bytes: float
    steps_per_s: float
    """Steps that one database records a second, 16 jobs at once."""
    source: str
    """Where that comes from."""
    is_server: bool
    """Whether processes reach it by connections, and what is live by messages."""

    @property
    def own_events(self) -> int:
        """Return how many events each job has beside its program's: it began, it ended."""
        return 2


SQLITE = UnitCosts(
    store="SQLite",
    job_bytes=690,
    step_bytes=67,
    event_bytes=74,
    log_job_bytes=0,  # its log is one file that is written over again
    log_step_bytes=0,
    log_event_bytes=0,
    steps_per_s=7_147,
    source="docs/benchmarks.md, 16 jobs at once",
    is_server=False,
)
POSTGRESQL = UnitCosts(
    store="PostgreSQL",
    job_bytes=1_270,
    step_bytes=110,
    event_bytes=140,
    log_job_bytes=3_350,
    log_step_bytes=530,
    log_event_bytes=260,
    steps_per_s=10_564,
    source="docs/benchmarks.md, 16 jobs at once",
    is_server=True,
)
REPLAYED_PER_S = 462_035
"""Events that one API process sends to streams a second: docs/benchmarks.md, replay to 100 clients."""
STREAMS = 10_000
"""Streams that one API process keeps open: docs/benchmarks.md."""
HINTS_PER_S = 29_100
"""Messages that one NATS server takes a second, each with its answer, 64 in flight."""
