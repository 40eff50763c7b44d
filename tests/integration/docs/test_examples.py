"""Every example runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.docs.pages import ROOT
from tests.integration.docs.shell import assert_says

EXAMPLES = ROOT / "examples"
SCRIPTS = {"demo.py": (), "library.py": (), "step_cost.py": ("20",)}


def run(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    environment = {name: text for name, text in os.environ.items() if not name.startswith("TASKFORCE_")}
    environment["COLUMNS"] = "100"
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def readme_of_the_demo() -> tuple[str, ...]:
    _, _, block = (ROOT / "README.md").read_text(encoding="utf-8").partition("$ make demo\n")
    return tuple(block.partition("```")[0].splitlines())


def test_no_example_is_without_its_test() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == SCRIPTS.keys()


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "demo.py"])
def test_an_example_runs_from_any_folder(name: str, tmp_path: Path) -> None:
    ran = run(str(EXAMPLES / name), *SCRIPTS[name], cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["reorder.py", "forecast.py"])
def test_a_program_of_the_shop_runs(name: str) -> None:
    ran = run(name, cwd=EXAMPLES / "shop")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout


def test_the_demo_comes_to_the_same_through_both_doors_and_through_a_crash(tmp_path: Path) -> None:
    ran = run(str(EXAMPLES / "demo.py"), cwd=tmp_path)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert_says(ran.stdout, readme_of_the_demo(), command="make demo")
    assert list(tmp_path.iterdir()) == []


def test_the_shop_is_small() -> None:
    assert sum(path.stat().st_size for path in (EXAMPLES / "shop").iterdir() if path.is_file()) < 200_000
