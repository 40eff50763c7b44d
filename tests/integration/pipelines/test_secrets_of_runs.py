"""A secret that a run holds is shown nowhere, whichever of its steps prints it."""

from pathlib import Path

import pytest

from tests.integration.doors.api_client import script
from tests.integration.pipelines.api_of_runs import Json, RunsApi, a_shop, runs_api, steps_of

SECRET = "correct-horse-battery"
KEEP = "{name: keep, run: 'echo $SHOP_TOKEN > token.txt', secrets: [SHOP_TOKEN]}"


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", SECRET)


def log(runs: RunsApi, run: Json, path: str) -> str:
    return str(runs.client.get(steps_of(run)[path]["logs_url"]).text)


def told(runs: RunsApi, run: Json) -> str:
    """All that is said of a run but its logs."""
    job = runs.client.get(f"/api/v1/jobs/{run['id']}").text
    return f"{run} {runs.events(run['id'])} {job}"


def test_a_step_that_was_not_given_it_shows_it_neither(tmp_path: Path) -> None:
    leak = "{name: leak, run: 'cat token.txt; base64 < token.txt; exit 3'}"
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop", KEEP, leak)}) as runs:
        run = runs.until(runs.start())
        assert log(runs, run, "build/app/leak").startswith("***\n***")
        assert steps_of(run)["build/app/leak"]["exit_code"] == 3
        assert "horse" not in told(runs, run)


def test_what_a_child_job_came_to_is_kept_without_it(tmp_path: Path) -> None:
    model = script(tmp_path, {"text": f"The token is {SECRET}."})
    ask = f"{{name: ask, action: mission, with: {{mission: Tell it, model: '{model}'}}}}"
    with runs_api(tmp_path / "home", {"acme/shop": a_shop(tmp_path / "shop", KEEP, ask)}) as runs:
        run = runs.until(runs.start())
        assert "The token is ***." in log(runs, run, "build/app/ask")
        assert SECRET not in told(runs, run)


def test_one_that_cannot_be_masked_fails_its_own_step_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIN", "1234")
    pin = "{name: pin, run: echo no, secrets: [PIN], required: false}"
    shop = a_shop(tmp_path / "shop", "{name: other, run: echo 1234}", pin)
    with runs_api(tmp_path / "home", {"acme/shop": shop}) as runs:
        run = runs.until(runs.start())
        assert (run["status"], log(runs, run, "build/app/other")) == ("success", "1234\n")
        failed = steps_of(run)["build/app/pin"]
        assert failed["status"] == "failed"
        assert failed["error"].startswith("The secret PIN must have 8 to 32768 characters")
