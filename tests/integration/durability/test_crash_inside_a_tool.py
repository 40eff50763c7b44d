"""A process killed while one of its tools runs: the tool dies with it, and the next process goes on."""

import time
from pathlib import Path

import pytest

from taskforce.core.jobs.model import JobStatus
from tests.integration.durability.twelve_steps import Part, script_in, shell, turn
from tests.integration.processes import content_of, programs_in, said, script, taskforce, until
from tests.integration.records import job_of, lines_of

pytestmark = pytest.mark.durability

SIGNALLED = Path(__file__).with_name("signalled_driver.py")
LEASE = 30.0
"""Seconds of the default lease: nothing here waits for it to run out."""
SHELL = "if [ -e pid ]; then echo again; else echo $$ > pid; sleep 60; fi"
STUBBORN = "if [ -e pid ]; then echo again; else trap '' TERM HUP INT; echo $$ > pid; sleep 60; sleep 60; fi"
FORKED = "if [ -e pid ]; then echo again; else setsid sh -c 'echo $$ > pid; sleep 60' & wait; fi"
PYTHON = """
import os, pathlib, time
pid = pathlib.Path("pid")
if pid.exists():
    print("again")
else:
    pid.write_text(f"{os.getpid()}\\n")
    time.sleep(60)
"""
TOOLS: dict[str, Part] = {
    "shell": shell(SHELL),
    "python": {"tool": "python", "arguments": {"code": PYTHON}},
    "stubborn": shell(STUBBORN),
    "forked": shell(FORKED),
}


def run_words(folder: Path, *turns: Part) -> tuple[str, ...]:
    file = script_in(folder, *turns)
    work = folder / "work"
    work.mkdir()
    return ("run", "mission", "Go", "--model", f"script:{file}", "--workspace", str(work), "--json")


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_dies_with_its_process_and_is_started_again_by_the_next(tmp_path: Path, tool: str) -> None:
    home = tmp_path / "home"
    words = run_words(tmp_path, turn("First.", shell("echo 1")), turn("Slow.", TOOLS[tool]), turn("Done."))
    with taskforce(home, *words, workspace_roots=tmp_path) as process:
        until(lambda: content_of(tmp_path / "work" / "pid"), what="the tool")
        assert programs_in(tmp_path / "work")
        process.kill()
    until(lambda: not programs_in(tmp_path / "work"), seconds=5, what="the tool's end")
    begun = time.monotonic()
    assert said(home, "worker", "--until-idle", workspace_roots=tmp_path).code == 0
    assert time.monotonic() - begun < LEASE / 3
    job = job_of(home)
    assert job.status is JobStatus.SUCCEEDED
    log = lines_of(home, job.id, tmp_path)
    assert [number for number, *_ in log] == list(range(1, len(log) + 1))
    assert [message.strip() for _, kind, message, _ in log if kind == "tool_result"] == ["1", "again"]
    assert [kind for _, kind, *_ in log].count("tool_call") == 2


@pytest.fixture
def unknown(tmp_path: Path) -> tuple[Path, str, str]:
    """A mission killed while a `once` call was under way: its home, its session and what it asks."""
    home = tmp_path / "home"
    append = {"tool": "file_append", "arguments": {"path": "pipe", "content": "once\n"}}
    words = run_words(tmp_path, turn("Append.", append), turn("Done."))
    pipe = tmp_path / "work" / "pipe"
    with script(
        SIGNALLED, home, "SIGKILL", "step.start:turn/1/call/1/run", *words, workspace_roots=tmp_path
    ) as process:
        assert process.wait().code == -9
    assert not pipe.exists()
    assert said(home, "worker", "--until-idle", workspace_roots=tmp_path).code == 0
    job = job_of(home)
    assert job.status is JobStatus.WAITING
    log = lines_of(home, job.id)
    assert log[-1][1] == "approval_required"
    assert log[-1][3]["reason"] == "unknown_after_crash"
    session_id = str(job.input["session_id"])
    shown = said(home, "sessions", "show", session_id, "--json").json
    return home, session_id, shown["waiting"]["wait_id"]


@pytest.mark.parametrize(
    ("words", "result", "content"),
    [
        (("--decision", "repeat"), "Added 5 bytes to pipe.", "once\n"),
        (("--decision", "skip"), "file_append was not started again. Skipped by local.", None),
        (("--decision", "result", "--answer", "it happened"), "it happened", None),
    ],
)
def test_a_call_that_may_happen_once_waits_for_a_persons_word_after_a_crash(
    unknown: tuple[Path, str, str], words: tuple[str, ...], result: str, content: str | None
) -> None:
    home, session_id, wait_id = unknown
    answered = said(
        home, "sessions", "respond", session_id, wait_id, *words, "--json", workspace_roots=home.parent
    )
    assert answered.json["status"] == "completed", answered
    log = lines_of(home, job_of(home).id)
    assert [message for _, kind, message, _ in log if kind == "tool_result"] == [result]
    pipe = home.parent / "work" / "pipe"
    assert (pipe.read_text() if pipe.exists() else None) == content


@pytest.mark.parametrize(
    ("crash", "result", "content"),
    [
        ("repeat", "Added 5 bytes to pipe.", "once\n"),
        ("skip", "file_append was not started again. Skipped by profile sure.", None),
    ],
)
def test_what_the_profile_rules_about_it_is_asked_of_nobody_and_told(
    tmp_path: Path, crash: str, result: str, content: str | None
) -> None:
    home = tmp_path / "home"
    (home / "profiles").mkdir(parents=True)
    (home / "profiles" / "sure.yaml").write_text(f"extends: dev\ncrash: {crash}\n")
    append = {"tool": "file_append", "arguments": {"path": "pipe", "content": "once\n"}}
    words = (*run_words(tmp_path, turn("Append.", append), turn("Done.")), "--profile", "sure")
    place = "step.start:turn/1/call/1/run"
    with script(SIGNALLED, home, "SIGKILL", place, *words, workspace_roots=tmp_path) as process:
        assert process.wait().code == -9
    assert said(home, "worker", "--until-idle", workspace_roots=tmp_path).code == 0
    job = job_of(home)
    assert job.status is JobStatus.SUCCEEDED
    log = lines_of(home, job.id)
    assert [message for _, kind, message, _ in log if kind == "tool_result"] == [result]
    (told,) = [details for _, kind, _, details in log if kind == "answered"]
    assert (told["by"], told["decision"], told["tool"]) == ("profile sure", crash, "file_append")
    assert not [kind for _, kind, *_ in log if kind == "approval_required"]
    pipe = tmp_path / "work" / "pipe"
    assert (pipe.read_text() if pipe.exists() else None) == content


def test_a_mission_that_is_cancelled_while_its_process_is_dead_begins_nothing_more(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = shell("echo $$ >> pid; sleep 60")
    words = run_words(tmp_path, turn("First.", shell("echo 1")), turn("Slow.", command), turn("Done."))
    with taskforce(home, *words, workspace_roots=tmp_path) as process:
        until(lambda: content_of(tmp_path / "work" / "pid"), what="the tool")
        process.kill()
    assert said(home, "jobs", "cancel", job_of(home).id, workspace_roots=tmp_path).code == 0
    assert said(home, "worker", "--until-idle", workspace_roots=tmp_path).code == 0
    job = job_of(home)
    assert job.status is JobStatus.CANCELLED
    assert len((tmp_path / "work" / "pid").read_text().split()) == 1
    assert [kind for _, kind, *_ in lines_of(home, job.id)][-2:] == ["error", "complete"]
