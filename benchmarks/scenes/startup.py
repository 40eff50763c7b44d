"""Start-up: the shortest commands, an import, a whole mission in a new home."""

import os
import subprocess
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Row, at_most
from benchmarks.measure import Found, clean, in_turns, run

TITLE = "Start-up"
NOTES = """
- Wall time of whole processes from start to end; each round is the median of several. `python -c pass` is
  the floor.
- The package's bytecode is there, as an installation leaves it.
- The cold mission is `taskforce run mission` with the local planner in a folder without a home: it makes
  the database, its tables and the session's folder.
"""
TIMES = 7
SOURCES = Path(__file__).parents[2] / "src" / "taskforce"


def measure(bench: Bench) -> Sequence[Row]:
    """Measure them all in turns."""
    home = Path(bench.folder("startup"))
    run(bench.ours, "benchmarks.ours.prepare", folder=str(home), events=3)
    python, taskforce = str(bench.ours), str(bench.ours.with_name("taskforce"))
    subprocess.run([python, "-m", "compileall", "-q", str(SOURCES)], check=True)
    mission = ["run", "mission", "count the rows of x.csv", "--model", "local:planner", "--workspace", "."]
    warm = [taskforce, "--home", str(home)]
    commands: dict[str, list[str]] = {
        "pass": [python, "-c", "pass"],
        "import": [python, "-c", "import taskforce"],
        "help": [taskforce, "--help"],
        "version": [taskforce, "version"],
        "jobs list": [*warm, "jobs", "list"],
        "sessions list": [*warm, "sessions", "list"],
        "tools list": [*warm, "tools", "list"],
        "doctor": [*warm, "doctor"],
        "cold": [taskforce, *mission],
    }
    contenders = {name: partial(_timed, bench, command) for name, command in commands.items()}
    found = {name: samples["ms"] for name, samples in in_turns(contenders, rounds=bench.rounds).items()}

    def imports(name: str) -> Sequence[str]:
        command = commands[name]
        code = command[1:] if command[0] == python else ["-m", "taskforce", *command[1:]]
        return profiler.of_imports(bench.ours, *code)

    def row(what: str, name: str, bound: float) -> Row:
        profile = None if name == "cold" else partial(imports, name)
        return Row(what=what, unit="ms", ours=found[name], goal=at_most(bound), profile=profile)

    return [
        Row(what="`python -c pass`", unit="ms", ours=found["pass"]),
        row("`import taskforce`", "import", 150),
        row("`taskforce --help`", "help", 120),
        *(
            row(f"`taskforce {name}`", name, 300)
            for name in ("version", "jobs list", "sessions list", "tools list", "doctor")
        ),
        row("a cold offline mission", "cold", 1_500),
    ]


def _timed(bench: Bench, command: Sequence[str]) -> Found:
    took = []
    for _ in range(TIMES):
        folder = Path(bench.folder("cold"))
        folder.mkdir()
        (folder / "x.csv").write_text("name,count\na,1\nb,2\n")
        environment = clean() | {"HOME": str(folder), "PATH": os.environ["PATH"]}
        begun = time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        took.append(time.perf_counter() - begun)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return {"ms": sorted(took)[TIMES // 2] * 1_000}
