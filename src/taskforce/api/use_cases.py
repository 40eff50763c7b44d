"""A route is a use case on the wire: its id, its summary and its problems come from the service's method."""

import inspect
from collections.abc import Callable
from typing import Any

from taskforce.api.document.problems import May, problems
from taskforce.core.jobs.requests import KeyReused, RequestUnderWay

Words = dict[str, Any]
KEYED = (KeyReused, RequestUnderWay)
"""What a request with an idempotency key may be answered with."""


def use_case(method: Callable[..., object], *also: May, **more: Any) -> Words:  # noqa: ANN401 - FastAPI's words
    """Return how a route tells of its use case, and which other problems it may answer with."""
    service, _, name = method.__qualname__.rpartition(".")
    capability = f"{service.removesuffix('Service').lower()}s"
    return operation(f"{capability}.{name}", inspect.getdoc(method) or "", *also, **more)


def operation(operation_id: str, summary: str, *also: May, **more: Any) -> Words:  # noqa: ANN401 - the same
    """Return how a route tells of itself."""
    responses = more.pop("responses", {}) | problems(*also)
    line = summary.splitlines()[0].removesuffix(".")
    return {"operation_id": operation_id, "summary": line, "responses": responses, **more}
