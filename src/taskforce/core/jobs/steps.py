"""Steps: what is recorded of a job's doing, so that it is not done twice."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject

SKIPPED = "skipped"
"""The error's code of a `once` step that a person said not to start again."""


class Effect(StrEnum):
    """What may be done with a step that was under way when its worker died.

    `idempotent`: started again under the same key. `transactional`: its effect is part of the
    record's own transaction. `once`: never started again without a person's word.
    """

    IDEMPOTENT = "idempotent"
    TRANSACTIONAL = "transactional"
    ONCE = "once"


class StepStatus(StrEnum):
    """How a step stands."""

    INTENDED = "intended"
    RETRYING = "retrying"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepError:
    """Why a try failed."""

    code: str
    message: str
    details: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """What is recorded under a key: an output, a reference to a long one, or an error."""

    key: str
    status: StepStatus
    attempts: int = 1
    output: JsonValue = None
    overflow: ArtifactRef | None = None
    """Where the output is, when it is too long for the record."""
    error: StepError | None = None
