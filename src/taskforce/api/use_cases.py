"""A route is a use case on the wire: its id, its summary and its problems come from the service's method."""

import inspect
from collections.abc import Callable
from typing import Any

from taskforce.api.document.problems import May, problems
from taskforce.core.access.permissions import OPEN, SIGNED, name_of
from taskforce.core.jobs.requests import KeyReused, RequestUnderWay
from taskforce.core.limits import TooManyFailures

Words = dict[str, Any]
ADMITTED: tuple[May, ...] = (401, 429, TooManyFailures)
"""What whoever asks may be answered with before a use case is: who is that, and not so often."""
KEYED = (KeyReused, RequestUnderWay)
"""What a request with an idempotency key may be answered with."""


def use_case(method: Callable[..., object], *also: May, **more: Any) -> Words:  # noqa: ANN401 - FastAPI's words
    """Return how a route tells of its use case, and which other problems it may answer with."""
    return operation(name_of(method), inspect.getdoc(method) or "", *also, **more)


def operation(operation_id: str, summary: str, *also: May, **more: Any) -> Words:  # noqa: ANN401 - the same
    """Return how a route tells of itself."""
    is_open = operation_id in OPEN
    responses = more.pop("responses", {}) | problems(*(() if is_open else ADMITTED), *also)
    line = summary.splitlines()[0].removesuffix(".")
    ways: list[Words] | None = [] if is_open else [{"signature": []}] if operation_id in SIGNED else None
    told: Words = {} if ways is None else {"openapi_extra": {"security": ways}}
    return {"operation_id": operation_id, "summary": line, "responses": responses, **told, **more}
