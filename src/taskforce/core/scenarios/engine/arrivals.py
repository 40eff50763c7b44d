"""When jobs come: each row of demand once, or the rows of a product again and again at random."""

from math import log

from taskforce.core.scenarios.engine.agenda import Agenda, Kind
from taskforce.core.scenarios.engine.jobs import Job
from taskforce.core.scenarios.engine.layout import Layout
from taskforce.core.scenarios.engine.quality import all_good
from taskforce.core.scenarios.engine.streams import BLOCK, Source, Streams

_ARRIVED = Kind.ARRIVED.value
_PROCESSING, _QUALITY = Source.PROCESSING.value, Source.QUALITY.value


class Arrivals:
    """The next job of each source: all rows in order of release, or of each product a Poisson process.

    Rows of a product take turns; each recurs as often within the horizon as it stands in the demand.
    """

    __slots__ = ("_layout", "_rows", "_streams", "_taken", "left", "number")

    def __init__(self, layout: Layout, streams: Streams) -> None:
        self._layout, self._streams = layout, streams
        rows = range(len(layout.orders))
        if layout.poisson:
            products: dict[str, list[int]] = {}
            for row in rows:
                products.setdefault(layout.orders[row][0].product_id, []).append(row)
            self._rows = list(products.values())
        else:
            self._rows = [sorted(rows, key=self._comes)] if rows else []
        self._taken = [0] * len(self._rows)
        self.left = len(self._rows)
        """Sources that have another job."""
        self.number = 0
        """Jobs that have come."""

    def begin(self, agenda: Agenda) -> None:
        """Put the first job of each source in."""
        for source in range(len(self._rows)):
            self._put(agenda, source)

    def next(self, agenda: Agenda, source: int) -> Job:
        """Return the job that comes now, and put the source's next one in."""
        taken, rows = self._taken[source], self._rows[source]
        recurrence, at = divmod(taken, len(rows))
        self._taken[source] = taken + 1
        if self._layout.poisson or taken + 1 < len(rows):
            self._put(agenda, source)
        else:
            self.left -= 1
        return self._job(rows[at], recurrence, agenda.now)

    def _put(self, agenda: Agenda, source: int) -> None:
        rows, taken = self._rows[source], self._taken[source]
        if self._layout.poisson:
            block, at = divmod(taken, BLOCK)
            draw = self._streams.block(Source.ARRIVALS, source, number=block)[at]
            comes = agenda.now - log(draw) * (self._layout.horizon or 0.0) / len(rows)
        else:
            comes = self._comes(rows[taken])
        agenda.put(comes, _ARRIVED, source)

    def _comes(self, row: int) -> float:
        """Return when a row of demand is there; what was released before hour 0 is there from then on."""
        return max(0.0, self._layout.orders[row][0].release)

    def _job(self, row: int, recurrence: int, now: float) -> Job:
        layout = self._layout
        order, route = layout.orders[row]
        poisson, quantity = layout.poisson, order.quantity
        number, self.number = self.number, self.number + 1
        draws, steps = self._streams.draws, len(route.steps)
        return Job(
            number=number,
            job_id=f"{row + 1}.{recurrence + 1}" if poisson else f"{row + 1}",
            entity=(row, recurrence),
            route=route,
            step=route.steps[0],
            arrived=now,
            due=now + order.due - order.release if poisson else order.due,
            priority=order.priority,
            quantity=quantity,
            hours=layout.durations(
                route.means, route.variation, quantity, draws(_PROCESSING, row, recurrence, count=steps)
            ),
            good=all_good(route.yields, quantity, draws(_QUALITY, row, recurrence, count=steps))
            if route.yields
            else [],
            pieces=quantity,
            load=quantity,
            since=now,
        )
