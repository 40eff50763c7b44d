from pathlib import Path
from typing import Any

import pytest

from taskforce.core.tools import Risk, ToolEffect, ToolFailed
from taskforce.infrastructure.missions.toolbox import BuiltinTools
from tests.integration.missions.tool_calls import call


async def test_a_command_answers_with_what_it_said(tmp_path: Path) -> None:
    done = await call("shell", tmp_path, command="echo out; echo err >&2")
    assert done.content == "out\n[stderr]\nerr"
    assert not done.failed
    assert done.details == {
        "exit_code": 0,
        "signal": None,
        "timed_out": False,
        "bytes": 8,
        "truncated": False,
    }


async def test_a_command_that_failed_is_told_with_its_exit_code(tmp_path: Path) -> None:
    done = await call("shell", tmp_path, command="echo err >&2; exit 4")
    assert done.failed
    assert done.content == "[stderr]\nerr\n[exit code 4]"
    assert done.details["exit_code"] == 4


async def test_a_command_that_ran_out_of_time_is_told_as_failed(tmp_path: Path) -> None:
    done = await call("shell", tmp_path, command="sleep 300", timeout=1)
    assert done.failed
    assert "stopped after 1 s" in done.content


async def test_code_is_run_beside_the_modules_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("VALUE = 'ä'\n")
    done = await call("python", tmp_path, code="import module\nprint(module.VALUE, __name__)")
    assert done.content == "ä __main__"
    assert "(1 file, 0 folders)" in (await call("list_files", tmp_path)).content


async def test_a_traceback_shows_the_code_and_nothing_of_ours(tmp_path: Path) -> None:
    done = await call("python", tmp_path, code="def f():\n    return 1 / 0\n\nf()")
    assert done.failed
    assert 'File "<code>", line 2, in f\n    return 1 / 0' in done.content
    assert "python_driver" not in done.content
    assert done.details["exit_code"] == 1


async def test_code_sees_no_environment_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    done = await call("python", tmp_path, code="import os; print(dict(os.environ))")
    assert "secret" not in done.content


async def test_git_keeps_a_repository(tmp_path: Path) -> None:
    await call("git", tmp_path, args=["init"])
    (tmp_path / "a").write_text("1\n")
    await call("git", tmp_path, args=["add", "--", "a"])
    assert not (await call("git", tmp_path, args=["commit", "-m", "/first/../one"])).failed
    assert not (await call("git", tmp_path, args=["switch", "-c", "work"])).failed
    (tmp_path / "a").write_text("2\n")
    assert "+2" in (await call("git", tmp_path, args=["diff"])).content
    shown = await call("git", tmp_path, args=["log", "--format=%an %s", "HEAD"])
    assert shown.content == "Taskforce /first/../one"


async def test_git_outside_a_repository_fails_with_its_reason(tmp_path: Path) -> None:
    done = await call("git", tmp_path, args=["status"])
    assert done.failed
    assert "not a git repository" in done.content


async def test_git_does_not_see_a_repository_above_the_workspace(tmp_path: Path) -> None:
    await call("git", tmp_path, args=["init"])
    (tmp_path / "workspace").mkdir()
    assert (await call("git", tmp_path / "workspace", args=["status"])).failed


@pytest.mark.parametrize(
    "args",
    [
        ["push"],
        ["-c", "alias.x=!id", "x"],
        ["--exec-path=/tmp", "log"],
        ["-C", "/", "status"],
        ["diff", "--ext-diff"],
        ["diff", "--ext-d"],
        ["log", "--textconv"],
        ["diff", "--output=../x"],
        ["diff", "--outp", "x"],
        ["diff", "--no-index", "a", "b"],
        ["diff", "--", "/dev/null", "/etc/passwd"],
        ["diff", "../a", "b"],
        ["status", "--git-dir=/x"],
        ["status", "--work-tree", "/"],
        ["commit", "-F", "/etc/passwd"],
        ["commit", "-aF/etc/passwd"],
        ["commit", "--file=/etc/passwd"],
        ["init", "--template=/tmp"],
        ["init", "--separate-git-dir", "/x"],
        ["init", "/elsewhere"],
    ],
)
async def test_git_that_leads_out_or_runs_programs_is_refused(tmp_path: Path, args: list[str]) -> None:
    await call("git", tmp_path, args=["init"])
    with pytest.raises(ToolFailed):
        await call("git", tmp_path, args=list(args))


async def test_a_repository_that_lies_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /somewhere\n")
    with pytest.raises(ToolFailed, match="lies elsewhere"):
        await call("git", tmp_path, args=["status"])


async def test_programs_that_a_repository_names_are_not_run(tmp_path: Path) -> None:
    await call("git", tmp_path, args=["init"])
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    with (tmp_path / ".git" / "config").open("a") as config:
        config.write(
            "[core]\n\tfsmonitor = touch ran; false\n\tpager = touch ran\n[diff]\n\texternal = touch ran\n"
        )
    (tmp_path / "a").write_text("1\n")
    for args in (["add", "a"], ["status"], ["commit", "-m", "x"], ["log", "-p"], ["diff", "HEAD"]):
        assert not (await call("git", tmp_path, args=list(args))).failed
    assert not (tmp_path / "ran").exists()


def test_every_tool_tells_what_it_is() -> None:
    specs = {name: tool.spec for name, tool in BuiltinTools().tools().items()}
    told = {name: (spec.risk, spec.effect, spec.parallel) for name, spec in specs.items()}
    read = (Risk.READ, ToolEffect.PURE, True)
    write = (Risk.WRITE, ToolEffect.IDEMPOTENT, False)
    execute = (Risk.EXECUTE, ToolEffect.IDEMPOTENT, False)
    assert told == {
        "file_read": read,
        "list_files": read,
        "grep": read,
        "file_write": write,
        "file_edit": write,
        "file_append": (Risk.WRITE, ToolEffect.ONCE, False),
        "shell": execute,
        "python": execute,
        "git": execute,
        "http_fetch": (Risk.NETWORK, ToolEffect.PURE, True),
    }


def test_every_argument_is_described_and_no_other_is_taken() -> None:
    for tool in BuiltinTools().tools().values():
        schema: Any = tool.spec.parameters
        assert schema["additionalProperties"] is False
        assert all(field.get("description") for field in schema["properties"].values())
