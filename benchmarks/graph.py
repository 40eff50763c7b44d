"""The graph that all who run pipelines are given: steps that do nothing, in tasks side by side."""

import json
from pathlib import Path

TASKS = 20
STEPS = 10
ALL = TASKS * STEPS
SIDE_BY_SIDE = 2
DOES_NOTHING = "true"


def write_makefile(folder: Path) -> None:
    """Write the graph for make: a target is a task, its lines are the steps."""
    tasks = " ".join(f"p{number:02}" for number in range(TASKS))
    lines = "".join(f"\t{DOES_NOTHING}\n" for _ in range(STEPS))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Makefile").write_text(f".PHONY: all {tasks}\nall: {tasks}\n{tasks}:\n{lines}")


def write_forge(folder: Path) -> None:
    """Write the graph for Taskforce: a project is a task. JSON is YAML."""
    _write(folder / ".forge" / "repo.yaml", {"phases": {"build": {"group": 1}}})
    steps = [{"name": f"s{number}", "run": [DOES_NOTHING]} for number in range(STEPS)]
    for number in range(TASKS):
        name = f"p{number:02}"
        project = {"name": name, "phases": {"build": {"steps": steps}}}
        _write(folder / name / ".forge" / "project.yaml", project)


def _write(file: Path, document: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document))
