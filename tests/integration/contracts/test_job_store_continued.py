"""The job store hands on what those recorded that a job continues: what is done, and what may have been."""

import json
from dataclasses import replace

import pytest

from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit, JobStore
from taskforce.core.jobs.steps import SKIPPED, StepError, StepRecord, StepStatus
from tests.builders import LEASE, a_job, a_lease, a_signal, a_step, a_wait, an_event, failure

BROKEN = StepError(code="broken", message="It broke.", details={})
PASSED_OVER = StepError(code=SKIPPED, message="Skipped by carl.", details={})
DONE = a_step("pay", output="paid")
INTENDED = a_step("pay", status=StepStatus.INTENDED, output=None)
INTENDED_AGAIN = replace(INTENDED, attempts=2)
RETRYING = replace(INTENDED, status=StepStatus.RETRYING, error=BROKEN)
FAILED = replace(INTENDED, status=StepStatus.FAILED, error=BROKEN)
SKIP = replace(INTENDED, status=StepStatus.FAILED, error=PASSED_OVER)


async def begun(store: JobStore, *, after: Job | None = None) -> Job:
    continues = None if after is None else after.id
    return await store.submit(replace(a_job(), continues=continues), lease=a_lease())


async def chain(store: JobStore, *records: StepRecord | None) -> Job:
    """Return a job that continues others, the farthest first, each of which recorded one step or none."""
    job = await begun(store)
    for record in records:
        steps = () if record is None else (record,)
        job = await begun(store, after=await store.end(job, Commit(steps=steps), failure()))
    return job


async def test_a_job_that_continues_another_reuses_its_done_steps_and_answered_waits(
    job_store: JobStore,
) -> None:
    job = await begun(job_store)
    answered, still_open = a_wait(job, "answered"), a_wait(job, "open")
    commit = Commit(
        steps=(a_step("done"), a_step("both", output="far"), a_step("bad", status=StepStatus.FAILED)),
        waits=(answered, still_open),
        events=(an_event("told"),),
    )
    await job_store.commit(job, commit, lease=LEASE)
    await job_store.answer(answered.id, a_signal(), job_id=job.id, project=job.project)
    second = await begun(job_store, after=await job_store.end(job, Commit(), failure()))
    near = Commit(steps=(a_step("both", output="near"), a_step("second")))
    await job_store.commit(second, near, lease=LEASE)
    third = await begun(job_store, after=await job_store.end(second, Commit(), failure()))
    await job_store.commit(third, Commit(steps=(a_step("own", status=StepStatus.RETRYING),)), lease=LEASE)
    record = await job_store.load(third)
    assert {key: json.loads(step.output) for key, step in record.steps.items()} == {
        "done": "out",
        "both": "near",
        "second": "out",
        "own": "out",
    }
    assert set(record.waits) == {"answered"}
    assert record.waits["answered"].signal == a_signal()
    assert record.events == frozenset()


@pytest.mark.parametrize(
    ("records", "handed_on"),
    [
        ([INTENDED], INTENDED),
        ([INTENDED, None], INTENDED),
        ([INTENDED, INTENDED_AGAIN], INTENDED_AGAIN),
        ([INTENDED, DONE], DONE),
        ([INTENDED, SKIP], SKIP),
        ([SKIP, None], SKIP),
        ([FAILED, INTENDED], INTENDED),
        ([RETRYING, INTENDED], INTENDED),
        ([FAILED], None),
        ([RETRYING], None),
        ([INTENDED, FAILED], None),
        ([INTENDED, RETRYING], None),
        ([INTENDED, FAILED, None], None),
    ],
)
async def test_of_those_that_recorded_a_step_the_nearest_says_how_it_stands(
    job_store: JobStore, records: list[StepRecord | None], handed_on: StepRecord | None
) -> None:
    job = await chain(job_store, *records)
    assert (await job_store.load(job)).steps == ({} if handed_on is None else {"pay": handed_on})


@pytest.mark.parametrize("own", [DONE, INTENDED_AGAIN, RETRYING, FAILED, SKIP])
async def test_a_jobs_own_record_holds_against_those_it_continues(
    job_store: JobStore, own: StepRecord
) -> None:
    job = await chain(job_store, INTENDED)
    await job_store.commit(job, Commit(steps=(own,)), lease=LEASE)
    assert (await job_store.load(job)).steps == {"pay": own}
