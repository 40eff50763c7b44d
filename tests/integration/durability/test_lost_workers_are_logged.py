"""That a worker was lost is for the log of whoever plays on for it; a command has other things to tell."""

import json
from pathlib import Path

import pytest

from tests.integration.durability.twelve_steps import script_in, turn
from tests.integration.processes import said, script

pytestmark = pytest.mark.durability

SIGNALLED = Path(__file__).with_name("signalled_driver.py")


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, ...]:
    """A mission, which a process was killed at."""
    file = script_in(tmp_path, turn("Done."))
    words = ("run", "mission", "Go", "--model", f"script:{file}", "--workspace", str(tmp_path))
    with script(
        SIGNALLED, tmp_path / "home", "SIGKILL", "step.start:turn/1/model", *words, workspace_roots=tmp_path
    ) as process:
        assert process.wait().code == -9
    return words


@pytest.mark.usefixtures("words")
def test_a_worker_logs_a_line_of_json(tmp_path: Path) -> None:
    ended = said(tmp_path / "home", "worker", "--until-idle", workspace_roots=tmp_path)
    (line,) = [line for line in ended.err.splitlines() if line.startswith("{")]
    assert (json.loads(line)["event"], json.loads(line)["jobs"]) == ("workers_lost", 1)


def test_a_command_logs_nothing(tmp_path: Path, words: tuple[str, ...]) -> None:
    for command in (("jobs", "list"), words, ("doctor",)):
        ended = said(tmp_path / "home", *command, workspace_roots=tmp_path)
        assert "workers_lost" not in ended.out + ended.err
        assert not [line for line in ended.err.splitlines() if line.startswith("{")]
