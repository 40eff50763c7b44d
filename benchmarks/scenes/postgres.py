"""On PostgreSQL: durable steps against DBOS on one server, how they grow, what more workers bring."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Goal, Row, at_least, at_most, part, times
from benchmarks.measure import Contender, Found, Samples, in_turns, run
from benchmarks.served import beside
from tests.services.nats_server import nats_server
from tests.services.postgres_server import PostgresServer, postgres_server
from tests.services.redis_server import redis_server

TITLE = "On PostgreSQL"
NOTES = """
- One PostgreSQL with fsync on, started for this in a folder of its own; everybody has a database on it.
- The peer is DBOS with its synchronous steps, as in "Durable steps".
- Stored events: those of ended jobs with 1,000 events each, copied; the measured steps tell an event each.
- Workers: each is a process with 16 places, on jobs that were all handed in by another process. Jobs that
  wait do two steps of 250 ms each; those that compute burn 20 ms of CPU in a step. With the server and the
  door there are more processes than the machine has cores, so what computes cannot get twice as much done.
- Jobs enqueued, run and answered: 16 callers in one process, each waits for what its job comes to before
  it hands in the next, one worker process plays them. The peer is Celery's own empty task on Redis with a
  result, from 16 threads to a worker of two processes: nothing of that is durable.
