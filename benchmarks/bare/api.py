"""A bare FastAPI route: the response model of our job, one answer from memory, uvicorn as ours is set."""

import uvicorn
from fastapi import FastAPI

from benchmarks.child import told
from taskforce.application.jobs.schemas import JobView


def main() -> None:
    """Serve until SIGTERM."""
    asked = told()
    job = JobView.model_validate({**asked["job"], "version": 1})  # the wire has it in ETag
    app = FastAPI()

    @app.get("/jobs/{job_id}")
    async def get_job(job_id: str) -> JobView:
        return job.model_copy(update={"id": job_id})

    uvicorn.run(
        app, port=asked["port"], ws="none", server_header=False, access_log=False, log_level="warning"
    )


if __name__ == "__main__":
    main()
