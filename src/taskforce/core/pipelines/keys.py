"""Where what runs keep lies in the artifact store, and the key of what they wait for."""

import re

from taskforce.core.identity import ID_PATTERN, JobId

RUNS_PREFIX = "pipeline-runs/"
"""What the keys of all that runs store begin with."""
_RUN_KEY = re.compile(rf"pipeline-runs/({ID_PATTERN[1:-1]})/")


def report_key(phase: str, project_name: str, step: str) -> str:
    """Return the key of the wait that an external step opens in its run."""
    return f"{phase}/{project_name}/{step}/report"


def log_key(run: JobId, phase: str, project_name: str, step: str) -> str:
    """Return where a step's log is in the artifact store."""
    return f"{logs_prefix(run)}{phase}/{project_name}/{step}.log"


def logs_prefix(run: JobId) -> str:
    """Return what the keys of a run's logs begin with."""
    return f"{run_prefix(run)}logs/"


def run_prefix(run: JobId) -> str:
    """Return what the keys of all that a run stores begin with."""
    return f"{RUNS_PREFIX}{run}/"


def upload_key(run: JobId, phase: str, project_name: str, step: str) -> str:
    """Return where a worker outside puts a step's log, which is no artifact until the run takes it over."""
    return f"{run_prefix(run)}uploads/{phase}/{project_name}/{step}.log"


def result_key(run: JobId, kind: str, job: JobId) -> str:
    """Return where the long result of a job that did a step is in the artifact store."""
    return f"{run_prefix(run)}results/{kind}/{job}.json"


def run_of_key(key: str) -> JobId | None:
    """Return the run that a key belongs to, if it is one of a run's."""
    found = _RUN_KEY.match(key)
    return JobId(found[1]) if found else None
