"""The command line starts fast, and loads nothing that it does not need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SERVING = (
    "alembic",
    "anthropic",
    "fastapi",
    "httpx",
    "httpx2",
    "openai",
    "pydantic_ai",
    "starlette",
    "uvicorn",
)
PLAYING = (
    "taskforce.core.missions.planning.decision",
    "taskforce.infrastructure.missions.toolbox",
    "taskforce.infrastructure.missions.process",
)
CAPABILITIES = ("marketplace", "missions", "pipelines", "scenarios", "videos", "webhooks")
WITHOUT_THEM = {
    "infrastructure.webhooks.sql_outlet",
    *(f"core.{capability}.kinds" for capability in CAPABILITIES),
    *("core.pipelines.keys", "core.pipelines.subjects", "core.webhooks.events"),
}
"""What the kernel knows of capabilities: words."""
WORKER = "taskforce.application.jobs.worker"
HEAVY = ("fastapi", "sqlalchemy", "dependency_injector", "pydantic_ai", "httpx")

ASKING = """
import sys
from taskforce.__main__ import main
sys.argv = ["taskforce", *{words!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print("LOADED", *sorted({{name.partition(".")[0] for name in sys.modules}}), *sorted(sys.modules))
"""


def loaded_by(code: str, *, home: Path | None = None) -> set[str]:
    environment = {**os.environ, **({"TASKFORCE_HOME": str(home)} if home else {})}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
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


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a database of the newest revision."""
    home = tmp_path_factory.mktemp("home")
    loaded_by(ASKING.format(words=["jobs", "list"]), home=home)
    return home


@pytest.mark.parametrize(
    "words",
    [["jobs", "list"], ["sessions", "list"], ["tools", "list"], ["profiles", "list"], ["doctor"]],
    ids=" ".join,
)
def test_a_short_command_loads_no_server_no_client_and_no_migration(words: list[str], home: Path) -> None:
    assert loaded_by(ASKING.format(words=words), home=home) & {*SERVING} == set()


@pytest.mark.parametrize("words", [["jobs", "list"], ["sessions", "list"]], ids=" ".join)
def test_a_command_that_plays_nothing_loads_no_tools_and_no_grammar(words: list[str], home: Path) -> None:
    assert loaded_by(ASKING.format(words=words), home=home) & {*PLAYING} == set()


def of_capabilities(loaded: set[str]) -> set[str]:
    """Return the modules of capabilities that are more than words, without `taskforce.`."""
    found = {name.removeprefix("taskforce.") for name in loaded if name.count(".") > 2}
    return {name for name in found if name.split(".")[1] in CAPABILITIES} - WITHOUT_THEM


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (["jobs", "list"], set()),
        (["projects", "list"], set()),
        (["webhooks", "list"], {"webhooks"}),
        (["sessions", "list"], {"missions", "marketplace"}),
        (["tools", "list"], {"missions", "marketplace"}),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_a_command_loads_the_capabilities_that_it_needs(
    words: list[str], needed: set[str], home: Path
) -> None:
    loaded = of_capabilities(loaded_by(ASKING.format(words=words), home=home))
    assert {name.split(".")[1] for name in loaded} == needed


@pytest.mark.parametrize(
    "words", [["jobs", "list"], ["sessions", "list"], ["webhooks", "list"]], ids=" ".join
)
def test_a_command_that_only_looks_has_no_worker(words: list[str], home: Path) -> None:
    assert WORKER not in loaded_by(ASKING.format(words=words), home=home)


def test_a_command_that_draws_no_picture_loads_no_rich(home: Path) -> None:
    assert "rich" not in loaded_by(ASKING.format(words=["jobs", "list"]), home=home)


def test_a_mission_without_tool_servers_loads_no_mcp(home: Path) -> None:
    words = ["run", "mission", "Calculate 1 + 2", "--model", "local:planner"]
    assert loaded_by(ASKING.format(words=words), home=home) & {"mcp", "mcp_types", "jsonschema"} == set()


def test_a_command_on_sqlite_loads_no_other_dialect(home: Path) -> None:
    loaded = loaded_by(ASKING.format(words=["jobs", "list"]), home=home)
    assert "sqlalchemy.dialects.sqlite" in loaded
    assert "sqlalchemy.dialects.postgresql" not in loaded


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
