"""Many seeds side by side, in processes of their own; run as a program it tells one seed's history.

python -m tests.integration.proof.sweep 17
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context

from taskforce.core.documents import digest
from tests.integration.proof.simulation import History, simulate

AT_ONCE = 25
COUNTED = (
    "ends",
    "holds",
    "drains",
    "sets the clock",
    "retries",
    "watches",
    "hears answer",
    "hears timer",
    "log lease_lost",
    "log play_stopped",
    "job.ended",
    "step.done.recorded",
)
"""Words that a history is looked through for, to know that it was eventful."""


@dataclass(slots=True)
class Swept:
    """What came of many seeds."""

    seeds: int = 0
    bad: dict[int, tuple[str, ...]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Swept") -> None:
        self.seeds += other.seeds
        self.bad |= other.bad
        self.counts += other.counts

    def told(self) -> str:
        """Say which seeds are bad, and how to see one again."""
        lines = [f"{len(self.bad)} of {self.seeds} seeds are bad."]
        for seed, findings in sorted(self.bad.items())[:5]:
            lines += [f"  SEED={seed} .venv/bin/python -m pytest -s {TEST}", f"    {findings[0]}"]
        return "\n".join(lines)


TEST = "tests/integration/proof/test_simulation.py"


def swept(seeds: Sequence[int]) -> Swept:
    """Live these histories on as many processes as there are cores."""
    parts = [seeds[start : start + AT_ONCE] for start in range(0, len(seeds), AT_ONCE)]
    whole = Swept()
    spawn = get_context("spawn")
    with uncounted(), ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=spawn) as pool:
        for part in pool.map(_part, parts):
            whole.add(part)
    return whole


@contextmanager
def uncounted() -> Iterator[None]:
    """Start processes that count no lines: it takes as long again, and other tests come by the same lines."""
    counting = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_")}
    try:
        yield
    finally:
        os.environ.update(counting)


def _part(seeds: Sequence[int]) -> Swept:
    part = Swept()
    for history in map(simulate, seeds):
        part.seeds += 1
        part.counts.update({word: history.count(word) for word in COUNTED})
        if history.findings:
            part.bad[history.seed] = history.findings
    return part


def told(history: History) -> Iterator[str]:
    yield from history.trace
    yield from (f"FOUND {finding}" for finding in history.findings)
    yield f"seed {history.seed}: {len(history.trace)} lines, {digest(list(history.trace))}"


if __name__ == "__main__":
    print("\n".join(told(simulate(int(sys.argv[1])))))  # noqa: T201 - it talks to a person
