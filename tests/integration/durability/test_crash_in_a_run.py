"""A worker that is killed in the second phase of a run: another goes on, every step is recorded once."""

import signal
from collections import Counter
from collections.abc import Callable
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


def killed(folder: Path) -> tuple[str, Callable[..., Ended]]:
    """Kill the worker of a run in its second phase; return the run, and what runs commands on its home."""
    marks = folder / "marks"
    chain = a_chain(folder / "chain", marks)
    settings: dict[str, Any] = {
        "repositories": f"acme/chain={chain.folder}",
        "git_allow_local": True,
        "lease": 2,
    }

    def ran(*words: str) -> Ended:
        return said(folder / "home", *words, **settings)

    handed_in = ran("run", "pipeline", "acme/chain", "--ref", "main", "--background")
    run = handed_in.out.strip()
    assert run, handed_in.err
    with taskforce(folder / "home", "worker", "--until-idle", **settings) as worker:
        until(lambda: marks.exists() and marks.read_text().count("second") == 2, what="the second phase")
        worker.send(signal.SIGKILL)
        worker.wait()
    pids = [int(line.split()[2]) for line in marks.read_text().splitlines() if line.startswith("second")]
    until(lambda: not any(map(is_alive, pids)), what="the end of the steps")
    (folder / "marks.go").touch()
    return run, ran


def test_the_tree_of_a_run_whose_worker_was_killed_goes_when_it_is_cancelled(tmp_path: Path) -> None:
    run, ran = killed(tmp_path)
    trees = tmp_path / "home" / "pipelines" / "runs"
    assert [tree.name for tree in trees.iterdir()] == [run]
    assert ran("pipelines", "cancel", run).code == 0
    ran("worker", "--until-idle")
    assert ran("pipelines", "show", run).out.startswith("cancelled")
    assert not list(trees.iterdir())


def test_a_worker_killed_in_the_second_phase_is_followed_by_another(tmp_path: Path) -> None:
    run, ran = killed(tmp_path)
    marks, home = tmp_path / "marks", tmp_path / "home"
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
