"""Celery's own empty task with a result, on Redis: nothing of it is durable."""

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from celery import Celery  # type: ignore[import-not-found, import-untyped, unused-ignore] # tells no types

from benchmarks.child import tell, told

AT_ONCE = 16
asked = told()
app = Celery("bench", broker=asked["redis"], backend=asked["redis"])


@app.task(name="empty")
def empty() -> None:
    """Do nothing; its result is None."""


def rate(jobs: int, rounds: int) -> None:
    """Hand in so many tasks from threads, each of which waits for the result before the next."""

    def one_after_the_other(count: int) -> None:
        for _ in range(count):
            empty.delay().get(timeout=60)

    seconds = []
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in range(rounds + 1):  # the first one warms up
            begun = time.perf_counter()
            list(threads.map(one_after_the_other, [jobs // AT_ONCE] * AT_ONCE))
            seconds.append(time.perf_counter() - begun)
    tell(jobs_per_s=jobs / median(seconds[1:]))


def main() -> None:
    """Do what is told."""
    if asked["case"] == "work":
        app.worker_main(["worker", "--loglevel", "ERROR", "--concurrency", "2"])
    else:
        rate(asked["jobs"], asked["rounds"])


if __name__ == "__main__":
    main()
