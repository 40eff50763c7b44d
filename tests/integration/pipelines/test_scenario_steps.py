"""Steps that simulate: a plant of the repository, or the one that the project has imported."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.pipelines.api_of_runs import Json, RunsApi, runs_api, steps_of
from tests.integration.pipelines.repositories import Repository, a_repository
from tests.integration.processes import ROOT

LINE = {
    file.name: file.read_text() for file in (ROOT / "examples" / "plants" / "two-machine-line").glob("*.csv")
}
FOLDER = "plant: plants/line, dispatch_rule: SPT, seed: 3"
STEP = "build/app/simulate"


def a_shop(folder: Path, simulates: str) -> Repository:
    """A repository whose project has a plant, one with a wrong number, and a link that leads out."""
    step = f"{{name: simulate, action: scenario, with: {{{simulates}}}}}"
    wrong = LINE | {"machines.csv": LINE["machines.csv"].replace(",1\n", ",none\n")}
    files = {f"app/plants/line/{name}": text for name, text in LINE.items()}
    files |= {f"app/plants/wrong/{name}": text for name, text in wrong.items()}
    files |= {f"elsewhere/{name}": text for name, text in LINE.items()}
    project = f"name: app\nphases:\n  build:\n    steps:\n      - {step}\n"
    shop = a_repository(
        folder, {".forge/repo.yaml": "phases:\n  build: {}\n", "app/.forge/project.yaml": project, **files}
    )
    (folder / "app/plants/out").symlink_to("../../elsewhere")
    shop.commit({})
    return shop


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Repository]:
    folder = tmp_path_factory.mktemp("shops")
    simulated = {
        "folder": FOLDER,
        "newest": "snapshot: newest, dispatch_rule: SPT, seed: 3",
        "wrong": "plant: plants/wrong",
        "nowhere": "plant: plants/nowhere",
        "out": "plant: plants/out",
        "above": "plant: ../elsewhere",
        "both": "plant: plants/line, snapshot: newest",
        "neither": "seed: 1",
        "rule": "plant: plants/line, dispatch_rule: LIFO",
        "unfit": "plant: plants/line, release_policy: CONWIP",
    }
    return {f"acme/{name}": a_shop(folder / name, says) for name, says in simulated.items()}


@pytest.fixture(scope="module")
def runs(home: Path, shops: dict[str, Repository]) -> Iterator[RunsApi]:
    with runs_api(home, shops) as runs:
        yield runs


def ended(runs: RunsApi, name: str) -> tuple[Json, Json]:
    """Return a run that has ended, and its step."""
    run = runs.until(runs.start(f"acme/{name}"))
    return run, steps_of(run)[STEP]


def told(runs: RunsApi, step: Json) -> Json:
    log: Json = json.loads(runs.client.get(step["logs_url"]).text)
    return log


def test_a_step_simulates_a_folder_of_its_repository_and_its_log_tells_kpis_and_artifacts(
    runs: RunsApi,
) -> None:
    run, step = ended(runs, "folder")
    assert run["status"] == "success", run
    result = told(runs, step)
    assert result["kpis"]["otd_pct"]["mean"] >= 0
    assert {"kpis.json", "timeline.csv", "gantt.svg", "manifest.json"} <= {
        file["name"] for file in result["files"]
    }
    child = runs.client.get("/api/v1/jobs", params={"kind": "scenario"}).json()["items"][0]
    assert runs.client.get(f"/api/v1/jobs/{child['id']}").json()["parent_id"] == run["id"]


def test_the_newest_snapshot_is_what_somebody_imported_and_no_step_changes_it(runs: RunsApi) -> None:
    run, step = ended(runs, "newest")
    assert run["status"] == "failed"
    assert "Import its data first" in step["error"]  # the other test's folder was imported for nobody else
    committed = runs.client.post("/api/v1/projects/default/import:commit", json={"files": LINE})
    assert committed.status_code == 201, committed.text
    run, step = ended(runs, "newest")
    assert run["status"] == "success", run
    assert told(runs, step)["kpis"] == told(runs, ended(runs, "folder")[1])["kpis"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("wrong", "2 errors stand in the way; the first, in machines.csv:2:capacity: must be a number"),
        ("nowhere", "cannot be read"),
        ("out", "out leads out of its project's folder. Name a folder inside."),
        ("above", "leads out of its project's folder"),
        ("both", "give `plant`, a folder of CSV files, or `snapshot: newest`"),
        ("neither", "give `plant`, a folder of CSV files, or `snapshot: newest`"),
        ("rule", "/scenario/dispatch_rule: Input should be"),
        ("unfit", "CONWIP needs wip_cards"),
    ],
)
def test_a_step_that_cannot_be_simulated_fails_and_says_why(runs: RunsApi, name: str, says: str) -> None:
    run, step = ended(runs, name)
    assert (run["status"], step["status"]) == ("failed", "failed")
    assert says in step["error"]
