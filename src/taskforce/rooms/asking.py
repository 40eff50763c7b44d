"""How the library asks a use case: with the fields of its request as keyword arguments."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeVar

from pydantic import ValidationError

from taskforce.application.jobs.refusals import refused
from taskforce.application.jobs.schemas import Request
from taskforce.core.principals import Principal

P = ParamSpec("P")
R = TypeVar("R", bound=Request)
V = TypeVar("V")


def asked(principal: Principal, use: Callable[[Principal, R], V], request: Callable[P, R]) -> Callable[P, V]:
    """Return a use case that takes the fields of its request as keyword arguments, as this principal."""

    @wraps(use)
    def ask(*args: P.args, **fields: P.kwargs) -> V:
        try:
            made = request(*args, **fields)
        except ValidationError as wrong:
            raise refused(wrong) from wrong
        return use(principal, made)

    ask.__signature__ = signature(request)  # type: ignore[attr-defined] # what help() shows
    return ask
