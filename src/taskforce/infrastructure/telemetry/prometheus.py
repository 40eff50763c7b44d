"""Counters in the text format of Prometheus, 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import ClassVar

from taskforce.core.telemetry import Counter, Meter


class PrometheusMeter(Meter):
    """Counts in memory, and shows the counters as Prometheus reads them; each is there from the beginning."""

    media_type: ClassVar[str] = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, counters: Sequence[Counter]) -> None:
        self._lock = Lock()
        self._sums: dict[str, dict[tuple[str, ...], float]] = {counter.name: {} for counter in counters}
        self._counters = tuple(counters)

    def count(self, counter: Counter, labels: Mapping[str, str], amount: float = 1) -> None:
        values = tuple(labels[name] for name in counter.labels)
        with self._lock:
            sums = self._sums[counter.name]
            sums[values] = sums.get(values, 0) + amount

    def text(self) -> str:
        """Return all counters."""
        with self._lock:
            return "".join(line for counter in self._counters for line in self._lines(counter))

    def _lines(self, counter: Counter) -> list[str]:
        lines = [f"# HELP {counter.name} {counter.help}\n", f"# TYPE {counter.name} counter\n"]
        for values, amount in sorted(self._sums[counter.name].items()):
            labels = ",".join(
                f'{name}="{_escaped(value)}"' for name, value in zip(counter.labels, values, strict=True)
            )
            lines.append(f"{counter.name}{{{labels}}} {amount:.15g}\n")
        return lines


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
