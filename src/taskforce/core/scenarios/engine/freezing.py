"""The state of a simulation as bytes: a version, a checksum, and the pickled floor.

What follows from plant and scenario alone is left out and found again. Only this engine's own classes are
ever built from such bytes; all else in them is refused.
"""

import pickle
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from typing import Any

from taskforce.core.errors import Invalid
from taskforce.core.scenarios.engine.agenda import Agenda
from taskforce.core.scenarios.engine.arrivals import Arrivals
from taskforce.core.scenarios.engine.board import Board
from taskforce.core.scenarios.engine.breakdowns import Breakdowns
from taskforce.core.scenarios.engine.crew import Crew
from taskforce.core.scenarios.engine.dispatch import LINES
from taskforce.core.scenarios.engine.floor import Floor
from taskforce.core.scenarios.engine.jobs import Job
from taskforce.core.scenarios.engine.journal import Journal
from taskforce.core.scenarios.engine.layout import Layout, Route, Step
from taskforce.core.scenarios.engine.parts import Group, Place, Unit, Worker
from taskforce.core.scenarios.engine.streams import Streams
from taskforce.core.scenarios.engine.tally import Tally
from taskforce.core.scenarios.outcome import Happening, JobRecord

VERSION = b"taskforce-simulation-2\n"
_DIGEST = 32
_MOVING = (
    Agenda,
    Arrivals,
    Board,
    Breakdowns,
    Crew,
    Floor,
    Group,
    Happening,
    Job,
    JobRecord,
    Journal,
    Place,
    Streams,
    Tally,
    Unit,
    Worker,
    *LINES.values(),
)


class StateInvalid(Invalid):
    """Bytes that are not the state of this simulation."""

    code = "state_invalid"
    title = "State of a simulation not valid"

    def __init__(self) -> None:
        super().__init__("These bytes are no state of this simulation by this version. Begin it again.")


def frozen(floor: Floor) -> bytes:
    """Return the state of a replication."""
    written = BytesIO()
    _Writer(written, protocol=5).dump(floor)
    state = written.getvalue()
    return VERSION + sha256(state).digest() + state


def thawed(layout: Layout, state: bytes) -> Floor:
    """Return the replication whose state it is. Raises StateInvalid."""
    head = len(VERSION) + _DIGEST
    content = state[head:]
    if state[:head] != VERSION + sha256(content).digest():
        raise StateInvalid
    floor = _Reader(BytesIO(content), layout).load()
    if not isinstance(floor, Floor):
        raise StateInvalid
    return floor


# How it is written that something is the layout's: the names stand for what the reader puts in their place.


def _layout() -> Layout:
    raise StateInvalid


def _route(_number: int) -> Route:
    raise StateInvalid


def _step(_number: int, _at: int) -> Step:
    raise StateInvalid


class _Writer(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:  # noqa: ANN401 - as the library types it
        """Name what is the layout's."""
        if isinstance(obj, Step):
            return _step, (obj.route, obj.at)
        if isinstance(obj, Route):
            return _route, (obj.steps[0].route,)
        if isinstance(obj, Layout):
            return _layout, ()
        return NotImplemented


class _Reader(pickle.Unpickler):
    def __init__(self, content: BytesIO, layout: Layout) -> None:
        super().__init__(content)

        def step(number: int, at: int) -> Step:
            return layout.routes[number].steps[at]

        known: tuple[Callable[..., Any], ...] = (_layout, _route, _step)
        stands_for: tuple[Callable[..., Any], ...] = (lambda: layout, layout.routes.__getitem__, step)
        self._known: dict[tuple[str, str], Any] = {
            (made.__module__, made.__qualname__): made for made in _MOVING
        }
        for name, found in zip(known, stands_for, strict=True):
            self._known[name.__module__, name.__qualname__] = found

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as the library types it
        """Return one of our own."""
        try:
            return self._known[module, name]
        except KeyError:
            raise StateInvalid from None
