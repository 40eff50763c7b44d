"""Samples and how they are gathered: contenders take turns, round by round, each in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

ROOT = Path(__file__).parent.parent
PATIENCE = 240

Found: TypeAlias = Mapping[str, float]
Contender: TypeAlias = Callable[[], Found]


@dataclass(frozen=True, slots=True)
class Samples:
    """What the rounds gave for one figure."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the middle."""
        return median(self.values)

    @property
    def spread(self) -> str:
        """Return lowest and highest."""
        return f"{shown(min(self.values))}-{shown(max(self.values))}"

    def times(self, factor: float) -> "Samples":
        """Return them in another unit."""
        return Samples(tuple(value * factor for value in self.values))


def shown(value: float) -> str:
    """Return a figure with three digits that count."""
    if abs(value) >= 1_000:  # noqa: PLR2004 - three digits and more
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"  # noqa: PLR2004 - three digits


def in_turns(contenders: Mapping[str, Contender], *, rounds: int) -> dict[str, dict[str, Samples]]:
    """Let the contenders take turns; every second round goes the other way round."""
    told: dict[str, list[Found]] = {name: [] for name in contenders}
    for number in range(rounds):
        names: Sequence[str] = list(contenders)
        for name in names if number % 2 == 0 else reversed(names):
            told[name].append(contenders[name]())
            say(f"  round {number + 1}: {name}: {_line(told[name][-1])}")
    return {
        name: {key: Samples(tuple(found[key] for found in each)) for key in each[0]}
        for name, each in told.items()
    }


def run(python: Path, module: str, /, *, before: Sequence[str] = (), **told: object) -> dict[str, Any]:
    """Run a measured process to its end and return what it tells."""
    command = [*before, str(python), "-m", module, json.dumps(told)]
    done = subprocess.run(
        command, cwd=ROOT, env=clean(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if done.returncode:
        raise SystemExit(f"{module} {told} failed with {done.returncode}:\n{done.stderr[-4000:]}")
    told_last = [line for line in done.stdout.splitlines() if line.startswith("{")][-1]  # py-spy talks, too
    found: dict[str, Any] = json.loads(told_last)
    return found


def clean() -> dict[str, str]:
    """Return the environment without what would change the contenders' ways."""
    left_out = ("TASKFORCE_", "DBOS_", "PREFECT_", "LANG", "AGNO_", "OTEL_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    # Keep: nobody is to send traces or telemetry anywhere from here.
    return kept | {"LANGSMITH_TRACING": "false", "AGNO_TELEMETRY": "false", "PYTHONHASHSEED": "0"}


def say(line: str) -> None:
    """Tell whoever waits how far it is."""
    print(line, file=sys.stderr, flush=True)


def _line(found: Found) -> str:
    return ", ".join(f"{key} {shown(value)}" for key, value in found.items())