"""
STEPS = "benchmarks.ours.steps"
JOBS = "benchmarks.ours.jobs"
EVENTS = "benchmarks.ours.events"
DBOS = "benchmarks.peers.dbos_steps"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
WAITING = {"steps": 2, "wait": 0.25}
COMPUTING = {"steps": 1, "compute": 0.02}
EMPTY = {"steps": 1}
PLACES = 16
JOBS_OF_A_RATE = 800
LISTENING, CELERY = "by LISTEN and NOTIFY", "an empty task"
CELERYS = "benchmarks.peers.celery_tasks"


@contextmanager
def _nats() -> Iterator[str]:
    with nats_server() as server:
        yield server.url


@contextmanager
def _redis() -> Iterator[str]:
    with redis_server() as server:
        yield server.url


BROKERS: Mapping[str, tuple[Callable[[], AbstractContextManager[str]], Goal]] = {
    "by NATS": (_nats, times(1.2)),
    "by Celery": (_redis, times(0.5)),
}
"""Who else carries hints: what gives a broker's address, and how many times Celery's rate is wanted."""


def measure(bench: Bench) -> Sequence[Row]:
    """Measure all of it on one server."""
    with postgres_server(is_durable=True) as server:
        return [
            *_steps(bench, server),
            *_growth(bench, server),
            *_workers(bench, server),
            *_rate(bench, server),
        ]


def _steps(bench: Bench, server: PostgresServer) -> Sequence[Row]:
    ours, dbos = server.create("ours"), server.create("dbos")

    def found(case: str, *, dbos_batches: int) -> Mapping[str, Mapping[str, Samples]]:
        folder = bench.folder("postgres")
        contenders: dict[str, Contender] = {
            "ours": partial(run, bench.ours, STEPS, case=case, batches=5, folder=folder, url=ours),
            "dbos": partial(run, bench.peers, DBOS, case=case, batches=dbos_batches, folder=folder, url=dbos),
        }
        return in_turns(contenders, rounds=bench.rounds)

    def profile(case: str, batches: int) -> Sequence[str]:
        folder = bench.folder("postgres")
        with postgres_server(is_durable=True) as another:  # the one that was measured on is over by then
            url = another.create("profile")
            return profiler.of_child(
                bench, bench.ours, STEPS, case=case, batches=batches, folder=folder, url=url
            )

    many, alone = found("many", dbos_batches=1), found("alone", dbos_batches=3)
    return [
        Row(
            what="16 jobs at once, 100 steps each",
            unit="steps/s",
            ours=many["ours"]["steps_per_s"],
            shipped=many["dbos"]["steps_per_s"],
            goal=times(6),
            profile=partial(profile, "many", 30),
        ),
        Row(
            what="one job alone",
            unit="ms a step",
            ours=alone["ours"]["ms_per_step"],
            shipped=alone["dbos"]["ms_per_step"],
            goal=part(1 / 3),
            profile=partial(profile, "alone", 100),
        ),
    ]


def _growth(bench: Bench, server: PostgresServer) -> Sequence[Row]:
    urls = {f"{size:,}": server.create(f"events-{size}") for size in SIZES}
    for size, url in zip(SIZES, urls.values(), strict=True):
        run(bench.ours, EVENTS, folder=bench.folder("postgres"), url=url, events=size)

    def alone(url: str) -> Found:
        folder = bench.folder("postgres")
        return run(bench.ours, STEPS, case="alone", batches=5, folder=folder, url=url, events=True)

    found = in_turns({size: partial(alone, url) for size, url in urls.items()}, rounds=bench.rounds)
    costs = {size: samples["ms_per_step"] for size, samples in found.items()}
    medians = [samples.median for samples in costs.values()]
    for size in SIZES:
        server.drop(f"events-{size}")
    return [
        *(
            Row(what=f"a step with an event, {size} events stored", unit="ms a step", ours=samples)
            for size, samples in costs.items()
        ),
        Row(
            what="the dearest of these by the cheapest",
            unit="times",
            ours=Samples((max(medians) / min(medians),)),
            goal=at_most(1.5),
        ),
    ]


def _workers(bench: Bench, server: PostgresServer) -> Sequence[Row]:
    url = server.create("workers")

    def seconds(jobs: int, input: Mapping[str, object], workers: int) -> Found:
        with _workers_of(bench, url, workers):
            return run(
                bench.ours, JOBS, case="backlog", jobs=jobs, input=input, folder=bench.folder("door"), url=url
            )

    rows = []
    for what, jobs, input, goal in (
        ("jobs that wait", 160, WAITING, at_least(1.7)),
        ("jobs that compute", 200, COMPUTING, None),
    ):
        found = in_turns(
            {str(count): partial(seconds, jobs, input, count) for count in (1, 2)}, rounds=bench.rounds
        )
        one, two = (found[count]["seconds"].values for count in "12")
        gains = Samples(tuple(alone / both for alone, both in zip(one, two, strict=True)))
        rows.append(Row(what=f"two workers by one, {what}", unit="times", ours=gains, goal=goal))
    return rows


def _rate(bench: Bench, server: PostgresServer) -> Sequence[Row]:
    url = server.create("rate")

    def ours(queue: str | None) -> Found:
        with _workers_of(bench, url, 1, queue=queue):
            return run(
                bench.ours,
                JOBS,
                case="rate",
                jobs=JOBS_OF_A_RATE,
                rounds=2,
                input=EMPTY,
                folder=bench.folder("door"),
                url=url,
                queue=queue,
            )

    with ExitStack() as stack:
        contenders: dict[str, Contender] = {LISTENING: partial(ours, None)}
        for name, (broker, _) in BROKERS.items():
            contenders[name] = partial(ours, stack.enter_context(broker()))
        contenders[CELERY] = partial(_celery, bench, stack.enter_context(_redis()))
        found = in_turns(contenders, rounds=bench.rounds)
    return [
        Row(
            what=f"jobs of one step enqueued, run and answered, {name}",
            unit="jobs/s",
            ours=found[name]["jobs_per_s"],
            shipped=found[CELERY]["jobs_per_s"],
            goal=BROKERS[name][1] if name in BROKERS else None,
        )
        for name in (LISTENING, *BROKERS)
    ]


def _celery(bench: Bench, redis: str) -> Found:
    with beside(bench.ours, CELERYS, case="work", redis=redis):
        return run(bench.ours, CELERYS, case="rate", jobs=JOBS_OF_A_RATE, rounds=2, redis=redis)


@contextmanager
def _workers_of(bench: Bench, url: str, count: int, *, queue: str | None = None) -> Iterator[None]:
    """Run so many workers until the block ends, each with a home of its own."""
    with ExitStack() as stack:
        for _ in range(count):
            home = bench.folder("worker")
            stack.enter_context(
                beside(bench.ours, JOBS, case="work", slots=PLACES, folder=home, url=url, queue=queue)
            )
        yield
