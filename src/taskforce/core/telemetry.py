"""Telemetry: spans of what takes time, counters of what has happened, for whoever watches from outside."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

Attributes: TypeAlias = Mapping[str, str | int | float | bool | Sequence[str]]


class SpanKind(StrEnum):
    """Whether something is done here, or by somebody who is asked over a wire."""

    INTERNAL = "internal"
    CLIENT = "client"


class Span(Protocol):
    """Something that is under way."""

    @abstractmethod
    def note(self, attributes: Attributes) -> None:
        """Add what has become known."""

    @abstractmethod
    def fail(self, error: str, message: str) -> None:
        """Say that it failed: with which error, and in words."""


class Tracer(Protocol):
    """Tells of spans. It never fails, and never holds up what it tells of."""

    @abstractmethod
    def span(
        self, name: str, *, kind: SpanKind, attributes: Attributes, parent: str = ""
    ) -> AbstractContextManager[Span]:
        """Begin a span that ends with the context.

        It lies in the span that the running task is in, or in that of the W3C traceparent `parent`.
        An exception that goes through is no failure by itself.
        """

    @abstractmethod
    def close(self) -> None:
        """Send what is not sent yet; it may take some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Something that is counted: its name and its labels by the conventions of Prometheus."""

    name: str
    help: str
    labels: tuple[str, ...]


class Meter(Protocol):
    """Keeps counters of this process. Usable from any thread; it never fails."""

    @abstractmethod
    def count(self, counter: Counter, labels: Mapping[str, str], amount: float = 1) -> None:
        """Add to a counter, under a value for each of its labels."""
