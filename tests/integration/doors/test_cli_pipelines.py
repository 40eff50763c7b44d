"""`taskforce run pipeline` and `taskforce pipelines`, as processes of a user."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.pipelines.api_of_runs import a_shop
from tests.integration.processes import Ended, said, taskforce, until

Say = Callable[..., Ended]


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Run a command at the shop, whose second step fails as long as there is no file `mended`."""
    steps = ("{name: compile, run: echo compiled}", f"{{name: check, run: cat {tmp_path}/mended}}")
    shop = a_shop(tmp_path / "shop", *steps)
    known = f"acme/shop={shop.folder}"

    def run(*words: str) -> Ended:
        settings = {"repositories": known, "git_allow_local": True, "workspace_roots": tmp_path}
        return said(tmp_path / "home", *words, **settings)  # type: ignore[arg-type]

    return run


def test_a_folder_is_run_as_it_is_and_told_in_lines(say: Say, tmp_path: Path) -> None:
    ran = say("run", "pipeline", str(tmp_path / "shop"))
    assert ran.code == 1
    assert "✓ build/app/compile success" in ran.err
    assert "✗ build/app/check failed" in ran.err
    assert "mended: No such file" in ran.err
    assert ran.out.startswith("failed  1 of 2 steps")
    assert ran.err.count("It ended with exit code 1.") == 1
    assert "pipelines logs" in ran.err.splitlines()[-1]
    (tmp_path / "mended").write_text("better\n")
    again = say("run", "pipeline", str(tmp_path / "shop"), "--verbose")
    assert (again.code, again.out[:20]) == (0, "success  2 of 2 step")
    assert "    better" in again.err


def test_the_first_command_makes_a_home_for_its_owner_alone(say: Say, tmp_path: Path) -> None:
    assert say("run", "pipeline", str(tmp_path / "shop"), "--background").code == 0
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_a_new_run_tells_first_of_work_that_waits(say: Say, tmp_path: Path) -> None:
    assert "waits" not in say("run", "pipeline", str(tmp_path / "shop"), "--background").err
    assert "1 interrupted job waits: taskforce" in say("run", "pipeline", str(tmp_path / "shop")).err


def test_a_repository_is_run_at_a_ref_shown_and_played_again(say: Say, tmp_path: Path) -> None:
    ran = say("run", "pipeline", "acme/shop", "--ref", "main", "--json")
    run = ran.json["id"]
    assert (ran.code, ran.json["status"], ran.json["triggered_by"]) == (1, "failed", "local")
    listed = say("pipelines", "list", "acme/shop", "--json").json
    assert [one["id"] for one in listed["runs"]] == [run]
    assert run in say("pipelines", "list", "acme/shop", "--limit", "1").out
    shown = say("pipelines", "show", run)
    assert "✗ check  failed" in shown.out
    assert "build/app/check" in shown.err
    assert say("pipelines", "show", run, "--json").json["id"] == run
    assert say("pipelines", "logs", run, "build", "app", "compile").out == "compiled\n"
    assert say("pipelines", "logs", run, "build", "app", "compile", "--json").json["size"] == 9
    assert say("pipelines", "logs", run, "build", "app", "nothing").code == 4
    of_all = say("pipelines", "logs", run).out
    assert of_all.startswith("✓ build/app/compile  success")
    assert (
        of_all.index("\ncompiled\n") < of_all.index("✗ build/app/check  failed") < of_all.index("mended: No")
    )
    assert "compiled" not in say("pipelines", "logs", run, "build", "app", "--failed").out
    assert "No step" in say("pipelines", "logs", run, "other").err
    assert say("pipelines", "logs", run, "--json").code == 2
    assert say("pipelines", "cancel", run).code == 5
    (tmp_path / "mended").write_text("better\n")
    assert say("pipelines", "rerun", run, "--failed", "--no-stream").code == 0
    streamed = say("pipelines", "rerun", run, "--json", "--stream")
    types = [json.loads(line)["event_type"] for line in streamed.out.splitlines()]
    assert (types[0], types[-1]) == ("pipeline.run.created", "complete")


def test_a_run_that_is_handed_in_waits_and_can_be_cancelled(say: Say) -> None:
    handed = say("run", "pipeline", "acme/shop", "--background")
    assert (handed.code, "Watch it" in handed.err) == (0, True)
    cancelled = say("pipelines", "cancel", handed.out.strip())
    assert (cancelled.code, cancelled.out[:9]) == (0, "cancelled")
    assert say("run", "pipeline", "acme/shop", "--background", "--json").json["status"] == "pending"


def test_what_is_wrong_is_told_with_its_exit_code(say: Say) -> None:
    assert say("run", "pipeline", "acme/shop", "--ref", "nothing").code == 2
    assert say("run", "pipeline", "/etc").code == 2
    assert say("run", "pipeline", "acme/shop", "--trigger-type", "cron").code == 2
    assert say("pipelines", "show", "01a1ff51-455a-701b-ab8a-a14e36fa9dcc").code == 4


def test_ctrl_c_cancels_the_run_and_ends_its_step(tmp_path: Path) -> None:
    shop = a_shop(tmp_path / "shop", f"{{name: wait, run: touch {tmp_path}/begun; sleep 60}}")
    words = ("run", "pipeline", str(shop.folder))
    with taskforce(tmp_path / "home", *words, workspace_roots=tmp_path) as process:
        until((tmp_path / "begun").exists, what="the step")
        process.send(signal.SIGINT)
        ended = process.wait()
    assert (ended.code, ended.out[:9]) == (130, "cancelled")
    assert "Cancelling" in ended.err
