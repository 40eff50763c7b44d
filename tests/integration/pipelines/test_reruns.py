"""A run that is played again: whole, or without the tasks that succeeded, through the API and the library."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskforce import Taskforce
from taskforce.settings import Settings
from tests.integration.pipelines.api_of_runs import Json, RunsApi, runs_api, steps_of
from tests.integration.pipelines.repositories import Repository, a_repository
from tests.integration.processes import until

PHASES = "phases:\n  build: {group: 1}\n  deploy: {group: 2}\n"
STEPS = (
    "name: {name}\nphases:\n"
    "  build:\n    steps:\n"
    "      - {{name: begin, run: echo build {name} begin >> {marks}}}\n"
    "      - {{name: end, run: 'echo build {name} end >> {marks}; {then}'}}\n"
    "  deploy:\n    steps:\n"
    "      - {{name: go, run: echo deploy {name} go >> {marks}}}\n"
)
POOR = "while test -e {folder}/hold; do sleep 0.05; done; test -e {folder}/mended"


@pytest.fixture
def two(tmp_path: Path) -> Repository:
    """Two projects in two phases; the poor one waits while there is a file `hold`, and wants one `mended`."""
    texts = {
        "good": STEPS.format(name="good", marks=tmp_path / "marks", then="true"),
        "poor": STEPS.format(name="poor", marks=tmp_path / "marks", then=POOR.format(folder=tmp_path)),
    }
    files = {f"{name}/.forge/project.yaml": text for name, text in texts.items()}
    return a_repository(tmp_path / "two", {".forge/repo.yaml": PHASES, **files})


@pytest.fixture
def runs(two: Repository, tmp_path: Path) -> Iterator[RunsApi]:
    with runs_api(tmp_path / "home", {"acme/two": two}) as found:
        yield found


def marks(folder: Path) -> Counter[str]:
    """What was done since it was looked at last."""
    file = folder / "marks"
    done = Counter(file.read_text().splitlines())
    file.unlink()
    return done


def again(runs: RunsApi, run: Json, *, failed: bool) -> Json:
    answer = runs.client.post(f"/v1/runs/{run['id']}/rerun", params={"failed": failed})
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")
    return runs.until(answer.json()["id"])


def test_only_what_did_not_succeed_is_done_again(runs: RunsApi, tmp_path: Path) -> None:
    first = runs.until(runs.start("acme/two"))
    assert first["status"] == "failed"
    assert marks(tmp_path) == Counter(
        f"build {name} {step}" for name in ("good", "poor") for step in ("begin", "end")
    )

    (tmp_path / "mended").touch()
    second = again(runs, first, failed=True)
    assert second["status"] == "success"
    assert {step["status"] for step in steps_of(second).values()} == {"success"}
    assert marks(tmp_path) == Counter(
        ["build poor begin", "build poor end", "deploy good go", "deploy poor go"]
    )
    kept = steps_of(second)["build/good/end"]
    assert first["id"] in kept["logs_url"]
    assert runs.client.get(kept["logs_url"]).status_code == 200
    assert runs.get(first["id"])["status"] == "failed"

    third = again(runs, second, failed=True)
    assert (third["status"], (tmp_path / "marks").exists()) == ("success", False)
    assert again(runs, second, failed=False)["status"] == "success"
    assert marks(tmp_path).total() == 6


def test_a_cancelled_run_goes_on_with_what_it_had_not_done(runs: RunsApi, tmp_path: Path) -> None:
    ended = runs.until(runs.start("acme/two"))
    (tmp_path / "hold").touch()
    held = again_at_once(runs, ended)
    until(lambda: task(runs.get(held), "build", "good")["status"] == "success", what="the good one")
    refused = runs.client.post(f"/v1/runs/{ended['id']}/rerun")
    assert (refused.status_code, refused.json()["error"]["details"]) == (409, {"run_id": held})
    assert runs.client.delete(f"/v1/runs/{held}").status_code == 204
    cancelled = runs.until(held)
    assert [phase["status"] for phase in cancelled["phases"]] == ["failed", "skipped"]
    assert task(cancelled, "build", "poor")["status"] == "failed"
    assert task(cancelled, "deploy", "good")["status"] == "pending"

    marks(tmp_path)
    (tmp_path / "hold").unlink()
    (tmp_path / "mended").touch()
    assert again(runs, cancelled, failed=True)["status"] == "success"
    assert "build good end" not in marks(tmp_path)


def again_at_once(runs: RunsApi, run: Json) -> str:
    return str(runs.client.post(f"/v1/runs/{run['id']}/rerun").json()["id"])


def task(run: Json, phase: str, project: str) -> Json:
    tasks: list[Json] = [
        one
        for part in run["phases"]
        for one in part["tasks"]
        if (part["name"], one["project_name"]) == (phase, project)
    ]
    return tasks[0] if tasks else {"status": "pending"}


def test_the_library_does_the_same(two: Repository, tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path / "home",
        repositories={"acme/two": str(two.folder)},
        git_allow_local=True,
        model_probe=False,
    )

    async def play() -> None:
        async with Taskforce.open(settings) as tf:

            async def over(run: str) -> str:
                async for _ in tf.jobs.watch(job_id=run):
                    pass
                return (await tf.runs.get(run_id=run)).status.value

            asked = await tf.runs.create(
                repository="acme/two",
                branch="main",
                commit_sha=two.head,
                triggered_by="ann",
                trigger_type="push",
            )
            assert await over(asked.id) == "failed"
            marks(tmp_path)
            (tmp_path / "mended").touch()
            second = await tf.runs.rerun(run_id=asked.id, failed=True)
            assert await over(second.id) == "success"
            assert set(marks(tmp_path)) == {
                *("build poor begin", "build poor end", "deploy good go", "deploy poor go")
            }
            listed = await tf.runs.list(repository="acme/two")
            assert [one.id for one in listed.items] == [second.id, asked.id]

    asyncio.run(play())
