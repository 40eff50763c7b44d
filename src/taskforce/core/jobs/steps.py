"""Steps: what is recorded of a job's doing, so that it is not done twice."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import NULL, JsonObject, JsonText

LONGEST_OUTPUT = 1024 * 1024
"""Bytes of JSON that a record holds; what is longer goes to the artifact store."""
SKIPPED = "skipped"
"""The error's code of a `once` step that a person said not to start again."""


class Effect(StrEnum):
    """What may be done with a step that was under way when its worker stopped.

    `idempotent`: started again under the same key. `once`: never started again without a person's word, or a
    ruling, by a job that continues its own neither. What is written in the record's own transaction has no
    middle, and is no step: `JobContext.write`.
    """

    IDEMPOTENT = "idempotent"
    ONCE = "once"


class StepStatus(StrEnum):
    """How a step stands."""

    INTENDED = "intended"
    RETRYING = "retrying"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is decided beforehand about a `once` step that was under way when its worker stopped."""

    decision: Literal["repeat", "skip"]
    by: str
    """Who decided, for the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a step is about, in its program's words: for whoever is asked what became of it."""

    name: str
    """The subject of a sentence."""
    details: JsonObject
    ruling: Ruling | None = None
    """None: a person is asked."""


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
    output: JsonText = NULL
    overflow: ArtifactRef | None = None
    """Where the output is, when it is too long for the record."""
    error: StepError | None = None

    @property
    def outlives_its_job(self) -> bool:
        """Tell whether a job that continues this one goes on from it; what failed is tried again.

        An intent without an outcome may have happened, and what a person said to skip stays skipped.
        """
        is_skipped = self.error is not None and self.error.code == SKIPPED
        return self.status in {StepStatus.DONE, StepStatus.INTENDED} or is_skipped
