"""Telemetry: spans of what takes time, figures of what happens, for whoever watches from outside."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

Attributes: TypeAlias = Mapping[str, str | int | float | bool | Sequence[str]]


class SpanKind(StrEnum):
    """Whether something is done here, by somebody who is asked over a wire, for one, or later for one."""

    INTERNAL = "internal"
    CLIENT = "client"
    SERVER = "server"
    CONSUMER = "consumer"


class Span(Protocol):
    """Something that is under way."""

    @property
    @abstractmethod
    def traceparent(self) -> str:
        """Return by what others lie in it (W3C Trace Context); "" when nobody is told of it."""

    @abstractmethod
    def rename(self, name: str) -> None:
        """Call it by what it has proved to be."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """Something that goes up and down."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """How long things take, or how large they are: how many lie below each bound."""

    name: str
    help: str
    labels: tuple[str, ...]
    bounds: tuple[float, ...]
    """Upwards; what lies above the last is counted, too."""


Instrument: TypeAlias = Counter | Gauge | Histogram


class Meter(Protocol):
    """Keeps figures of this process. Usable from any thread; it never fails."""

    @abstractmethod
    def count(self, counter: Counter, labels: Mapping[str, str], amount: float = 1) -> None:
        """Add to a counter, under a value for each of its labels."""

    @abstractmethod
    def set(self, gauge: Gauge, readings: Mapping[tuple[str, ...], float]) -> None:
        """Show this from now on and nothing else, by the values of the gauge's labels in their order."""

    @abstractmethod
    def observe(self, histogram: Histogram, labels: Mapping[str, str], value: float) -> None:
        """Add a value to a histogram, under a value for each of its labels."""
