"""A real terminal of 80 columns: the live picture, its colours, and what is left when it is over."""

import os
import pty
import sys
from pathlib import Path

import pytest

from taskforce.cli.terminal import cells, clean
from tests.integration.doors.cli_process import Cli, call, say
from tests.integration.warm_start import WarmProcess


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    folder = tmp_path / "work"
    folder.mkdir()
    return Cli(folder=folder)


def on_a_terminal(cli: Cli, *words: str, **environment: str) -> tuple[int, str]:
    """Run a command on a terminal of its own and return what it drew."""
    ours, theirs = pty.openpty()
    process = WarmProcess(
        [sys.executable, "-m", "taskforce", *words],
        cwd=cli.folder,
        env=cli.environment({"COLUMNS": "80", "LINES": "30", **environment}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = b""
    try:
        while chunk := os.read(ours, 65_536):
            drawn += chunk
    except OSError:  # Linux's way to say that the other end is closed
        pass
    os.close(ours)
    return process.wait(timeout=20), drawn.decode().replace("\r\n", "\n")


def two_steps(cli: Cli) -> str:
    plan = [{"position": 1, "description": "Look around", "status": "completed"}]
    return cli.script(call("planner", items=plan), call("shell", command="seq 9"), say("All is well."))


def test_a_terminal_sees_the_plan_the_calls_and_the_answer(cli: Cli) -> None:
    code, drawn = on_a_terminal(cli, "run", "mission", "look", "--model", two_steps(cli))
    text = clean(drawn)
    assert code == 0
    for told in ("profile   dev", "✓ shell", "6 more lines", "✓ 1. Look around", "3 model calls"):
        assert told in text
    assert drawn.endswith("\nAll is well.\n")
    assert "\x1b[32m" in drawn
    assert drawn.rindex("\x1b[?25h") > drawn.rindex("\x1b[?25l")


@pytest.mark.parametrize(
    ("words", "environment"),
    [((), {"NO_COLOR": "1"}), (("--color", "never"), {})],
    ids=["NO_COLOR", "--color never"],
)
def test_without_colours_it_is_drawn_plain(
    cli: Cli, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    _, drawn = on_a_terminal(cli, *words, "run", "mission", "look", "--model", two_steps(cli), **environment)
    assert "✓ shell" in drawn
    assert "\x1b[1m" not in drawn
    assert "\x1b[3" not in drawn


def test_a_dumb_terminal_gets_lines(cli: Cli) -> None:
    _, drawn = on_a_terminal(cli, "run", "mission", "look", "--model", two_steps(cli), TERM="dumb")
    assert "\x1b" not in drawn
    assert "call shell seq 9" in drawn


def test_lists_fit_80_columns_and_show_whole_ids(cli: Cli) -> None:
    ran = cli("run", "mission", "look " * 40, "--json", "--model", cli.script(say("Done."))).json
    cli("run", "mission", "日本語 " * 40, "--model", cli.script(say("Done.")))
    for words, told in ((["sessions", "list"], ran["session_id"]), (["jobs", "list"], ran["job_id"])):
        _, drawn = on_a_terminal(cli, *words)
        assert told in drawn
        assert max(cells(clean(line)) for line in drawn.splitlines()) <= 80


def test_stdin_is_not_waited_for_at_a_terminal(cli: Cli) -> None:
    code, drawn = on_a_terminal(cli, "run", "mission", "-")
    assert code == 2
    assert "Pipe the text in." in drawn
