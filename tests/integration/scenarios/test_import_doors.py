"""Plants through the doors: as JSON, as forms, as archives, as folders; refused where that is right."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from taskforce import Taskforce
from taskforce.core.scenarios.errors import DataInvalid
from taskforce.settings import Settings
from tests.integration.doors.api_client import api
from tests.integration.processes import said
from tests.integration.scenarios.test_bad_payloads import zipped
from tests.plant_builders import WHOLE, encoded

CHECK, COMMIT = "/api/v1/projects/default/import:validate", "/api/v1/projects/default/import:commit"
FORM = [("file", (name, text)) for name, text in WHOLE.items()]
EXAMPLES = Path(__file__).parents[3] / "examples" / "plants"
PLANTS = ("two-machine-line", "job-shop", "high-mix")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with api(tmp_path_factory.mktemp("plants") / "home") as client:
        yield client


def rows_of(text: str) -> list[dict[str, Any]]:
    header, *lines = [line.split(",") for line in text.splitlines()]
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_the_same_plant_is_the_same_snapshot_whatever_it_came_in(client: TestClient) -> None:
    folder = encoded({f"plant/{name}": text for name, text in WHOLE.items()})
    archive = zipped(folder)
    answers = [
        client.post(COMMIT, json={"files": WHOLE}),
        client.post(COMMIT, json=WHOLE),
        client.post(COMMIT, json={name.removesuffix(".csv"): rows_of(text) for name, text in WHOLE.items()}),
        client.post(COMMIT, files=FORM),
        client.post(COMMIT, files={name: (None, text) for name, text in WHOLE.items()}),
        client.post(COMMIT, files={"plant": ("plant.zip", archive)}),
        client.post(COMMIT, content=archive, headers={"content-type": "application/zip"}),
    ]
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["rows"]["demand"] == 2


def test_data_that_is_not_valid_is_409_with_the_report(client: TestClient) -> None:
    wrong = {
        "files": WHOLE | {"demand.csv": "product_id,due_date,quantity\na,2026-03-30,-1\nz,2026-03-30,1\n"}
    }
    looked = client.post(CHECK, json=wrong)
    assert looked.status_code == 200
    problems = [
        (one["row"], one["column"]) for one in looked.json()["problems"] if one["severity"] == "error"
    ]
    assert problems == [(2, "quantity"), (3, "product_id")]
    refused = client.post(COMMIT, json=wrong)
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "data_invalid"
    assert refused.json()["error"]["details"]["report"] == looked.json()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {"tables": []}}, 400),
        ({"json": []}, 400),
        ({"json": {"products": [1]}}, 400),
        ({"content": b"a,b", "headers": {"content-type": "text/csv"}}, 415),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ({"content": b"", "headers": {"content-type": "application/zip", "content-encoding": "gzip"}}, 415),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 415),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}}, 400),
        ({"data": {"c.csv": "b"}, "files": {"c": ("c.csv", "d")}}, 400),
        ({"files": [("a", ("c.csv", "d")), ("b", ("c.csv", "e"))]}, 400),
        ({"files": {"c": ("c.csv", b"a" * 11_000_000)}}, 413),
    ],
    ids=str,
)
def test_what_is_no_payload_is_refused(client: TestClient, sent: dict[str, Any], status: int) -> None:
    answer = client.post(CHECK, **sent)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_request_without_a_body_lacks_all_tables(client: TestClient) -> None:
    assert client.post(CHECK).status_code == 400
    answer = client.post(CHECK, json={})
    assert [one["file"] for one in answer.json()["problems"]] == ["machines", "plant", "products", "routings"]


def test_a_key_answers_as_before_and_takes_nothing_else(client: TestClient) -> None:
    headers = {"idempotency-key": "plant-1"}
    first = client.post(COMMIT, json={"files": WHOLE}, headers=headers)
    again = client.post(COMMIT, files=FORM, headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    other = {"files": WHOLE | {"notes.txt": ""}}
    assert client.post(COMMIT, json=other, headers=headers).status_code == 422


async def test_many_at_once_make_one(tmp_path: Path) -> None:
    async with Taskforce.open(Settings(home=tmp_path / "home")) as tf:
        files = encoded(WHOLE)
        asked = (
            tf.scenario_imports.commit(project_id="default", files=files, idempotency_key=key)
            for key in (*["k"] * 5, *[None] * 5)
        )
        made = await asyncio.gather(*asked)
        assert len({one.snapshot_id for one in made}) == 1
        assert (await tf.scenario_imports.validate(project_id="default", files=files)).valid
        with pytest.raises(DataInvalid):
            await tf.scenario_imports.commit(project_id="default")


@pytest.mark.parametrize("plant", PLANTS)
def test_the_examples_are_valid_without_a_warning(client: TestClient, plant: str) -> None:
    files = {file.name: file.read_text() for file in (EXAMPLES / plant).glob("*.csv")}
    answer = client.post(CHECK, json={"files": files})
    assert answer.json() == {"valid": True, "problems": []}


def test_a_folder_is_imported_and_its_problems_are_told(tmp_path: Path) -> None:
    home, plant = tmp_path / "home", tmp_path / "plant"
    plant.mkdir()
    for name, text in WHOLE.items():
        (plant / name).write_text(text)
    imported = said(home, "scenarios", "import", str(plant))
    assert imported.code == 0, imported.err
    assert "demand\t2" in imported.out
    (plant / "plant.csv").write_text("plant_id,name,timezone\np,=1+1,Nowhere\n")
    refused = said(home, "scenarios", "import", str(plant))
    assert refused.code == 5
    wanted = "error\tplant.csv:2:timezone\tmust be a time zone such as Europe/Berlin or UTC"
    assert wanted in refused.out.splitlines()
    assert "One error stands in the way" in refused.err
    checked = said(home, "scenarios", "import", "--check", str(plant))
    assert checked.code == 1
    assert wanted in checked.out.splitlines()
    assert said(home, "scenarios", "check", str(tmp_path / "nowhere")).code == 2
    assert said(home, "scenarios", "check", str(tmp_path / "home")).code == 2
