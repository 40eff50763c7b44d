"""Writes the tables of docs/explanation/capacity.md; `--check` only compares."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.capacity import Forecast, House, Load, forecast, played, spread_over
from benchmarks.measure import shown
from benchmarks.unit_costs import HINTS_PER_S, POSTGRESQL, REPLAYED_PER_S, SQLITE, STREAMS

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "capacity.md"
SEED = 1
GIGA = 1e9
SCENARIOS: Sequence[tuple[Load, House]] = (
    (
        Load(name="a laptop", jobs_per_day=1_000, steps=5, events_per_step=2),
        House(costs=SQLITE, doors=1, places=4),
    ),
    (Load(name="a team", jobs_per_day=20_000), House(costs=POSTGRESQL)),
    (Load(name="a company", jobs_per_day=200_000), House(costs=POSTGRESQL, places=32)),
    (Load(name="a million a day", jobs_per_day=1_000_000), House(costs=POSTGRESQL, places=64, doors=4)),
)


def forecasts() -> Iterator[Forecast]:
    """Return what each scenario comes to, in one house."""
    return (forecast(load, house) for load, house in SCENARIOS)


def costs() -> str:
    """Return the table of unit costs."""
    head = ("store", "a job [B]", "a step [B]", "an event [B]", "log: a job, a step, an event [B]", "steps/s")
    rows = (
        (
            each.store,
            shown(each.job_bytes),
            shown(each.step_bytes),
            shown(each.event_bytes),
            ", ".join(map(shown, (each.log_job_bytes, each.log_step_bytes, each.log_event_bytes)))
            if each.is_server
            else "",
            f"{shown(each.steps_per_s)} ({each.source})",
        )
        for each in (SQLITE, POSTGRESQL)
    )
    beside = (
        f"One API process sends {REPLAYED_PER_S:,} events a second and keeps {STREAMS:,} streams open;\n"
        f"one NATS server takes {HINTS_PER_S:,} messages a second."
    )
    return f"{_table(head, rows)}\n\n{beside}"


def loads() -> str:
    """Return what is asked in each scenario."""
    head = ("scenario", "jobs a day", "steps", "events a step", "seconds a job", "kept [days]", "store")
    return _table(
        head,
        (
            (
                load.name,
                f"{load.jobs_per_day:,.0f}",
                str(load.steps),
                f"{load.events_per_step:g}",
                f"{load.job_seconds:g}",
                f"{load.kept_days:g}",
                house.costs.store,
            )
            for load, house in SCENARIOS
        ),
    )


def data() -> str:
    """Return what each scenario writes and keeps."""
    head = ("scenario", "rows a job", "KB a job", "GB a day", "GB kept", "events kept", "log [GB a day]")
    return _table(head, map(_kept, forecasts()))


def work() -> str:
    """Return whom each scenario needs, and what a simulated hour came to."""
    head = (
        "scenario",
        "writes/s",
        "jobs at once",
        "places",
        "worker processes",
        "mean wait [s]",
        "simulated [s]",
        "19 of 20 wait less than [s]",
    )
    return _table(head, map(_busy, forecasts()))


def walls() -> str:
    """Return how far each scenario is from each wall, and how many shards take it back."""
    names = [wall.name for wall in forecast(*SCENARIOS[-1]).walls]
    head = ("scenario", *names, "first", "shards")
    return _table(head, (_far(each, names) for each in forecasts()))


def sharded() -> str:
    """Return the last scenario in as many shards as it needs."""
    load, house = SCENARIOS[-1]
    whole = forecast(load, house)
    one = forecast(spread_over(load, whole.shards), house)
    names = [wall.name for wall in whole.walls]
    return _table(
        ("each shard", *names, "places", "worker processes"),
        (
            (
                f"1 of {whole.shards}",
                *(f"{wall.share:.0%}" for wall in one.walls),
                str(one.places),
                str(one.workers),
            ),
        ),
    )


BLOCKS: Mapping[str, Callable[[], str]] = {
    "unit costs": costs,
    "loads": loads,
    "data": data,
    "work": work,
    "walls": walls,
    "shards": sharded,
}


def written(text: str) -> str:
    """Return the page with its tables as they are to be."""
    for name, made in BLOCKS.items():
        place = re.compile(rf"(<!-- {name}: written by [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)
        text, places = place.subn(lambda found, made=made: f"{found[1]}{made()}\n{found[2]}", text)  # type: ignore[misc]
        if places != 1:
            raise ValueError(f"the page has {places} places for {name}")
    return text


def main() -> None:
    """Write the page, or say that it is not as it is to be."""
    is_now = PAGE.read_text(encoding="utf-8")
    to_be = written(is_now)
    if "--check" in sys.argv[1:]:
        sys.exit(
            0 if is_now == to_be else f"{PAGE.name} is not up to date: python -m benchmarks.capacity_page"
        )
    PAGE.write_text(to_be, encoding="utf-8")


def _kept(each: Forecast) -> tuple[str, ...]:
    load = each.load
    jobs = load.jobs_per_day * load.kept_days
    per_day = load.jobs_per_day * each.bytes_a_job
    return (
        load.name,
        f"{each.rows_a_job.all:g}",
        shown(each.bytes_a_job / 1e3),
        shown(per_day / GIGA),
        shown(per_day * load.kept_days / GIGA),
        f"{jobs * each.rows_a_job.job_events:,.0f}",
        shown(load.jobs_per_day * each.log_bytes_a_job / GIGA) if each.house.costs.is_server else "",
    )


def _busy(each: Forecast) -> tuple[str, ...]:
    hour = played(each.load, places=each.places, seed=SEED)
    return (
        each.load.name,
        shown(each.writes_per_s),
        shown(each.busy),
        str(each.places),
        str(each.workers),
        f"{each.wait:.2f}",
        f"{hour.mean_wait:.2f}",
        f"{hour.wait_95:.1f}",
    )


def _far(each: Forecast, names: Sequence[str]) -> tuple[str, ...]:
    shares = {wall.name: f"{wall.share:.0%}" for wall in each.walls}
    first = each.first_wall
    return (each.load.name, *(shares.get(name, "") for name in names), first.name, str(each.shards))


def _table(head: Sequence[str], rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
