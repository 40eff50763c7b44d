"""Logs of runs go after the days of their environment, runs after theirs; nothing is left on the disk."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from taskforce.core.principals import DEFAULT_PROJECT
from tests.integration.doors.api_client import script
from tests.integration.pipelines.api_of_runs import Json, RunsApi, a_shop, runs_api, steps_of
from tests.integration.processes import said

DAY = 24 * 60 * 60 * 1_000_000
LONG = "{name: long, action: mission, with: {mission: Say it, model: '%s'}}"


def aged(home: Path, days: int) -> None:
    """Let all that is there be so many days older."""
    with sqlite3.connect(home / "taskforce.db", timeout=20) as database:
        for column in ("created_at", "started_at", "ended_at", "updated_at"):
            database.execute(f"UPDATE jobs SET {column} = {column} - ?", (days * DAY,))  # noqa: S608 - ours
        database.execute("UPDATE pipeline_runs SET created_at = created_at - ?", (days * DAY,))


def pruned(runs: RunsApi, *, dry_run: bool = False) -> dict[str, int]:
    """Prune as the duty of every hour does."""
    container: Any = runs.client.app.state.doors.container  # type: ignore[attr-defined] # Starlette's app
    kept = container.retention()
    counts = asyncio.run(kept.prune(DEFAULT_PROJECT, before=None, dry_run=dry_run))
    return {name: count for name, count in counts.items() if count}


def files_of(home: Path, run: Json) -> list[str]:
    return sorted(
        path.relative_to(home / "artifacts").as_posix()
        for path in (home / "artifacts").rglob("*")
        if path.is_file() and run["id"] in path.as_posix()
    )


def test_logs_go_after_seven_days_and_the_run_after_ninety(tmp_path: Path) -> None:
    home = tmp_path / "home"
    mission = LONG % script(tmp_path, {"text": "Said."})
    shop = a_shop(tmp_path / "shop", "{name: compile, run: echo compiled}", mission)
    with runs_api(home, {"acme/shop": shop}) as runs:
        run = runs.until(runs.start())
        url = steps_of(run)["build/app/compile"]["logs_url"]
        assert pruned(runs) == {}
        aged(home, 8)
        young = runs.until(runs.start())
        assert pruned(runs, dry_run=True) == {"logs": 1}
        assert len(files_of(home, run)) == 2
        assert pruned(runs) == {"logs": 1}
        assert pruned(runs) == {}
        gone = runs.client.get(url)
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "resource_not_found")
        assert "retention_log_days" in gone.json()["detail"]
        assert files_of(home, run) == []
        assert len(files_of(home, young)) == 2
        assert runs.get(run["id"])["status"] == "success"
        sessions = runs.client.get("/api/v1/sessions").json()
        aged(home, 83)
        assert pruned(runs) == {"jobs": 2, "logs": 1}
        assert runs.client.get("/api/v1/sessions").json() == sessions[:1], (
            "a mission's session goes with its run"
        )
        assert runs.client.get(f"/v1/runs/{run['id']}").status_code == 404
        assert runs.get(young["id"])["status"] == "success"


def test_a_run_that_is_removed_takes_its_logs_from_the_disk(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with runs_api(home, {"acme/shop": a_shop(tmp_path / "shop")}, retention_log_days=(90, 90, 90)) as runs:
        run = runs.until(runs.start())
        assert files_of(home, run) == [f"pipeline-runs/{run['id']}/logs/build/app/compile.log"]
        aged(home, 2)
        assert runs.client.post("/api/v1/jobs:prune", json={"older_than": "1d"}).json()["jobs"] == 1
        assert files_of(home, run) == []
        assert not (home / "artifacts" / "pipeline-runs" / run["id"]).exists()


@pytest.mark.parametrize(("environment", "left"), [("staging", 1), ("development", 0)])
def test_the_setting_says_where_runs_belong(tmp_path: Path, environment: str, left: int) -> None:
    home = tmp_path / "home"
    with runs_api(home, {"acme/shop": a_shop(tmp_path / "shop")}) as runs:
        run = runs.until(runs.start())
    aged(home, 8)
    words = ("prune", "--older-than", "90d")
    done = said(home, *words, "--json", retention_environment=environment)
    assert (done.code, json.loads(done.out)["logs"]) == (0, 1 - left)
    assert len(files_of(home, run)) == left
    assert said(home, *words).out == (
        "Removed 0 sessions and 0 other jobs, and the logs of 1 run.\n"
        if left
        else "Removed 0 sessions and 0 other jobs.\n"
    )
