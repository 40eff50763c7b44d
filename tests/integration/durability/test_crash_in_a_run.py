"""A worker that is killed in the second phase of a run: another goes on, every step is recorded once."""

import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.integration.pipelines.repositories import Repository, a_repository
from tests.integration.processes import Ended, is_alive, said, taskforce, until

pytestmark = pytest.mark.durability

PROJECTS = ("one", "two")


def a_chain(folder: Path, marks: Path) -> Repository:
    """Two projects in three phases; each step writes its name, and those of the second phase take a while."""
    lines = {
        "first": f"echo first $1 >> {marks}; echo kept > built",
        "second": f"echo second $1 $$ >> {marks}; cat built; test -e {marks}.go || sleep 60",
        "third": f"echo third $1 >> {marks}; cat built",
    }
    phases = "phases:\n  first: {group: 1}\n  second: {group: 2}\n  third: {group: 3}\n"
    files = {".forge/repo.yaml": phases}
    for name in PROJECTS:
        steps = "".join(
            f"  {phase}:\n    steps:\n      - {{name: begin, run: 'echo {phase} begins'}}\n"
            f"      - {{name: work, run: {[*('sh', '-eu', '-c', line, 'sh', name)]!r}}}\n"
            for phase, line in lines.items()
        )
        files[f"{name}/.forge/project.yaml"] = f"name: {name}\nphases:\n{steps}"
    return a_repository(folder, files)


def test_a_worker_killed_in_the_second_phase_is_followed_by_another(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    chain = a_chain(tmp_path / "chain", marks)
    home = tmp_path / "home"
    settings: dict[str, Any] = {
        "repositories": f"acme/chain={chain.folder}",
        "git_allow_local": True,
        "lease": 2,
    }

    def ran(*words: str) -> Ended:
        return said(home, *words, **settings)

    handed_in = ran("run", "pipeline", "acme/chain", "--ref", "main", "--background")
    run = handed_in.out.strip()
    assert run, handed_in.err
    with taskforce(home, "worker", "--until-idle", **settings) as worker:
        until(lambda: marks.exists() and marks.read_text().count("second") == 2, what="the second phase")
        worker.send(signal.SIGKILL)
        worker.wait()
    pids = [int(line.split()[2]) for line in marks.read_text().splitlines() if line.startswith("second")]
    until(lambda: not any(map(is_alive, pids)), what="the end of the steps")
    (tmp_path / "marks.go").touch()
    ran("worker", "--until-idle")

    shown = ran("pipelines", "show", run)
    assert shown.out.startswith("success  12 of 12 steps"), shown
    times = Counter(tuple(line.split()[:2]) for line in marks.read_text().splitlines())
    assert times == {
        (phase, name): 2 if phase == "second" else 1
        for phase in ("first", "second", "third")
        for name in PROJECTS
    }
    log = ran("pipelines", "logs", run, "third", "one", "work")
    assert log.out == "kept\n", "the tree outlives its worker"
    events = ran("jobs", "watch", run, "--json").out
    for phase in ("first", "second", "third"):
        for name in PROJECTS:
            for step in ("begin", "work"):
                assert events.count(f'"step.completed","message":"{phase}/{name}/{step}"') == 1
    assert not list((home / "pipelines" / "runs").iterdir())
