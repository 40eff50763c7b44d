"""Requests under a key: made again, they make nothing new."""

from dataclasses import dataclass
from datetime import timedelta

from taskforce.core.errors import Conflict, Invalid
from taskforce.core.identity import ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """A key, and where it counts: for one principal, in one project, for one use case."""

    project: ProjectId
    principal: str
    use_case: str
    key: str


class KeyReused(Invalid):
    """A key that was used before, for something else."""

    code = "idempotency_key_reused"
    title = "Idempotency key reused"

    def __init__(self) -> None:
        super().__init__("This idempotency key was used for another request. Take a new key for a new one.")


class RequestUnderWay(Conflict):
    """The same request was made before, and what it asked for is not done yet."""

    code = "request_under_way"
    title = "Request under way"
    retry_after = timedelta(seconds=1)

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"Job {job_id} already works on this request. Ask again later, or watch the job.",
            details={"job_id": job_id},
        )
