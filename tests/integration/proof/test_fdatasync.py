"""A step is on the disk, as far as the system can say it is, before anybody hears that it is done."""

import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.integration.processes import ROOT, Process, environment

pytestmark = pytest.mark.durability

DRIVER = Path(__file__).with_name("sync_driver.py")
STEPS = 10
CALLS = "trace=fdatasync,fsync,write,pwrite64"
BEGUN = re.compile(r"^(\d+) +(fdatasync|fsync|pwrite64)\(\d+<[^>]*taskforce\.db-wal>")
FINISHED = re.compile(r"^(\d+) +<\.\.\. (fdatasync|fsync) resumed>")
MARK = re.compile(r'write\(\d+<[^>]*marks>, "MARK (\w+) (\d+)')


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return traced(tmp_path_factory.mktemp("full"), "FULL")


def traced(home: Path, synchronous: str) -> list[str]:
    """Return what happened, in its order: `written` and `synced` of the database's log, and the marks."""
    strace = shutil.which("strace")
    if strace is None:
        assert not os.environ.get("CI"), "strace is missing: nothing shows that commits reach the disk"
        pytest.skip("strace is missing, which shows what reaches the disk")
    trace = home / "trace"
    watched = (strace, "-f", "-y", "-s", "40", "-e", CALLS, "-o", str(trace))
    words = (*watched, sys.executable, str(DRIVER), str(home), str(STEPS), synchronous)
    with Process(*words, env=environment(home) | {"PYTHONPATH": str(ROOT)}) as process:
        ended = process.wait(seconds=60)
    assert ended.code == 0, ended.err
    return happened(trace.read_text().splitlines())


def happened(lines: Sequence[str]) -> list[str]:
    found: list[str] = []
    syncing: set[str] = set()
    for line in lines:
        if mark := MARK.search(line):
            found.append(f"{mark[1]} {mark[2]}")
        elif begun := BEGUN.match(line):
            if begun[2] == "pwrite64":
                found.append("written")
            elif line.endswith("<unfinished ...>"):
                syncing.add(begun[1])
            else:
                found.append("synced")
        elif (finished := FINISHED.match(line)) and finished[1] in syncing:
            syncing.discard(finished[1])
            found.append("synced")
    return found


def is_written_and_synced(between: Sequence[str]) -> bool:
    return "written" in between and "synced" in between[between.index("written") :]


@pytest.mark.parametrize("heard", ["reported", "seen"])
def test_a_steps_commit_is_synced_before_its_effect_is(order: list[str], heard: str) -> None:
    for number in range(STEPS):
        effect, told = order.index(f"effect {number}"), order.index(f"{heard} {number}")
        assert effect < told
        between = order[effect:told]
        assert is_written_and_synced(between), f"step {number}: {between}"


def test_a_job_is_synced_before_it_is_accepted(order: list[str]) -> None:
    assert is_written_and_synced(order[: order.index("accepted 0")])


def test_a_commit_is_synced_once(order: list[str]) -> None:
    for number in range(STEPS - 1):
        between = order[order.index(f"reported {number}") : order.index(f"reported {number + 1}")]
        assert between.count("synced") == 1, between


def test_a_database_that_does_not_sync_is_found_out(tmp_path: Path) -> None:
    order = traced(tmp_path, "NORMAL")
    assert not is_written_and_synced(order[order.index("effect 1") : order.index("reported 1")])
