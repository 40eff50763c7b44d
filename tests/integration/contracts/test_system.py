"""Clocks, ids and rosters."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from taskforce.core.clock import Clock
from taskforce.core.identity import ID_PATTERN, IdSource, WorkerId
from taskforce.core.jobs.ports import WorkerRoster
from taskforce.infrastructure.system.clock import SetClock, SystemClock
from taskforce.infrastructure.system.ids import CountedIds, UuidSource
from taskforce.infrastructure.system.roster import FlockRoster, MemoryRoster, host_of, worker_name
from taskforce.infrastructure.system.server_clock import ServerClock
from tests.builders import NOON

HOST = "here"
ONE, TWO = WorkerId(f"{HOST}:1:a"), WorkerId(f"{HOST}:2:b")


@pytest.fixture(params=[SystemClock, SetClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


@pytest.fixture(params=[UuidSource, CountedIds])
def ids(request: pytest.FixtureRequest) -> IdSource:
    made: IdSource = request.param()
    return made


@pytest.fixture(params=["memory", "flock"])
def roster(request: pytest.FixtureRequest, tmp_path: Path) -> WorkerRoster:
    return MemoryRoster() if request.param == "memory" else FlockRoster(tmp_path, host=lambda: HOST)


def test_the_time_is_aware_and_in_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_the_monotonic_clock_never_goes_back(clock: Clock) -> None:
    moments = [clock.monotonic() for _ in range(100)]
    assert moments == sorted(moments)


def test_a_set_clock_moves_when_it_is_told() -> None:
    by_hand = SetClock()
    start = by_hand.now()
    in_a_minute = by_hand.in_(seconds=60)
    assert by_hand.now() == start
    assert by_hand.pass_(seconds=60) == by_hand.now() == in_a_minute
    assert by_hand.monotonic() == 60
    by_hand.set_to(start)
    assert (by_hand.now(), by_hand.monotonic()) == (start, 60)


def test_ids_are_canonical_uuids_of_version_7(ids: IdSource) -> None:
    made = ids.new()
    assert re.fullmatch(ID_PATTERN, made)
    assert (UUID(made).version, UUID(made).variant) == (7, "specified in RFC 4122")


def test_ids_sort_by_their_making_and_are_unique(ids: IdSource) -> None:
    made = [ids.new() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_made_by_several_threads_are_unique(ids: IdSource) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: ids.new(), range(20_000)))
    assert len(set(made)) == len(made)


def test_a_uuid_tells_the_millisecond_of_its_making() -> None:
    before = time.time_ns() // 1_000_000
    moment = UUID(UuidSource().new()).int >> 80
    assert before <= moment <= time.time_ns() // 1_000_000


def test_uuids_go_on_when_the_clock_goes_back() -> None:
    times = iter([1_000, 999, 5, 1_000, 1_001])
    source = UuidSource(lambda: next(times))
    made = [source.new() for _ in range(5)]
    assert made == sorted(set(made))
    assert UUID(made[-1]).int >> 80 == 1_001


def test_who_is_enlisted_is_not_dead(roster: WorkerRoster) -> None:
    roster.enlist(ONE)
    roster.enlist(ONE)
    assert roster.dead({ONE}) == frozenset()


def test_who_left_is_dead(roster: WorkerRoster) -> None:
    roster.enlist(ONE)
    roster.enlist(TWO)
    roster.leave(ONE)
    roster.leave(ONE)
    assert roster.dead({ONE, TWO}) == {ONE}


def test_who_is_of_another_host_is_not_judged(roster: WorkerRoster) -> None:
    assert roster.dead({WorkerId("there:1:a"), WorkerId("nonsense"), WorkerId("")}) == frozenset()


def test_a_worker_of_this_host_without_a_file_is_dead(tmp_path: Path) -> None:
    assert FlockRoster(tmp_path, host=lambda: HOST).dead({ONE}) == {ONE}


def test_a_home_that_shares_its_database_does_not_judge_workers_of_another(tmp_path: Path) -> None:
    here, there = (host_of(tmp_path / name, is_shared=True) for name in ("here", "there"))
    ours, theirs = worker_name(here, "a"), worker_name(there, "a")
    roster = FlockRoster(tmp_path / "here", host=lambda: here)
    assert roster.dead({ours, theirs}) == {ours}
    assert host_of(tmp_path / "here", is_shared=False) == host_of(tmp_path / "there", is_shared=False)


def test_homes_of_machines_that_have_one_name_and_one_path_do_not_judge_each_other(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    theirs = worker_name(host_of(home, is_shared=True), "a")
    home.rename(tmp_path / "another machine")  # theirs is elsewhere, and ours has never been there
    here = host_of(home, is_shared=True)
    assert FlockRoster(home, host=lambda: here).dead({theirs}) == frozenset()
    assert host_of(home, is_shared=True) == here


def test_processes_that_name_a_home_at_once_give_it_one_name(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as processes:
        names = set(processes.map(lambda _: host_of(tmp_path / "home", is_shared=True), range(8)))
    assert len(names) == 1


def test_who_has_no_place_for_a_home_judges_nobody(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    theirs = worker_name(host_of(tmp_path / "another", is_shared=True), "a")
    here = host_of(tmp_path / "home", is_shared=True)
    assert FlockRoster(tmp_path / "home", host=lambda: here).dead({theirs}) == frozenset()


def test_the_clock_of_a_server_goes_on_from_what_was_learnt_best() -> None:
    own = SetClock(NOON)
    clock = ServerClock(own)
    assert (clock.now(), clock.monotonic()) == (NOON, own.monotonic())
    told, asked = NOON + timedelta(hours=1), own.monotonic()
    clock.learn(told, asked=asked, answered=asked + 0.002)
    own.pass_(seconds=10.001)
    assert clock.now() == told + timedelta(seconds=10)
    clock.learn(told + timedelta(hours=1), asked=asked, answered=asked + 0.2)  # a slow answer says less
    assert clock.now() == told + timedelta(seconds=10)
    clock.learn(told + timedelta(hours=1), asked=asked + 10.001, answered=asked + 10.001)
    assert clock.now() == told + timedelta(hours=1)


def test_rosters_of_one_process_see_each_other(tmp_path: Path) -> None:
    first, second = FlockRoster(tmp_path, host=lambda: HOST), FlockRoster(tmp_path, host=lambda: HOST)
    first.enlist(ONE)
    assert second.dead({ONE}) == frozenset()
    first.leave(ONE)
    assert second.dead({ONE}) == {ONE}


ENLIST = """
import sys
from pathlib import Path
from taskforce.infrastructure.system.roster import FlockRoster
FlockRoster(Path(sys.argv[1]), host=lambda: "here").enlist("here:1:a")
print("enlisted", flush=True)
sys.stdin.read()
"""


def test_a_worker_is_dead_once_its_process_is_killed(tmp_path: Path) -> None:
    roster = FlockRoster(tmp_path, host=lambda: HOST)
    with subprocess.Popen(
        [sys.executable, "-c", ENLIST, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"enlisted\n"
        assert roster.dead({ONE}) == frozenset()
        process.kill()
        process.wait()
        assert roster.dead({ONE}) == {ONE}
    assert list((tmp_path / "workers").iterdir()) == []
