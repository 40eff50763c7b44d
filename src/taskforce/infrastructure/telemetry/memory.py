"""Telemetry in memory, to be looked at."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from taskforce.core.telemetry import Attributes, Counter, Gauge, Histogram, Meter, Span, SpanKind, Tracer

_current: ContextVar["KeptSpan | None"] = ContextVar("span", default=None)


@dataclass(slots=True, kw_only=True)
class KeptSpan(Span):
    """A span that is kept."""

    name: str
    kind: SpanKind
    parent: "KeptSpan | str | None"
    attributes: dict[str, object] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    is_over: bool = False

    @property
    def traceparent(self) -> str:
        return f"00-{'1' * 32}-{id(self):016x}-01"

    def rename(self, name: str) -> None:
        self.name = name

    def note(self, attributes: Attributes) -> None:
        self.attributes |= attributes

    def fail(self, error: str, message: str) -> None:
        self.error = (error, message)


class MemoryTracer(Tracer):
    """Keeps spans in the order in which they began."""

    def __init__(self) -> None:
        self.spans: list[KeptSpan] = []

    @contextmanager
    def span(
        self, name: str, *, kind: SpanKind, attributes: Attributes, parent: str = ""
    ) -> Iterator[KeptSpan]:
        span = KeptSpan(name=name, kind=kind, parent=parent or _current.get(), attributes={**attributes})
        self.spans.append(span)
        before = _current.set(span)
        try:
            yield span
        finally:
            _current.reset(before)
            span.is_over = True

    def close(self) -> None:
        return


class MemoryMeter(Meter):
    """Keeps sums by counter and labels, the latest readings, and what was observed."""

    def __init__(self) -> None:
        self.readings: dict[str, Mapping[tuple[str, ...], float]] = {}
        self.observed: dict[str, list[tuple[dict[str, str], float]]] = {}
        self.sums: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}

    def count(self, counter: Counter, labels: Mapping[str, str], amount: float = 1) -> None:
        key = (counter.name, tuple(sorted(labels.items())))
        self.sums[key] = self.sums.get(key, 0) + amount

    def set(self, gauge: Gauge, readings: Mapping[tuple[str, ...], float]) -> None:
        self.readings[gauge.name] = dict(readings)

    def observe(self, histogram: Histogram, labels: Mapping[str, str], value: float) -> None:
        self.observed.setdefault(histogram.name, []).append((dict(labels), value))

    def sum(self, counter: Counter, **labels: str) -> float:
        """Return a counter's sum over all that bear these labels."""
        wanted = labels.items()
        return sum(
            amount
            for (name, told), amount in self.sums.items()
            if name == counter.name and wanted <= dict(told).items()
        )
