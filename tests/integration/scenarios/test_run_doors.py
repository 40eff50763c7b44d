"""Runs, experiments and debriefs through the doors: the same story, told by each, and what is refused."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from taskforce import Taskforce
from taskforce.application.executor import AgentExecutor
from taskforce.application.factory import close_container, open_container
from taskforce.core.principals import local_principal
from taskforce.core.scenarios.errors import NoSnapshot, RunUnfinished, ScenarioUnfit
from taskforce.mcp.arguments import read
from taskforce.mcp.services import NoStop, Services
from taskforce.mcp.tools import BY_NAME
from taskforce.settings import Settings
from tests.integration.doors.api_client import api
from tests.integration.processes import said, until
from tests.plant_builders import WHOLE, encoded

AT = "/api/v1/projects/default"
SCENARIO: dict[str, Any] = {"name": "story", "dispatch_rule": "SPT", "replications": 2, "seed": 3}
FLAGS = ("--name", "story", "--dispatch", "SPT", "--replications", "2", "--seed", "3")
SWEEPS: dict[str, list[Any]] = {"dispatch_rule": ["EDD", "SPT"], "add_floater": [0, 1]}
NOWHERE = "00000000-0000-7000-8000-000000000000"
FILES = ["kpis.json", "kpis.csv", "timeline.csv", "gantt.svg", "lead_times.svg", "manifest.json"]
Json = dict[str, Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with api(tmp_path_factory.mktemp("runs") / "home") as client:
        assert client.post(f"{AT}/import:commit", json={"files": WHOLE}).status_code == 201
        yield client


@pytest.fixture(scope="module")
def run(client: TestClient) -> Json:
    return ended(client, client.post(f"{AT}/runs", json=SCENARIO).json()["status_url"])


@contextmanager
def empty(folder: Path) -> Iterator[TestClient]:
    with api(folder / "home") as client:
        yield client


def ended(client: TestClient, place: str) -> Json:
    def looked_at() -> Json | None:
        found: Json = client.get(place).json()
        return found if found["status"] in {"completed", "failed"} else None

    return until(looked_at, what="the end")


def plant_in(folder: Path) -> str:
    plant = folder / "plant"
    plant.mkdir()
    for name, text in WHOLE.items():
        (plant / name).write_text(text)
    return str(plant)


def test_a_run_is_taken_in_and_shown_until_it_has_results(client: TestClient) -> None:
    made = client.post(f"{AT}/runs", json=SCENARIO)
    assert made.status_code == 202
    told = made.json()
    place = f"{AT}/runs/{told['run_id']}"
    assert told == {
        "run_id": told["run_id"],
        "project_id": "default",
        "status": told["status"],
        "seed": 3,
        "status_url": place,
    }
    assert told["status"] == "queued"
    assert made.headers["location"] == place
    run = ended(client, place)
    assert (run["status"], run["progress_pct"], run["message"]) == ("completed", 100, "")
    shown = client.get(place)
    assert client.get(place, headers={"if-none-match": shown.headers["etag"]}).status_code == 304
    assert run in client.get(f"{AT}/runs").json()["runs"]


def test_results_name_each_file_with_its_bytes(client: TestClient, run: Json) -> None:
    results = client.get(f"{AT}/runs/{run['run_id']}/results").json()
    assert [one["name"] for one in results["artifacts"]] == FILES
    for one in results["artifacts"]:
        content = client.get(one["url"])
        assert content.headers["content-type"] == one["media_type"]
        assert len(content.content) == one["size"]
    assert results["kpis"]["otd_pct"].keys() == {"mean", "low", "high"}


def test_the_same_scenario_has_the_same_numbers_through_every_door(
    client: TestClient, run: Json, tmp_path: Path
) -> None:
    by_http = client.get(f"{AT}/runs/{run['run_id']}/results").json()["kpis"]
    words = ("run", "scenario", plant_in(tmp_path), *FLAGS, "--json")
    by_command = said(tmp_path / "home", *words, seconds=90)
    assert by_command.code == 0, by_command.err
    told = by_command.json
    assert told["results"]["kpis"] == by_http
    shown = said(tmp_path / "home", "scenarios", "results", told["run"]["run_id"], "--json").json
    assert shown == told["results"]
    stands = said(tmp_path / "home", "scenarios", "show", told["run"]["run_id"], "--json").json
    assert stands == told["run"]
    assert said(tmp_path / "home", "scenarios", "runs", "--json").json["runs"] == [told["run"]]


async def test_the_library_and_mcp_tell_the_same_story(client: TestClient, run: Json, tmp_path: Path) -> None:
    async with Taskforce.open(Settings(home=tmp_path / "home")) as tf:
        with pytest.raises(NoSnapshot):
            await tf.scenario_runs.create(project_id="default", scenario=SCENARIO)
        await tf.scenario_imports.commit(project_id="default", files=encoded(WHOLE))
        with pytest.raises(ScenarioUnfit):
            await tf.scenario_runs.create(
                project_id="default", scenario={"release_policy": "CONWIP", "wip_caps": {"nowhere": 1}}
            )
        made = await tf.scenario_runs.create(project_id="default", scenario=SCENARIO)
        async for _ in tf.jobs.watch(job_id=made.run_id):
            pass
        results = await tf.scenario_runs.results(project_id="default", run_id=made.run_id)
        debrief = await tf.debriefs.create(project_id="default", run_id=made.run_id)
        assert [debrief.name, *(one.name for one in debrief.alternates)] == [
            "debrief.html",
            "debrief.md",
            "debrief.pdf",
        ]
        experiment = await tf.experiments.create(project_id="default", sweeps={"dispatch_rule": ["EDD"]})
        await tf.experiments.cancel(project_id="default", experiment_id=experiment.experiment_id)
        late = await tf.scenario_runs.create(project_id="default", scenario={"replications": 1000})
        await tf.scenario_runs.cancel(project_id="default", run_id=late.run_id)
        with pytest.raises(RunUnfinished):
            await tf.scenario_runs.results(project_id="default", run_id=late.run_id)
    by_http = client.get(f"{AT}/runs/{run['run_id']}/results").json()
    assert results.kpis == by_http["kpis"]
    by_mcp = await _by_mcp(tmp_path / "home", made.run_id)
    assert by_mcp["results"]["kpis"] == by_http["kpis"]
    assert by_mcp["job"]["kind"] == "debrief"


async def _by_mcp(home: Path, run_id: str) -> Json:
    container = open_container(Settings(home=home, model_probe=False))
    services = Services(
        missions=container.missions(),
        sessions=container.sessions(),
        jobs=container.jobs(),
        runs=container.runs(),
        releases=container.releases(),
        deployments=container.deployments(),
        approvals=container.approvals(),
        scenario_runs=container.scenario_runs(),
        experiments=container.experiments(),
        debriefs=container.debriefs(),
        executor=AgentExecutor(container),
        principal=local_principal(),
        stop=NoStop(),
    )

    async def call(name: str, **words: Any) -> Json:  # noqa: ANN401 - any argument
        offer = BY_NAME[name]
        asked = read({"project_id": "default", **words}, offer.asked)
        return (await offer.call(services, asked, _nobody)).model_dump(mode="json")

    try:
        assert (await call("scenario_runs_get", run_id=run_id))["status"] == "completed"
        assert (await call("scenario_runs_list"))["total"] >= 2
        other = await call("scenario_runs_create", scenario=SCENARIO, idempotency_key="one")
        again = await call("scenario_runs_create", scenario=SCENARIO, idempotency_key="one")
        assert other["run_id"] == again["run_id"]
        assert await call("scenario_runs_cancel", run_id=other["run_id"]) == {"id": other["run_id"]}
        made = await call("experiments_create", sweeps=SWEEPS)
        experiment_id = made["experiment_id"]
        assert (await call("experiments_get", experiment_id=experiment_id))["total"] == 4
        assert await call("experiments_cancel", experiment_id=experiment_id) == {"id": experiment_id}
        return {
            "results": await call("scenario_runs_results", run_id=run_id),
            "job": await call("debriefs_create", run_id=run_id),
        }
    finally:
        close_container(container)


async def _nobody(number: int, message: str) -> None:
    """Nobody listens."""


def test_an_experiment_is_the_same_through_both_doors(client: TestClient, tmp_path: Path) -> None:
    asked = {"sweeps": SWEEPS, "seed_base": 5}
    made = client.post(f"{AT}/experiments", json=asked)
    assert made.status_code == 202
    place = made.headers["location"]
    assert place == f"{AT}/experiments/{made.json()['experiment_id']}"
    by_http = ended(client, place)
    assert [(one["seed"], one["name"]) for one in by_http["runs"]] == [
        (5, "add_floater=0, dispatch_rule=EDD"),
        (6, "add_floater=0, dispatch_rule=SPT"),
        (7, "add_floater=1, dispatch_rule=EDD"),
        (8, "add_floater=1, dispatch_rule=SPT"),
    ]
    words = [f"--sweep={field}={','.join(map(str, values))}" for field, values in SWEEPS.items()]
    home, plant = tmp_path / "home", plant_in(tmp_path)
    create = ("scenarios", "experiments", "create", plant, *words, "--seed-base", "5", "--json")
    ran = said(home, *create, seconds=90)
    assert ran.code == 0, ran.err
    facts = ("seed", "name", "status", "kpis")
    assert [[one[name] for name in facts] for one in ran.json["runs"]] == [
        [one[name] for name in facts] for one in by_http["runs"]
    ]
    shown = said(home, "scenarios", "experiments", "show", ran.json["experiment_id"])
    assert "add_floater=1, dispatch_rule=SPT\t8\tcompleted" in shown.out
    assert "completed, 4 of 4 runs completed" in shown.err


def test_a_debrief_waits_or_is_handed_in(client: TestClient, run: Json) -> None:
    asked = {"run_id": run["run_id"], "baseline_run_id": run["run_id"]}
    made = client.post(f"{AT}/debriefs", json=asked, headers={"prefer": "wait=60"})
    assert made.status_code == 201, made.text
    page = made.json()
    assert made.headers["location"] == page["url"]
    assert client.get(page["url"]).text.startswith("<!")
    assert {one["media_type"].partition(";")[0] for one in page["alternates"]} == {
        "text/markdown",
        "application/pdf",
    }
    later = client.post(f"{AT}/debriefs", json=asked, headers={"prefer": "respond-async"})
    assert later.status_code == 202
    assert later.json()["kind"] == "debrief"


def test_a_key_makes_one(client: TestClient, run: Json) -> None:
    debrief = {"run_id": run["run_id"]}
    for what, body, name in (
        ("runs", SCENARIO, "run_id"),
        ("experiments", {"sweeps": SWEEPS}, "experiment_id"),
        ("debriefs", debrief, "artifact_id"),
    ):
        headers = {"idempotency-key": f"one-{what}", "prefer": "wait=60"}
        first = client.post(f"{AT}/{what}", json=body, headers=headers)
        again = client.post(f"{AT}/{what}", json=body, headers=headers)
        assert first.json()[name] == again.json()[name]
        assert again.headers["idempotent-replayed"] == "true"
        other = body | ({"template_id": "one-page"} if what == "debriefs" else {"seed_base": 1})
        if what == "experiments":
            assert client.post(f"{AT}/{what}", json=other, headers=headers).status_code == 422


def test_who_has_a_version_is_not_sent_it_again(client: TestClient, run: Json) -> None:
    asked = client.post(f"{AT}/experiments", json={"sweeps": {"dispatch_rule": ["EDD"]}})
    experiment = ended(client, asked.headers["location"])
    for place in (f"runs/{run['run_id']}/results", f"experiments/{experiment['experiment_id']}"):
        tag = client.get(f"{AT}/{place}").headers["etag"]
        again = client.get(f"{AT}/{place}", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b""), place


def test_a_cancelled_run_is_failed_and_says_so(client: TestClient) -> None:
    made = client.post(f"{AT}/runs", json={"replications": 1000}).json()
    place = made["status_url"]
    unfinished = client.get(f"{place}/results")
    assert (unfinished.status_code, unfinished.json()["error"]["code"]) == (409, "run_unfinished")
    assert client.delete(place).status_code == 204
    run = ended(client, place)
    assert (run["status"], run["message"]) == ("failed", "cancelled")
    assert client.delete(place).status_code == 204, "one that is over stays as it is"
    refused = client.post(f"{AT}/debriefs", json={"run_id": made["run_id"]})
    assert refused.json()["error"]["code"] == "run_unfinished"


def test_a_project_without_a_plant_is_409(tmp_path: Path) -> None:
    with empty(tmp_path) as client:
        for what, body in (("runs", {}), ("experiments", {"sweeps": SWEEPS})):
            answer = client.post(f"{AT}/{what}", json=body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_snapshot")


BAD: list[tuple[str, bytes | Json, int, str, str]] = [
    ("runs", {"rule": "EDD"}, 400, "invalid_request", "/rule"),
    ("runs", {"dispatch_rule": "edd"}, 400, "invalid_request", "/dispatch_rule"),
    ("runs", {"release_policy": "PULL"}, 400, "invalid_request", "/release_policy"),
    ("runs", b'{"horizon": Infinity}', 400, "invalid_request", ""),
    ("runs", b'{"horizon": 1e999}', 400, "invalid_request", ""),
    ("runs", b'{"polca_k": 1e999}', 400, "invalid_request", ""),
    ("runs", {"polca_k": 1e300}, 400, "invalid_request", "/polca_k"),
    ("runs", {"horizon": 0}, 400, "invalid_request", "/horizon"),
    ("runs", {"replications": 1001}, 400, "invalid_request", "/replications"),
    ("runs", {"replications": 1.5}, 400, "invalid_request", "/replications"),
    ("runs", {"failures": "perhaps"}, 400, "invalid_request", "/failures"),
    ("runs", {"failures": "no"}, 400, "invalid_request", "/failures"),
    ("runs", {"operators": 0}, 400, "invalid_request", "/operators"),
    ("runs", {"replications": "3"}, 400, "invalid_request", "/replications"),
    ("runs", {"horizon": True}, 400, "invalid_request", "/horizon"),
    ("runs", {"wip_caps": {"global": "3"}}, 400, "invalid_request", "/wip_caps/global"),
    (
        "experiments",
        {"base": {"failures": "no"}, "sweeps": {"seed": [1]}},
        400,
        "invalid_request",
        "/base/failures",
    ),
    ("experiments", {"sweeps": {"failures": [True, "no"]}}, 400, "sweeps_invalid", "/sweeps/failures/1"),
    ("runs", {"seed": -1}, 400, "invalid_request", "/seed"),
    ("runs", {"wip_caps": {"global": 0}}, 400, "invalid_request", "/wip_caps/global"),
    ("runs", {"release_policy": "POLCA"}, 400, "scenario_unfit", "/wip_cards"),
    ("runs", {"horizon": 10, "warm_up": 10}, 400, "scenario_unfit", "/warm_up"),
    ("runs", {"arrivals": "poisson"}, 400, "scenario_unfit", "/horizon"),
    (
        "experiments",
        {"sweeps": {"release_policy": ["push", "POLCA"]}},
        400,
        "scenario_unfit",
        "/base/wip_cards",
    ),
    ("experiments", {}, 400, "invalid_request", "/sweeps"),
    ("experiments", {"sweeps": {}}, 400, "invalid_request", "/sweeps"),
    ("experiments", {"sweeps": {"dispatch_rule": []}}, 400, "invalid_request", "/sweeps/dispatch_rule"),
    ("experiments", {"sweeps": {"seed": [1]}}, 400, "sweeps_invalid", "/sweeps/seed"),
    (
        "experiments",
        {"sweeps": {"dispatch_rule": ["EDD", "edd"]}},
        400,
        "sweeps_invalid",
        "/sweeps/dispatch_rule/1",
    ),
    (
        "experiments",
        {"sweeps": {"horizon": list(range(1, 41)), "warm_up": list(range(26))}},
        400,
        "sweeps_invalid",
        "/sweeps",
    ),
    ("debriefs", {"run_id": "1"}, 400, "invalid_request", "/run_id"),
    ("debriefs", {"run_id": NOWHERE, "template_id": "two-pages"}, 400, "invalid_request", "/template_id"),
    ("debriefs", {"run_id": NOWHERE}, 404, "resource_not_found", ""),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad[0]} {bad[1]}"[:60])
def test_what_is_not_right_is_refused_with_its_place(
    client: TestClient, bad: tuple[str, bytes | Json, int, str, str]
) -> None:
    what, body, status, code, pointer = bad
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(
        f"{AT}/{what}", content=content, headers={"content-type": "application/json", "prefer": "wait=5"}
    )
    told = answer.json()
    assert (answer.status_code, told["error"]["code"]) == (status, code), answer.text
    if pointer:
        assert [one["pointer"] for one in told["errors"]] == [pointer]


def test_a_cap_of_what_the_plant_does_not_have_names_what_it_has(client: TestClient) -> None:
    asked = {"release_policy": "CONWIP", "wip_caps": {"nowhere": 3}}
    told = client.post(f"{AT}/runs", json=asked).json()
    assert told["error"]["code"] == "scenario_unfit"
    assert told["detail"] == (
        "wip_caps names nowhere; its keys are routings, cells, or global: c1, c2, global, ra, rb."
    )
    assert [one["pointer"] for one in told["errors"]] == ["/wip_caps/nowhere"]


def test_what_is_not_there_is_404(client: TestClient, run: Json) -> None:
    experiment = client.post(f"{AT}/experiments", json={"sweeps": {"dispatch_rule": ["EDD"]}}).json()
    for place in (
        f"runs/{NOWHERE}",
        f"runs/{NOWHERE}/results",
        f"runs/{experiment['experiment_id']}",
        f"experiments/{NOWHERE}",
        f"experiments/{run['run_id']}",
    ):
        assert client.get(f"{AT}/{place}").status_code == 404, place
