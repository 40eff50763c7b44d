"""What came of the jobs of a history, compared with what the reference interpreter says."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import CANCELLED, DEAD_LETTER, LOSSES_IN_A_ROW, JobStatus
from tests.integration.proof.audit import Finding
from tests.integration.proof.plans import BROKEN, Expected, Node, expected
from tests.integration.proof.virtual_disk import Disk

_JOBS = """
    SELECT j.id, j.root, j.status, j.result, j.failure, i.own, j.continues, j.parent
    FROM jobs j JOIN job_inputs i ON i.job = j.number ORDER BY j.created_at, j.id
"""
_TOLD = "SELECT key FROM job_events JOIN jobs j ON j.number = job WHERE j.id = ? AND type = 'told'"
_KEPT = "SELECT a.key FROM artifacts a JOIN jobs j ON j.number = job WHERE j.id = ?"
_RECORDED = "SELECT key, s.status, output FROM job_steps s JOIN jobs j ON j.number = job WHERE j.id = ?"


def compare(disk: Disk, *, accepted: Collection[JobId], losses: Counter[str]) -> None:
    """Compare each job with its plan. Raises Finding.

    Of a family in which something was cancelled or lost too often, only what is recorded is compared. So of
    one that continues it and reuses what a child made of such a job.
    """
    rows = [tuple(map(str, row)) for row in disk.rows(_JOBS)]
    missing = set(accepted) - {row[0] for row in rows}
    _same("accepted jobs that are not stored", missing, set())
    broken = [row for row in rows if _code(row[4]) in {CANCELLED, DEAD_LETTER}]
    disturbed = {row[1] for row in broken}
    handed_on = {row[1] for row in broken if row[7] not in {"None", row[1]}}
    continued = {row[0]: row[6] for row in rows}
    for job, root, status, result, failure, input, *_ in rows:
        is_dead_letter = _code(failure) == DEAD_LETTER and "losses" in json.loads(failure)["details"]
        if is_dead_letter and losses[job] < LOSSES_IN_A_ROW - 1:
            raise Finding(f"{job} is a dead letter after {losses[job]} losses")
        want = expected(tuple(Node.model_validate(node) for node in json.loads(input)["plan"]))
        if root not in disturbed and handed_on.isdisjoint(_chain(root, continued)):
            _same(f"status and code of {job}", (status, _code(failure)), (want.status.value, want.code))
            if want.status is JobStatus.SUCCEEDED:
                _same(f"result of {job}", json.loads(result), want.result)
                _same_record(disk, [*_chain(job, continued)], want)
        _within(f"steps of {job}", _steps(disk, job), want.steps)


def _chain(job: str, continued: Mapping[str, str]) -> Iterator[str]:
    """Yield a job and those it continues."""
    while job in continued:
        yield job
        job = continued[job]


def _same_record(disk: Disk, chain: Sequence[str], want: Expected) -> None:
    """Compare what a job recorded; what it reuses is recorded by those it continues."""
    job = chain[0]
    steps: dict[str, int] = {}
    artifacts: set[str] = set()
    for near in reversed(chain):
        steps |= _steps(disk, near)
        kept = disk.rows(_KEPT, near)
        artifacts |= {str(key).partition(f"{near}/")[2] for (key,) in kept}
    _same(f"steps of {job}", steps, want.steps)
    told = disk.rows(_TOLD, job)
    _same(f"events of {job}", {key for (key,) in told}, want.events)
    _same(f"artifacts of {job}", artifacts, want.artifacts)


def _steps(disk: Disk, job: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, status, output in disk.rows(_RECORDED, job):
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
