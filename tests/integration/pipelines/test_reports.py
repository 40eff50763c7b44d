"""What a worker outside may say of a step and a task at each moment of its run, and what it is answered."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.pipelines.api_of_runs import Json, RunsApi, a_shop, runs_api, steps_of

WORDS = ("running", "success", "failed")
REFUSED = "409"
STEPS = (
    "{name: compile, run: echo compiled}",
    "{name: sign, action: external}",
    "{name: ship, action: external}",
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunsApi]:
    folder = tmp_path_factory.mktemp("reports")
    names = ("acme/moves", "acme/fails", "acme/ends", "acme/cancels", "acme/keys")
    shops = {name: a_shop(folder / name, *STEPS) for name in names}
    with runs_api(folder / "home", shops) as found:
        yield found


class Work:
    """A run, and reports of its parts."""

    def __init__(self, runs: RunsApi, repository: str) -> None:
        self.runs = runs
        self.id = runs.start(repository)
        runs.until_step(self.id, "sign", "running")

    def say(self, name: str, status: str, **fields: Any) -> str:  # noqa: ANN401 - any field
        """Report; return the word that the view then has, or the code of the refusal."""
        run = self.runs.get(self.id)
        (task,) = run["phases"][0]["tasks"]
        ids = {"task": f"tasks/{task['id']}"} | {
            step["name"]: f"steps/{step['id']}" for step in task["steps"]
        }
        answer = self.runs.client.put(f"/v1/{ids[name]}/status", json={"status": status, **fields})
        if answer.status_code != 200:
            assert answer.json()["error"]["code"] in {"status_refused", "invalid_request"}
            return str(answer.status_code)
        return str(answer.json()["status"])

    def said(self, name: str) -> list[str]:
        """Say each word of a part, one after the other; return what was said back."""
        return [self.say(name, word) for word in WORDS]

    def ended(self) -> Json:
        return self.runs.until(self.id)


def test_each_step_takes_the_words_that_follow_and_no_others(runs: RunsApi) -> None:
    work = Work(runs, "acme/moves")
    assert work.said("compile") == [REFUSED] * 3, "its run plays it"
    assert work.said("ship") == [REFUSED] * 3, "it is not its turn"
    assert work.say("task", "success") == REFUSED, "a step comes after this one"
    assert [work.say("sign", "running") for _ in range(2)] == ["running"] * 2
    assert [work.say("sign", "success", exit_code=0) for _ in range(2)] == ["success"] * 2
    assert work.say("sign", "failed") == work.say("sign", "running") == REFUSED
    runs.until_step(work.id, "ship", "running")
    assert work.say("task", "success") == "success"
    run = work.ended()
    assert run["status"] == "success"
    assert {step["status"] for step in steps_of(run).values()} == {"success"}
    assert [work.say("task", word) for word in WORDS] == [REFUSED, "success", REFUSED]
    assert work.said("ship") == [REFUSED, "success", REFUSED]


def test_a_step_that_failed_ends_its_run(runs: RunsApi) -> None:
    work = Work(runs, "acme/fails")
    assert work.say("sign", "failed", exit_code=7) == "failed"
    run = work.ended()
    assert (run["status"], run["error"]) == ("failed", "build/app/sign: It ended with exit code 7.")
    assert steps_of(run)["build/app/sign"]["exit_code"] == 7
    assert steps_of(run)["build/app/ship"]["status"] == "pending"
    assert work.said("sign") == [REFUSED, REFUSED, "failed"]
    assert work.said("ship") == [REFUSED] * 3


def test_nothing_is_taken_of_a_run_that_was_cancelled(runs: RunsApi) -> None:
    work = Work(runs, "acme/cancels")
    assert runs.client.delete(f"/v1/runs/{work.id}").status_code == 204
    work.ended()
    assert work.said("sign") == work.said("task") == [REFUSED, REFUSED, "failed"], "as its view says"


@pytest.mark.parametrize(
    "fields",
    [
        {"exit_code": "no"},
        {"exit_code": 2**40},
        {"logs_s3_key": "pipeline-runs/660630e7-187a-4c7b-9b4e-a5a5bb79c051/logs/build/app/sign.log"},
        {"logs_s3_key": "pipeline-runs/RUN/../other.log"},
        {"logs_s3_key": "pipeline-runs/RUN/./a.log"},
        {"logs_s3_key": "pipeline-runs/RUN/a//b.log"},
        {"logs_s3_key": "pipeline-runs/RUN/"},
        {"logs_s3_key": "pipeline-runs/RUN/a\\..\\b.log"},
        {"logs_s3_key": "pipeline-runs/RUN/a\0.log"},
        {"logs_s3_key": "pipeline-runs/RUN/a\u202e.log"},
        {"logs_s3_key": "/pipeline-runs/RUN/a.log"},
        {"logs_s3_key": "s3://bucket/pipeline-runs/RUN/a.log"},
        {"logs_s3_key": ""},
        {"error": "this is a task's"},
    ],
)
def test_a_field_that_is_wrong_changes_nothing(runs: RunsApi, work: Work, fields: Json) -> None:
    given = {name: of.replace("RUN", work.id) if isinstance(of, str) else of for name, of in fields.items()}
    assert work.say("sign", "success", **given) == "400"
    assert steps_of(runs.get(work.id))["build/app/sign"]["status"] == "running"


def test_an_error_with_nul_is_refused(runs: RunsApi, work: Work) -> None:
    assert work.say("task", "failed", error="broken\0") == "400"
    assert steps_of(runs.get(work.id))["build/app/sign"]["status"] == "running"


@pytest.fixture(scope="module")
def work(runs: RunsApi) -> Iterator[Work]:
    found = Work(runs, "acme/keys")
    yield found
    runs.client.delete(f"/v1/runs/{found.id}")
