"""Runs as lines, as a tree, and as a live picture."""

import io
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.pipelines.schemas import RunView
from taskforce.cli.run_lines import RunLines
from taskforce.cli.run_live import RunLive
from taskforce.cli.run_playing import at_ref, place_of, summary
from taskforce.cli.run_tree import RunTree, duration
from taskforce.cli.terminal import Screen

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PLAIN = Screen(is_live=False, has_color=False, is_terminal=False)
PLAN: dict[str, Any] = {
    "phases": [
        {"name": "build", "group_number": 1, "tasks": [{"project": "app", "steps": ["compile", "test"]}]},
        {"name": "deploy", "group_number": 2, "tasks": [{"project": "app", "steps": ["push"]}]},
    ]
}
STEP: dict[str, Any] = {"phase": "build", "project": "app", "step": "compile"}


def event(type: str, seconds: float = 0, message: str = "", **details: Any) -> EventView:  # noqa: ANN401 - any JSON
    at = NOON + timedelta(seconds=seconds)
    return EventView(number=None, timestamp=at, event_type=type, message=message, details=details)


def story() -> list[EventView]:
    """A run whose first step prints something and fails."""
    task: dict[str, Any] = {"phase": "build", "project": "app"}
    return [
        event("pipeline.run.created"),
        event("run.planned", **PLAN),
        event("phase.started", message="build", phase="build", status="running"),
        event("task.started", message="build/app", **task, status="running"),
        event("step.started", message="build/app/compile", **STEP, status="running"),
        event("step.output", message="main.c:1: \x1b[31mno\x1b[0m\n", **STEP),
        event("step.completed", 2.5, "build/app/compile", **STEP, status="failed", error="exit code 2"),
        event("task.completed", 2.5, "build/app", **task, status="failed"),
        event("phase.completed", 2.5, "build", phase="build", status="failed"),
        event("phase.completed", 2.5, "deploy", phase="deploy", status="skipped"),
        event("pipeline.run.completed", 3),
    ]


def releases() -> list[EventView]:
    """What a run tells of its releases: one made, one failed, one not wanted."""
    failed: dict[str, Any] = {"project": "lib", "status": "failed", "error": "The registry is away."}
    return [
        event("run.planned", **PLAN),
        event("release.completed", 1, "release app 3", project="app", status="success", release_number=3),
        event("release.completed", 1, "release lib", **failed),
        event("release.skipped", 1, "release web: it is not named.", projects=["web"], reason="…"),
    ]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, ""), (0.04, "0.0 s"), (9.94, "9.9 s"), (42.4, "42 s"), (65, "1 m 05 s"), (-1, "0.0 s")],
)
def test_durations_are_told_as_people_do(seconds: float | None, told: str) -> None:
    assert duration(None if seconds is None else timedelta(seconds=seconds)) == told


@pytest.mark.parametrize("verbose", [False, True])
def test_lines_tell_what_ends_and_what_a_failed_step_printed(verbose: bool) -> None:
    out = io.StringIO()
    view = RunLines(PLAIN, out, verbose=verbose)
    for one in story():
        view.show(one)
    assert out.getvalue() == (
        "▸ build/app/compile\n"
        + ("    main.c:1: no\n" if verbose else "")
        + "✗ build/app/compile failed 2.5 s\n"
        + ("" if verbose else "    main.c:1: no\n")
        + "    exit code 2\n✗ build/app failed 2.5 s\n✗ build failed 2.5 s\n- deploy skipped\n"
    )


def test_lines_tell_what_was_released_and_why_not() -> None:
    out = io.StringIO()
    view = RunLines(PLAIN, out, verbose=False)
    for one in releases():
        view.show(one)
    assert out.getvalue() == (
        "✓ release app 3 success\n✗ release lib failed\n    The registry is away.\n"
        "- release web: it is not named.\n"
    )


