"""Why a goal is missed: what py-spy saw holding the interpreter, by function and by what called it."""

import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.environment import Bench
from benchmarks.measure import run

RATE = 250
OWN = 8
WHOLE = 22
LEAST = 0.03
MOST = 0.97
LINE = re.compile(r":\d+\)$")


def of_child(
    bench: Bench, python: Path, module: str, /, *, and_its_own: bool = False, **told: object
) -> list[str]:
    """Run a measured process under py-spy, and return what it did; imports are left out."""
    raw = Path(bench.folder("profile"))
    spy = str(bench.peers.with_name("py-spy"))
    family = ["--subprocesses"] if and_its_own else []
    before = [
        spy,
        "record",
        *family,
        "--gil",
        "--rate",
        str(RATE),
        "--format",
        "raw",
        "--output",
        str(raw),
        "--",
    ]
    begun = time.monotonic()
    run(python, module, before=before, **told)
    return _told(raw, time.monotonic() - begun)


def of_server(bench: Bench, pid: int, load: Callable[[], object], *, seconds: int = 5) -> list[str]:
    """Look at a server for some seconds while it is under load."""
    with _watching(bench, pid, seconds) as (watching, raw):
        while watching.poll() is None:
            load()
    return _told(raw, seconds)


def of_process(bench: Bench, pid: int, *, seconds: int) -> list[str]:
    """Look at a process for some seconds, whatever it does."""
    with _watching(bench, pid, seconds) as (watching, raw):
        watching.wait()
    return _told(raw, seconds)


@contextmanager
def _watching(bench: Bench, pid: int, seconds: int) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    raw = Path(bench.folder("profile"))
    spy = str(bench.peers.with_name("py-spy"))
    options = ["--gil", "--rate", str(RATE), "--format", "raw", "--output", str(raw)]
    command = [spy, "record", *options, "--duration", str(seconds), "--pid", str(pid)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as watching:
        yield watching, raw


def of_imports(python: Path, *code: str) -> list[str]:
    """Return the imports that take longest, each with what it brings along."""
    command = [str(python), "-X", "importtime", *code]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    found = [
        (int(parts[1]), parts[2].rstrip())
        for line in lines
        if len(parts := line.removeprefix("import time:").split("|")) == len(("own", "whole", "name"))
        and parts[1].strip().isdigit()
    ]
    longest = sorted(found, key=lambda each: -each[0])[:WHOLE]
    return ["Imports, with what they bring along:"] + [
        f"{micros / 1_000:7.1f} ms {name.strip()}" for micros, name in longest
    ]


def _told(raw: Path, seconds: float) -> list[str]:
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    imports = total = 0
    for line in raw.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [LINE.sub(")", frame) for frame in stack.split(";")]
        total += int(count)
        if "importlib" in stack:
            imports += int(count)
            continue
        own[frames[-1]] += int(count)
        for frame in set(frames):
            whole[frame] += int(count)
    raw.unlink()
    measured = max(1, total - imports)
    share = measured / max(1.0, seconds * RATE - imports)
    return [
        f"{measured} samples that hold the interpreter's lock: {share:.0%} of the time.",
        "With what they call:",
        *_shares(whole, measured, WHOLE, only=("taskforce/", "yaml/__init__")),
        "Alone:",
        *_shares(own, measured, OWN, only=("",)),
    ]


def _shares(counts: Counter[str], total: int, most: int, *, only: Sequence[str]) -> Iterable[str]:
    fitting = [
        (name, count / total)
        for name, count in counts.most_common()
        if any(part in name for part in only) and LEAST <= count / total <= MOST
    ]
    return [f"{share:6.1%} {name}" for name, share in fitting[:most]]
