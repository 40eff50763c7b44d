"""Who may know whom: the contracts hold on the tree, and each catches a violation planted in a copy of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

# contract | the file that breaks it | the line planted there
PLANTED = [
    ("Dependencies point inward", "core/errors.py", "import taskforce.settings"),
    (
        "Only the factory knows an adapter",
        "application/jobs/service.py",
        "import taskforce.infrastructure.jobs",
    ),
    (
        "Every layer has every capability, over one kernel",
        "core/jobs/stray.py",
        "import taskforce.core.missions",
    ),
    ("A capability in application", "application/missions/stray.py", ""),
    ("API and CLI speak schemas", "api/stray.py", "import taskforce.core.jobs.model"),
    ("Core is standard library and pydantic", "core/stray.py", "import structlog"),
    ("Use cases know no framework", "application/jobs/stray.py", "import fastapi"),
    ("No circles anywhere", "core/jobs/stray.py", "import taskforce.core.missions.model"),
    (
        "Only its own code and the composers know missions",
        "core/jobs/stray.py",
        "import taskforce.core.missions.model",
    ),
    (
        "Only its own code and the composers know pipelines",
        "core/missions/stray.py",
        "import taskforce.core.pipelines.model",
    ),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    uncounted = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.run(
        [str(program), "--no-logo", "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        env=uncounted,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_tree_keeps_every_contract() -> None:
    linted = lint_imports(ROOT / "src")
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize(("contract", "file", "line"), PLANTED, ids=[contract for contract, _, _ in PLANTED])
def test_a_planted_violation_is_caught(tmp_path: Path, contract: str, file: str, line: str) -> None:
    shutil.copytree(
        ROOT / "src" / "taskforce", tmp_path / "taskforce", ignore=shutil.ignore_patterns("__pycache__")
    )
    planted = tmp_path / "taskforce" / file
    with planted.open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    broken = [verdict for verdict in lint_imports(tmp_path).stdout.splitlines() if "BROKEN" in verdict]
    assert any(verdict.startswith(contract) for verdict in broken), broken
