"""Taskforce's own `.forge`: what it names is there, and its steps run, each about less."""

import re
import shutil
from pathlib import Path

import pytest

from tests.integration.processes import ROOT, said

SHORT = {
    "lint": "src/taskforce/core/pipelines",
    "format": "src/taskforce/core/pipelines",
    "contracts": "--contract layers",
    "dependencies": "src",
    "types": "--version",  # without its cache, which a copy has not, mypy takes minutes
    "unit": "tests/unit/core/pipelines/test_statuses.py",
    "integration": "tests/integration/pipelines/test_config_files.py -k bomb",
}
"""What each step is about here; not this file, which would run itself without end."""
STEP = re.compile(r"(name: (\w+), .* env: {\w+: )[^}]*")
LEFT = shutil.ignore_patterns(".*", "__pycache__", "dist", "htmlcov", "docs", "benchmarks", "*.lock")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a copy of this repository whose steps are about little."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT, folder, ignore=LEFT)
    shutil.copytree(ROOT / ".forge", folder / ".forge")
    file = folder / ".forge" / "project.yaml"
    file.write_text(STEP.sub(lambda step: f"{step[1]}{SHORT[step[2]]}", file.read_text()))
    return folder


def test_its_steps_run_as_a_pipeline(clone: Path, tmp_path: Path) -> None:
    words = ("run", "pipeline", str(clone), "--json", "--no-stream")
    ran = said(tmp_path / "home", *words, seconds=110, workspace_roots=tmp_path)
    run = ran.json
    assert (run["error"], run["status"], ran.code) == ("", "success", 0)
    steps = [step for phase in run["phases"] for task in phase["tasks"] for step in task["steps"]]
    assert [step["name"] for step in steps] == [*SHORT, "wheel"]
    assert [file.suffix for file in (clone / "dist").iterdir()] == [".whl"]
