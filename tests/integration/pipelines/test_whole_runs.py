"""Whole runs of real repositories: their trees, exit codes and logs."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from tests.integration.doors.api_client import script
from tests.integration.pipelines.api_of_runs import Json, RunsApi, a_shop, runs_api, steps_of
from tests.integration.pipelines.repositories import (
    MONOREPO,
    Repository,
    a_c_program,
    a_monorepo,
    a_python_package,
)
from tests.integration.processes import until


def log(runs: RunsApi, run: dict[str, object], path: str) -> str:
    return str(runs.client.get(steps_of(run)[path]["logs_url"]).text)


def words(run: dict[str, object]) -> dict[str, tuple[str, int | None]]:
    return {path: (step["status"], step["exit_code"]) for path, step in steps_of(run).items()}


def ended(home: Path, repository: Repository) -> tuple[dict[str, object], dict[str, str]]:
    """Run a repository; return the run and its logs."""
    with runs_api(home, {"acme/it": repository}) as runs:
        run = runs.until(runs.start("acme/it"))
        return run, {path: log(runs, run, path) for path, step in steps_of(run).items() if step["logs_url"]}


def test_a_python_package_is_linted_tested_and_built(tmp_path: Path) -> None:
    run, logs = ended(tmp_path / "home", a_python_package(tmp_path / "package"))
    assert run["status"] == "success"
    assert words(run) == dict.fromkeys(
        ["lint/answers/compile", "test/answers/pytest", "build/answers/archive"], ("success", 0)
    )
    assert "1 passed" in logs["test/answers/pytest"]


def test_a_python_package_with_a_wrong_answer_is_not_built(tmp_path: Path) -> None:
    run, logs = ended(tmp_path / "home", a_python_package(tmp_path / "package", answer=41))
    assert (run["status"], run["error"]) == ("failed", "test/answers/pytest: It ended with exit code 1.")
    assert words(run)["test/answers/pytest"] == ("failed", 1)
    assert words(run)["build/answers/archive"] == ("pending", None)
    assert "assert 41 == 42" in logs["test/answers/pytest"]


def test_a_c_program_is_built_then_tested(tmp_path: Path) -> None:
    run, logs = ended(tmp_path / "home", a_c_program(tmp_path / "program"))
    assert words(run) == {"build/greet/make": ("success", 0), "test/greet/check": ("success", 0)}
    assert "greeting.c" in logs["build/greet/make"]


def test_a_c_program_that_does_not_compile_is_not_tested(tmp_path: Path) -> None:
    run, logs = ended(tmp_path / "home", a_c_program(tmp_path / "program", source="return nothing;"))
    assert words(run) == {"build/greet/make": ("failed", 2), "test/greet/check": ("pending", None)}
    assert [phase["status"] for phase in run["phases"]] == ["failed", "skipped"]  # type: ignore[attr-defined]
    assert "nothing" in logs["build/greet/make"]


def test_a_monorepo_of_twelve_projects_is_played_in_three_groups(tmp_path: Path) -> None:
    run, logs = ended(tmp_path / "home", a_monorepo(tmp_path / "mono"))
    assert run["status"] == "success"
    assert set(words(run).values()) == {("success", 0)}
    phases = run["phases"]
    assert isinstance(phases, list)
    assert [(phase["name"], phase["group_number"], len(phase["tasks"])) for phase in phases] == [
        ("check", 1, 12),
        ("build", 2, 8),
        ("publish", 3, 8),
    ]
    assert all(before["completed_at"] <= after["started_at"] for before, after in pairwise(phases))
    for kind, names in MONOREPO.items():
        for phase in names:
            assert logs[f"{phase}/{kind}-one/end"] == f"{phase} {kind}-one ends in one\n"


def test_of_runs_handed_in_at_once_a_repository_has_a_hundred_and_the_others_are_429(tmp_path: Path) -> None:
    shop = a_shop(tmp_path / "shop")
    other = a_shop(tmp_path / "other")
    repositories = {"acme/shop": shop, "acme/other": other}
    with runs_api(tmp_path / "home", repositories, workers=0) as runs:
        bodies = [runs.body(commit_sha=f"{number:040x}") for number in range(1, 121)]
        with ThreadPoolExecutor(max_workers=120) as pool:
            answers = list(pool.map(lambda body: runs.client.post("/v1/runs", json=body), bodies))
        made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        refused = [answer for answer in answers if answer.status_code != 201]
        assert len(made) == 100
        for answer in refused:
            assert answer.status_code == 429
            assert answer.json()["error"]["code"] == "too_many_runs"
            assert int(answer.headers["Retry-After"]) >= 1
        listed = runs.client.get("/v1/runs", params={"repository": "acme/shop"}).json()
        assert listed["total"] == 100
        runs.start("acme/other")
        runs.client.delete(f"/v1/runs/{made[0]}")
        runs.start()
        again = runs.client.post(f"/api/v1/jobs/{made[0]}/retry")
        assert (again.status_code, again.json()["error"]["code"]) == (429, "too_many_runs")


def test_a_run_that_is_cancelled_in_a_step_leaves_its_log_and_no_tree(tmp_path: Path) -> None:
    shop = a_shop(tmp_path / "shop", "{name: wait, run: 'echo before; sleep 60'}")
    trees = tmp_path / "home" / "pipelines" / "runs"
    with runs_api(tmp_path / "home", {"acme/shop": shop}) as runs:
        run = runs.start()
        runs.until_step(run, "wait", "running")
        assert [tree.name for tree in trees.iterdir()] == [run]
        until(lambda: list(trees.glob("*/scratch/logs/build/app/wait.log")), what="what it prints")
        runs.client.delete(f"/v1/runs/{run}")
        ended = runs.until(run)
        assert ended["status"] == "cancelled"
        assert steps_of(ended)["build/app/wait"]["status"] == "failed"
        assert log(runs, ended, "build/app/wait") == "before\n"
        until(lambda: not list(trees.iterdir()), what="the end of its tree")


def test_a_secret_is_in_no_log_and_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "correct-horse-battery")
    says = "{name: tell, run: 'echo $SHOP_TOKEN; exit 1', secrets: [SHOP_TOKEN]}"
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop", says)}) as runs:
        run = runs.until(runs.start())
        assert log(runs, run, "build/app/tell") == "***\n"
        assert "horse" not in str(runs.events(run["id"]))
        assert "horse" not in str(run)


@pytest.mark.parametrize("name", ["TASKFORCE_HOME", "OPENAI_API_KEY", "NOT_SET"])
def test_a_repository_is_given_no_secret_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")
    says = f"{{name: tell, run: 'env', secrets: [{name}]}}"
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop", says)}) as runs:
        run = runs.until(runs.start())
        assert run["status"] == "failed"
        assert name in run["error"]


ASKS = {"text": "I ask.", "calls": [{"tool": "ask_user", "arguments": {"question": "Which colour?"}}]}
PAINTS = {
    "text": "I paint.",
    "calls": [{"tool": "file_write", "arguments": {"path": "wall.txt", "content": "red\n"}}],
}


def test_a_step_of_action_mission_runs_an_agent_whose_question_reaches_the_inbox(tmp_path: Path) -> None:
    model = script(tmp_path, ASKS, PAINTS, {"text": "It is painted."})
    mission = f"{{name: paint, action: mission, with: {{mission: Paint it, model: '{model}'}}}}"
    shop = a_shop(tmp_path / "shop", mission, "{name: look, run: cat wall.txt}")
    with runs_api(tmp_path / "home", {"acme/shop": shop}) as runs:
        run = runs.start()
        runs.until_step(run, "paint", "running")
        session = waiting(runs)
        wait = session["waiting"]["wait_id"]
        answer = runs.client.post(
            f"/api/v1/sessions/{session['session_id']}/respond", json={"wait_id": wait, "answer": "red"}
        )
        assert answer.status_code == 200, answer.text
        found = runs.until(run)
        assert found["status"] == "success", found
        assert log(runs, found, "build/app/look") == "red\n"
        assert "It is painted." in log(runs, found, "build/app/paint")


def waiting(runs: RunsApi) -> Json:
    """The session that waits for a person, as the inbox shows it."""
    for _ in range(500):
        found = runs.client.get("/api/v1/sessions", params={"status": "paused"}).json()
        if found:
            shown: Json = runs.client.get(f"/api/v1/sessions/{found[0]['session_id']}").json()
            return shown
    raise AssertionError("no session waits")


def test_a_mission_that_fails_fails_its_step(tmp_path: Path) -> None:
    poem = "mission: Write a poem about rain, model: 'local:planner'"
    mission = f"{{name: paint, action: mission, with: {{{poem}}}}}"
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop", mission)}) as runs:
        run = runs.until(runs.start())
        step = steps_of(run)["build/app/paint"]
        assert (run["status"], step["status"]) == ("failed", "failed")
        assert step["error"]


@pytest.mark.parametrize("words_of_with", ["mission: x, workspace: /etc", "nonsense: 1", ""])
def test_a_mission_step_that_is_not_right_says_so(tmp_path: Path, words_of_with: str) -> None:
    mission = f"{{name: paint, action: mission, with: {{{words_of_with}}}}}"
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop", mission)}) as runs:
        run = runs.until(runs.start())
        assert run["status"] == "failed"
        assert run["error"].startswith("build/app/paint: ")
