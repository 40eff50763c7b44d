"""The limit of seconds counts work, not waiting."""

from taskforce.core.missions.stopwatch import Stopwatch
from taskforce.infrastructure.system.clock import SetClock


def test_only_stretches_are_added_up_and_pauses_are_left_out() -> None:
    clock = SetClock()
    watch = Stopwatch(lambda _: clock.now(), is_needed=True)
    watch.start("turn/1/begin")
    clock.pass_(seconds=2)
    with watch.paused("ask"):
        clock.pass_(seconds=1_000)
    clock.pass_(seconds=3)
    watch.stop("turn/1/end")
    clock.pass_(seconds=1_000)
    watch.start("turn/2/begin")
    clock.pass_(seconds=4)
    watch.stop("turn/2/end")
    assert watch.seconds == 9


def test_without_a_limit_no_moment_is_recorded() -> None:
    asked: list[str] = []
    clock = SetClock()

    def now(key: str) -> object:
        asked.append(key)
        return clock.now()

    watch = Stopwatch(now, is_needed=False)  # type: ignore[arg-type] # it is never called
    watch.start("a")
    watch.stop("b")
    assert (asked, watch.seconds) == ([], 0.0)
