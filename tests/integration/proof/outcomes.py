"""What came of the jobs of a history, compared with what the reference interpreter says."""

import json
from collections import Counter
from collections.abc import Collection

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import CANCELLED, DEAD_LETTER, LOSSES_IN_A_ROW, JobStatus
from tests.integration.proof.audit import Finding
from tests.integration.proof.plans import BROKEN, Expected, Node, expected
from tests.integration.proof.virtual_disk import Disk

_JOBS = """
    SELECT j.id, j.root, j.status, j.result, j.failure, i.input
    FROM jobs j JOIN job_inputs i ON i.job_id = j.id ORDER BY j.created_at, j.id
"""


def compare(disk: Disk, *, accepted: Collection[JobId], losses: Counter[str]) -> None:
    """Compare each job with its plan. Raises Finding.

    Of a family in which something was cancelled or lost too often, only what is recorded is compared.
    """
    rows = [tuple(map(str, row)) for row in disk.rows(_JOBS)]
    missing = set(accepted) - {row[0] for row in rows}
    _same("accepted jobs that are not stored", missing, set())
    disturbed = {root for _, root, _, _, failure, _ in rows if _code(failure) in {CANCELLED, DEAD_LETTER}}
    for job, root, status, result, failure, input in rows:
        is_dead_letter = _code(failure) == DEAD_LETTER and "losses" in json.loads(failure)["details"]
        if is_dead_letter and losses[job] < LOSSES_IN_A_ROW - 1:
            raise Finding(f"{job} is a dead letter after {losses[job]} losses")
        want = expected(tuple(Node.model_validate(node) for node in json.loads(input)["plan"]))
        if root not in disturbed:
            _same(f"status and code of {job}", (status, _code(failure)), (want.status.value, want.code))
            if want.status is JobStatus.SUCCEEDED:
                _same(f"result of {job}", json.loads(result), want.result)
                _same_record(disk, job, want)
        _within(f"steps of {job}", _steps(disk, job), want.steps)


def _same_record(disk: Disk, job: str, want: Expected) -> None:
    _same(f"steps of {job}", _steps(disk, job), want.steps)
    told = disk.rows("SELECT key FROM job_events WHERE job_id = ? AND type = 'told'", job)
    _same(f"events of {job}", {key for (key,) in told}, want.events)
    kept = disk.rows("SELECT key FROM artifacts WHERE job_id = ?", job)
    _same(
        f"artifacts of {job}",
        {str(key).partition(f"{job}/")[2] for (key,) in kept},
        want.artifacts,
    )


def _steps(disk: Disk, job: str) -> dict[str, int]:
    query = "SELECT key, status, output FROM job_steps WHERE job_id = ?"
    found: dict[str, int] = {}
    for key, status, output in disk.rows(query, job):
        if status in {"done", "failed"} and not str(key).endswith(("/now", ".txt")):
            found[str(key)] = BROKEN if status == "failed" else json.loads(str(output))
    return found


def _code(failure: str) -> str | None:
    return None if failure == "None" else str(json.loads(failure)["code"])


def _within(what: str, have: dict[str, int], want: dict[str, int]) -> None:
    """Compare what is there of it; what a failed job did not come to is missing."""
    planned = {key: value for key, value in want.items() if key in have}
    _same(what, have, planned | dict.fromkeys(have.keys() - want.keys(), BROKEN - 1))


def _same(what: str, have: object, want: object) -> None:
    if have != want:
        raise Finding(f"{what}: {have}, not {want}")
