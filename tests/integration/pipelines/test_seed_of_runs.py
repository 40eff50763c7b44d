"""Every endpoint, field, status word and code that the seed says of runs, as a table."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.pipelines.api_of_runs import Json, RunsApi, a_shop, runs_api, steps_of

EXTERNAL = "{name: sign, action: external}"
NOBODY = "660630e7-187a-4c7b-9b4e-a5a5bb79c051"
RUN = {
    *("id", "repository", "branch", "commit_sha", "status", "triggered_by", "trigger_type"),
    *("started_at", "completed_at", "phases"),
}
PHASE = {"id", "name", "group_number", "status", "started_at", "completed_at", "tasks"}
TASK = {"id", "project_name", "status", "steps"}
STEP = {"id", "name", "status", "exit_code", "logs_url"}
EVENTS = {
    "pipeline.run.created": {"run_id", "repository", "branch", "commit_sha", "triggered_by"},
    "pipeline.run.completed": {"run_id", "repository", "commit_sha", "status", "duration_seconds"},
    "pipeline.run.failed": {"run_id", "repository", "commit_sha", "failed_phase", "error_message"},
}
FIELDS = ["repository", "branch", "commit_sha", "triggered_by", "trigger_type"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunsApi]:
    folder = tmp_path_factory.mktemp("seed")
    repositories = {
        "acme/shop": a_shop(folder / "shop"),
        "acme/broken": a_shop(folder / "broken", "{name: compile, run: echo so; exit 3}"),
        "acme/signed": a_shop(folder / "signed", "{name: compile, run: 'true'}", EXTERNAL),
        "acme/slow": a_shop(folder / "slow", "{name: compile, run: sleep 60}"),
    }
    with runs_api(folder / "home", repositories) as found:
        yield found


def problem(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - an answer
    error: Json = answer.json()["error"]
    assert error.keys() == {"code", "message", "details"}
    return answer.status_code, error["code"]


def test_a_run_is_created_as_the_seed_says(runs: RunsApi) -> None:
    answer = runs.client.post("/v1/runs", json=runs.body())
    assert answer.status_code == 201
    assert answer.json() == {"id": answer.json()["id"], "status": "pending", "started_at": None}
    assert answer.headers["Location"] == f"/v1/runs/{answer.json()['id']}"
    runs.until(answer.json()["id"])


def test_a_run_is_shown_with_every_field_of_the_seed(runs: RunsApi) -> None:
    body = runs.body(trigger_type="pull_request")
    run = runs.until(runs.start(trigger_type="pull_request"))
    assert run.keys() >= RUN
    assert {name: run[name] for name in FIELDS} == body
    assert run["status"] == "success"
    (phase,) = run["phases"]
    assert phase.keys() >= PHASE
    assert (phase["name"], phase["group_number"], phase["status"]) == ("build", 1, "success")
    (task,) = phase["tasks"]
    assert task.keys() >= TASK
    assert (task["project_name"], task["status"]) == ("app", "success")
    (step,) = task["steps"]
    assert step.keys() >= STEP
    assert (step["name"], step["status"], step["exit_code"]) == ("compile", "success", 0)
    assert run["started_at"] <= phase["started_at"] <= phase["completed_at"] <= run["completed_at"]


def test_a_log_is_read_by_its_signed_address_alone(runs: RunsApi) -> None:
    run = runs.until(runs.start())
    url = steps_of(run)["build/app/compile"]["logs_url"]
    assert url.startswith(f"http://testserver/v1/logs/pipeline-runs/{run['id']}/logs/build/app/compile.log?")
    answer = runs.client.get(url)
    assert (answer.status_code, answer.text) == (200, "compiled\n")
    path = f"/v1/runs/{run['id']}/logs/build/app/compile"
    assert runs.client.get(path).text == "compiled\n"
    forged = url[:-1] + ("0" if url[-1] != "0" else "1")
    assert problem(runs.client.get(forged)) == (403, "address_over")
    assert problem(runs.client.get(url.replace("compile.log", "other.log"))) == (403, "address_over")
    assert problem(runs.client.get(path.replace("compile", "nothing")))[0] == 404


def test_runs_are_listed_as_the_seed_says(runs: RunsApi) -> None:
    made = [runs.start("acme/broken", trigger_type="manual")]
    runs.until(made[0])
    made.append(runs.start("acme/broken", trigger_type="manual"))
    runs.until(made[1])
    given = {"repository": "acme/broken", "branch": "main", "limit": "1", "offset": "0"}
    answer = runs.client.get("/v1/runs", params=given)
    body = answer.json()
    assert (answer.status_code, body.keys()) == (200, {"runs", "total", "limit", "offset"})
    assert (body["total"], body["limit"], body["offset"]) == (2, 1, 0)
    assert body["runs"][0].keys() == {"id", "repository", "commit_sha", "status", "started_at"}
    assert body["runs"][0]["id"] == made[1]
    defaults = runs.client.get("/v1/runs", params={"repository": "acme/broken"}).json()
    assert (defaults["limit"], defaults["offset"]) == (20, 0)
    other = runs.client.get("/v1/runs", params={"repository": "acme/broken", "branch": "topic"}).json()
    assert (other["runs"], other["total"]) == ([], 0)
    assert problem(runs.client.get("/v1/runs")) == (400, "invalid_request")


def test_a_failed_run_says_of_what_and_skips_nothing_that_it_has_not(runs: RunsApi) -> None:
    run = runs.until(runs.start("acme/broken"))
    assert run["status"] == "failed"
    step = steps_of(run)["build/app/compile"]
    assert (step["status"], step["exit_code"]) == ("failed", 3)
    assert runs.client.get(step["logs_url"]).text == "so\n"
    events = {event["event_type"]: event["details"] for event in runs.events(run["id"])}
    for name, fields in EVENTS.items():
        assert events[name].keys() == fields
    assert events["pipeline.run.failed"]["failed_phase"] == "build"
    assert events["pipeline.run.completed"]["status"] == "failed"
    order = [event["event_type"] for event in runs.events(run["id"])]
    assert order[0] == "pipeline.run.created"
    assert order[-4:-2] == ["pipeline.run.failed", "pipeline.run.completed"]


def test_a_run_that_is_under_way_is_cancelled_with_204(runs: RunsApi) -> None:
    run = runs.start("acme/slow")
    runs.until_step(run, "compile", "running")
    assert runs.get(run)["status"] == "running"
    assert runs.client.delete(f"/v1/runs/{run}").status_code == 204
    found = runs.until(run)
    assert found["status"] == "cancelled"
    assert found["phases"][0]["status"] == "failed"
    assert steps_of(found)["build/app/compile"]["status"] == "failed"
    assert runs.client.delete(f"/v1/runs/{run}").status_code == 204
    assert "pipeline.run.cancelled" in [event["event_type"] for event in runs.events(run)]


def test_a_run_that_has_ended_cannot_be_cancelled(runs: RunsApi) -> None:
    run = runs.until(runs.start())["id"]
    assert problem(runs.client.delete(f"/v1/runs/{run}")) == (409, "resource_conflict")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/v1/runs/{NOBODY}"),
        ("DELETE", f"/v1/runs/{NOBODY}"),
        ("POST", f"/v1/runs/{NOBODY}/rerun"),
        ("PUT", f"/v1/tasks/{NOBODY}/status"),
        ("PUT", f"/v1/steps/{NOBODY}/status"),
    ],
)
def test_what_is_not_there_is_404(runs: RunsApi, method: str, path: str) -> None:
    body = {"status": "running"} if method == "PUT" else None
    assert problem(runs.client.request(method, path, json=body)) == (404, "resource_not_found")


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_is_missing_is_400(runs: RunsApi, field: str) -> None:
    body = {name: text for name, text in runs.body().items() if name != field}
    answer = runs.client.post("/v1/runs", json=body)
    assert problem(answer) == (400, "invalid_request")
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("trigger_type", "cron"),
        ("commit_sha", "main"),
        ("commit_sha", "abc12"),
        ("commit_sha", "--upload-pack=x"),
        ("repository", "../../etc"),
        ("repository", "-x/y"),
        ("repository", "ext::sh -c id"),
        ("repository", "https://evil.example/x.git"),
        ("repository", "/etc"),
        ("branch", ""),
        ("extra", "field"),
    ],
)
def test_a_field_that_is_wrong_is_400(runs: RunsApi, field: str, value: str) -> None:
    assert runs.client.post("/v1/runs", json={**runs.body(), field: value}).status_code == 400


def test_one_commit_by_one_trigger_has_one_run_at_a_time(runs: RunsApi) -> None:
    active = runs.start("acme/slow", trigger_type="push")
    answer = runs.client.post("/v1/runs", json=runs.body("acme/slow", trigger_type="push"))
    assert problem(answer) == (409, "resource_conflict")
    assert answer.json()["error"]["details"] == {"run_id": active}
    other = runs.start("acme/slow", trigger_type="manual")
    for run in (active, other):
        runs.client.delete(f"/v1/runs/{run}")
        runs.until(run)


def test_a_key_makes_one_run_however_often_it_is_sent(runs: RunsApi) -> None:
    key = {"Idempotency-Key": "once"}
    body = runs.body("acme/signed")
    first, second = (runs.client.post("/v1/runs", json=body, headers=key) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    other = runs.client.post("/v1/runs", json={**body, "branch": "other"}, headers=key)
    assert problem(other) == (422, "idempotency_key_reused")
    runs.client.delete(f"/v1/runs/{first.json()['id']}")
    runs.until(first.json()["id"])


def test_an_external_step_waits_for_its_worker(runs: RunsApi) -> None:
    run = runs.start("acme/signed")
    step = runs.until_step(run, "sign", "running")
    path = f"/v1/steps/{step['id']}/status"
    again = runs.client.put(path, json={"status": "running"})
    assert (again.status_code, again.json()["status"]) == (200, "running")
    key = f"pipeline-runs/{run}/logs/build/app/sign.log"
    done = {"status": "success", "exit_code": 0, "logs_s3_key": key}
    answer = runs.client.put(path, json=done)
    assert answer.status_code == 200
    assert answer.json().keys() >= STEP
    assert (answer.json()["status"], answer.json()["exit_code"]) == ("success", 0)
    assert key in answer.json()["logs_url"]
    assert runs.client.put(path, json=done).status_code == 200
    assert problem(runs.client.put(path, json={"status": "failed"})) == (409, "status_refused")
    found = runs.until(run)
    assert found["status"] == "success"
    assert steps_of(found)["build/app/sign"]["status"] == "success"


@pytest.mark.parametrize("key", ["/etc/passwd", "pipeline-runs/other/x.log", "pipeline-runs/RUN/../x"])
def test_a_report_names_a_log_of_its_own_run_alone(runs: RunsApi, key: str) -> None:
    run = runs.start("acme/signed")
    step = runs.until_step(run, "sign", "running")
    body = {"status": "success", "logs_s3_key": key.replace("RUN", run)}
    assert problem(runs.client.put(f"/v1/steps/{step['id']}/status", json=body)) == (400, "invalid_request")
    runs.client.delete(f"/v1/runs/{run}")
    runs.until(run)


def test_a_task_fails_by_the_word_of_its_worker(runs: RunsApi) -> None:
    run = runs.start("acme/signed", trigger_type="manual")
    runs.until_step(run, "sign", "running")
    task = runs.get(run)["phases"][0]["tasks"][0]
    path = f"/v1/tasks/{task['id']}/status"
    assert runs.client.put(path, json={"status": "running"}).json()["status"] == "running"
    answer = runs.client.put(path, json={"status": "failed", "error": "The key is lost."})
    assert answer.status_code == 200
    assert answer.json().keys() >= TASK
    assert (answer.json()["status"], answer.json()["error"]) == ("failed", "The key is lost.")
    found = runs.until(run)
    assert (found["status"], found["error"]) == ("failed", "build/app/sign: The key is lost.")


def test_a_step_that_its_run_plays_is_not_the_workers(runs: RunsApi) -> None:
    run = runs.until(runs.start())
    step = steps_of(run)["build/app/compile"]
    answer = runs.client.put(f"/v1/steps/{step['id']}/status", json={"status": "failed"})
    assert problem(answer) == (409, "status_refused")
    task = run["phases"][0]["tasks"][0]
    answer = runs.client.put(f"/v1/tasks/{task['id']}/status", json={"status": "failed"})
    assert problem(answer) == (409, "status_refused")
    assert runs.client.put(f"/v1/tasks/{task['id']}/status", json={"status": "success"}).status_code == 200


def test_a_word_that_is_none_is_400(runs: RunsApi) -> None:
    for what in ("tasks", "steps"):
        answer = runs.client.put(f"/v1/{what}/{NOBODY}/status", json={"status": "pending"})
        assert problem(answer) == (400, "invalid_request")


def test_a_rerun_of_failed_tasks_is_a_run_of_its_own(runs: RunsApi) -> None:
    first = runs.until(runs.start("acme/broken"))
    answer = runs.client.post(f"/v1/runs/{first['id']}/rerun", params={"failed": "true"})
    assert answer.status_code == 201
    second = runs.until(answer.json()["id"])
    assert second["id"] != first["id"]
    assert {name: second[name] for name in ("repository", "commit_sha", "trigger_type")} == {
        name: first[name] for name in ("repository", "commit_sha", "trigger_type")
    }


def test_a_rerun_under_a_key_is_one(runs: RunsApi) -> None:
    path, key = f"/v1/runs/{runs.until(runs.start('acme/broken'))['id']}/rerun", {"Idempotency-Key": "r1"}
    first = runs.client.post(path, headers=key)
    runs.until(first.json()["id"])
    again = runs.client.post(path, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    other = runs.client.post(path, params={"failed": "true"}, headers=key)
    assert problem(other) == (422, "idempotency_key_reused")


def test_a_run_that_is_under_way_is_not_rerun(runs: RunsApi) -> None:
    run = runs.start("acme/slow")
    assert problem(runs.client.post(f"/v1/runs/{run}/rerun")) == (409, "resource_conflict")
    runs.client.delete(f"/v1/runs/{run}")
    runs.until(run)
