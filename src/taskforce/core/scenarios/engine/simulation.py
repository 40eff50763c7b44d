"""A scenario on a plant, played in slices of any size: all replications, one after the other."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from taskforce.core.scenarios.engine.closing import closed
from taskforce.core.scenarios.engine.fitness import require_fit
from taskforce.core.scenarios.engine.floor import Floor
from taskforce.core.scenarios.engine.freezing import frozen, thawed
from taskforce.core.scenarios.engine.layout import Layout
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.plant import Plant
from taskforce.core.scenarios.scenario import ScenarioConfig


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the cyclic collector still: it finds nothing here, and would walk all of the timeline."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Simulation:
    """Equal plants and scenarios come to equal outcomes, however they are sliced, frozen and thawed."""

    def __init__(self, layout: Layout, floor: Floor) -> None:
        self._layout, self._floor = layout, floor
        self._finished: list[Replication] = []
        self._over = False

    @classmethod
    def begin(cls, plant: Plant, scenario: ScenarioConfig) -> Self:
        """Return it at its beginning. Raises ScenarioUnfit."""
        require_fit(plant, scenario)
        layout = Layout(plant, scenario)
        return cls(layout, Floor(layout, 0))

    @classmethod
    def thaw(cls, plant: Plant, scenario: ScenarioConfig, state: bytes) -> Self:
        """Return it as it was frozen, for the same plant and scenario. Raises StateInvalid."""
        layout = Layout(plant, scenario)
        return cls(layout, thawed(layout, state))

    def freeze(self) -> bytes:
        """Return the whole state, but for the replications that `finished` is yet to tell."""
        return frozen(self._floor)

    def play(self, most_events: int) -> bool:
        """Let so many events happen at most; tell whether all replications are over."""
        left = most_events
        with _uncollected():
            while left > 0 and not self._over:
                left -= self._floor.play(left)
                if self._floor.over:
                    self._finish()
        return self._over

    @property
    def done(self) -> float:
        """Return how much of the whole is over, from 0 to 1."""
        replications = self._layout.scenario.replications
        return 1.0 if self._over else (self._floor.number + self._floor.done) / replications

    def finished(self) -> tuple[Replication, ...]:
        """Return the replications that have ended since this was last asked."""
        finished, self._finished = tuple(self._finished), []
        return finished

    def _finish(self) -> None:
        floor = self._floor
        self._finished.append(closed(floor))
        if floor.number + 1 < self._layout.scenario.replications:
            self._floor = Floor(self._layout, floor.number + 1)
        else:
            self._over = True
