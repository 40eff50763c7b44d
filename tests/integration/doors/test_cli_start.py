"""The command line starts fast, and loads nothing that it does not need."""

import subprocess
import sys

import pytest

HEAVY = ("fastapi", "sqlalchemy", "dependency_injector", "pydantic_ai", "httpx")

ASKING = """
import sys
from taskforce.__main__ import main
sys.argv = ["taskforce", *{words!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print("LOADED", *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def loaded_by(code: str) -> set[str]:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["version"],
        ["run", "--help"],
        ["run", "mission", "--help"],
        ["sessions", "--help"],
        ["jobs", "watch", "--help"],
        ["tools", "--help"],
        ["serve", "--help"],
        ["worker", "--help"],
        ["doctor", "--help"],
    ],
    ids=" ".join,
)
def test_help_and_version_load_no_framework(words: list[str]) -> None:
    assert loaded_by(ASKING.format(words=words)) & {*HEAVY} == set()


def test_the_version_is_told_before_anything_is_loaded() -> None:
    assert loaded_by(ASKING.format(words=["--version"])) & {"typer", "pydantic", "rich", "asyncio"} == set()


def test_help_loads_no_schema() -> None:
    assert loaded_by(ASKING.format(words=["--help"])) & {"pydantic_core", "structlog", "rich"} == set()


def test_importing_the_package_loads_next_to_nothing() -> None:
    code = "import sys, taskforce; print('LOADED', *{name.partition('.')[0] for name in sys.modules})"
    assert loaded_by(code) & {*HEAVY, "pydantic", "typer", "structlog", "asyncio"} == set()


@pytest.mark.parametrize("words", [["--version"], ["version"]])
def test_python_m_taskforce_tells_its_version(words: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "taskforce", *words], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("taskforce 0.")
    assert ran.stderr == ""