def test_a_line_that_came_in_pieces_is_shown_as_one() -> None:
    tree = RunTree()
    tree.take(event("run.planned", **PLAN))
    for piece in ("one\nha", "lf", " and half\n", "last"):
        tree.take(event("step.output", message=piece, **STEP))
    part = tree.take(event("step.completed", **STEP, status="failed"))
    assert part is not None
    assert list(part.tail) == ["one", "half and half", "last"]


def test_lines_have_colours_where_they_are_seen() -> None:
    out = io.StringIO()
    view = RunLines(Screen(is_live=False, has_color=True, is_terminal=True), out, verbose=False)
    for one in story():
        view.show(one)
    assert "\x1b[31m✗ build failed" in out.getvalue()


def test_the_tree_knows_what_is_planned_and_how_each_part_stands() -> None:
    tree = RunTree()
    for one in story()[:6]:
        tree.take(one)
    told = [(depth, part.name, part.status) for depth, part in tree.root.walk()]
    assert told == [
        (0, "", "pending"),
        (1, "build", "running"),
        (2, "app", "running"),
        (3, "compile", "running"),
        (3, "test", "pending"),
        (1, "deploy", "pending"),
        (2, "app", "pending"),
        (3, "push", "pending"),
    ]


def test_what_is_no_part_of_the_tree_is_passed_over() -> None:
    tree = RunTree()
    assert tree.take(event("step.started", **STEP)) is None
    assert tree.take(event("error", code="x")) is None


@pytest.mark.parametrize("verbose", [False, True])
def test_the_live_picture_ends_with_the_whole_tree(capsys: pytest.CaptureFixture[str], verbose: bool) -> None:
    shown = Screen(is_live=True, has_color=False, is_terminal=True)
    view = RunLive(shown, now=lambda: NOON + timedelta(seconds=3), verbose=verbose)
    for one in story():
        view.show(one)
    view.note("By the way.")
    view.close()
    sys.stderr.flush()
    told = capsys.readouterr().err
    assert "By the way." in told
    assert "main.c:1: no" in told
    assert "✗ build  2.5 s" in told
    assert "- deploy" in told


def test_the_live_picture_ends_with_the_releases(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Screen(is_live=True, has_color=False, is_terminal=True)
    view = RunLive(shown, now=lambda: NOON, verbose=False)
    for one in releases():
        view.show(one)
    view.close()
    sys.stderr.flush()
    told = capsys.readouterr().err
    assert "✗ release\n  ✓ app 3\n  ✗ lib" in "\n".join(line.rstrip() for line in told.splitlines())
    assert "    The registry is away." in told
    assert "- release web: it is not named." in told


A_RUN = {
    "id": "01a1ff51-455a-701b-ab8a-a14e36fa9dcc",
    "repository": "acme/shop",
    "branch": "main",
    "commit_sha": "a" * 40,
    "status": "success",
    "triggered_by": "ann",
    "trigger_type": "push",
    "started_at": NOON,
    "completed_at": NOON + timedelta(seconds=65),
    "error": "",
    "phases": (),
}


def test_a_run_is_summed_up_in_a_line() -> None:
    assert summary(RunView.model_validate(A_RUN)) == f"success  0 of 0 steps  1 m 05 s  {A_RUN['id']}"


@pytest.mark.parametrize(
    ("ref", "branch", "commit"),
    [
        (None, "HEAD", "HEAD"),
        ("main", "main", "HEAD"),
        ("abcdef0", "HEAD", "abcdef0"),
        ("abcdef", "abcdef", "HEAD"),
        ("v1.2", "v1.2", "HEAD"),
    ],
)
def test_a_ref_is_a_commit_or_a_branch(ref: str | None, branch: str, commit: str) -> None:
    assert at_ref(ref) == {"branch": branch, "commit_sha": commit}


def test_a_target_is_a_folder_or_a_name(tmp_path: object) -> None:
    assert place_of(str(tmp_path)) == str(tmp_path)
    assert place_of("acme/shop") == "acme/shop"
    assert place_of(".").startswith("/")
