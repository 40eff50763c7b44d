"""Steps that scan: what a repository holds for agents is in the step's log, and in no catalogue."""

import json
from collections.abc import Iterator

import pytest

from tests.integration.marketplace.sources_in_use import FILES
from tests.integration.marketplace.trees_of_git import a_bare
from tests.integration.pipelines.api_of_runs import RunsApi, a_shop, runs_api, steps_of

STEP = "build/app/look"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunsApi]:
    folder = tmp_path_factory.mktemp("shops")
    url = f"file://{a_bare(folder / 'skills.git', FILES).folder}"
    steps = {
        "found": f"url: '{url}', root_hint: skills",
        "away": f"url: '{url}', branch: nowhere",
        "program": "url: 'ext::id'",
    }
    shops = {
        f"acme/{name}": a_shop(folder / name, f"{{name: look, action: scan, with: {{{said}}}}}")
        for name, said in steps.items()
    }
    with runs_api(folder / "home", shops) as runs:
        yield runs


def test_a_run_goes_on_with_what_its_step_found(runs: RunsApi) -> None:
    run = runs.until(runs.start("acme/found"))
    assert run["status"] == "success", run
    found = json.loads(runs.client.get(steps_of(run)[STEP]["logs_url"]).text)
    assert [(one["type"], one["path"]) for one in found["artifacts"]] == [("skill", "skills/profile")]
    child = runs.client.get("/api/v1/jobs", params={"kind": "scan"}).json()["items"][0]
    assert runs.client.get(f"/api/v1/jobs/{child['id']}").json()["parent_id"] == run["id"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [("away", "no branch, tag or commit nowhere"), ("program", "a program of git's")],
)
def test_a_run_fails_with_what_a_scan_cannot_read(runs: RunsApi, name: str, problem: str) -> None:
    run = runs.until(runs.start(f"acme/{name}"))
    assert run["status"] == "failed", run
    job = runs.client.get(f"/api/v1/jobs/{run['id']}").json()
    assert problem in json.dumps(job)
