"""Figures in the text format of Prometheus, 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import ClassVar, TypeAlias

from taskforce.core.telemetry import Counter, Gauge, Histogram, Instrument, Meter

MOST = 1_000
"""Sets of labels that one figure has; what comes after them is shown together, as `other`."""
OTHER = "other"

Labels: TypeAlias = tuple[str, ...]


class _Spread:
    """How many values lie below each bound, and their sum."""

    __slots__ = ("counts", "total")

    def __init__(self, bounds: int) -> None:
        self.counts = [0] * (bounds + 1)
        self.total = 0.0


class PrometheusMeter(Meter):
    """Keeps figures in memory, and shows them as Prometheus reads them; each is there from the beginning."""

    media_type: ClassVar[str] = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, instruments: Sequence[Instrument]) -> None:
        self._lock = Lock()
        self._instruments = tuple(instruments)
        self._sums: dict[str, dict[Labels, float]] = {each.name: {} for each in instruments}
        self._spreads: dict[str, dict[Labels, _Spread]] = {each.name: {} for each in instruments}

    def count(self, counter: Counter, labels: Mapping[str, str], amount: float = 1) -> None:
        values = tuple(labels[name] for name in counter.labels)
        with self._lock:
            sums = self._sums[counter.name]
            values = _bounded(values, sums)
            sums[values] = sums.get(values, 0) + amount

    def set(self, gauge: Gauge, readings: Mapping[Labels, float]) -> None:
        with self._lock:
            self._sums[gauge.name] = dict(readings)

    def observe(self, histogram: Histogram, labels: Mapping[str, str], value: float) -> None:
        values = tuple(labels[name] for name in histogram.labels)
        with self._lock:
            spreads = self._spreads[histogram.name]
            values = _bounded(values, spreads)
            spread = spreads.get(values)
            if spread is None:
                spread = spreads[values] = _Spread(len(histogram.bounds))
            spread.counts[bisect_left(histogram.bounds, value)] += 1
            spread.total += value

    def text(self) -> str:
        """Return all figures."""
        with self._lock:
            return "".join(line for each in self._instruments for line in self._lines(each))

    def _lines(self, instrument: Instrument) -> Iterator[str]:
        name = instrument.name
        yield f"# HELP {name} {instrument.help}\n# TYPE {name} {type(instrument).__name__.lower()}\n"
        if isinstance(instrument, Histogram):
            for values, spread in sorted(self._spreads[name].items()):
                yield from _spread_lines(instrument, values, spread)
            return
        for values, amount in sorted(self._sums[name].items()):
            yield f"{name}{_written(instrument.labels, values)} {_number(amount)}\n"


def _spread_lines(histogram: Histogram, values: Labels, spread: _Spread) -> Iterator[str]:
    name, below = histogram.name, 0
    for bound, count in zip((*map(_number, histogram.bounds), "+Inf"), spread.counts, strict=True):
        below += count
        yield f"{name}_bucket{_written((*histogram.labels, 'le'), (*values, bound))} {below}\n"
    labels = _written(histogram.labels, values)
    yield f"{name}_sum{labels} {_number(spread.total)}\n{name}_count{labels} {below}\n"


def _bounded(values: Labels, known: Mapping[Labels, object]) -> Labels:
    """Return the values of labels, or that they are others where there are too many already."""
    return values if values in known or len(known) < MOST else (OTHER,) * len(values)


def _written(names: Labels, values: Labels) -> str:
    if not names:
        return ""
    pairs = (f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))
    return f"{{{','.join(pairs)}}}"


def _number(amount: float) -> str:
    return f"{amount:.15g}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
