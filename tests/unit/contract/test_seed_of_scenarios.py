"""Seed 000 as a table: each of its endpoints, fields, status words and codes is in the document of the API.

How a field is written is told in `reading`.
"""

from typing import Any

import pytest

from tests.unit.contract.reading import check, operation, query_and_body, read

PROJECT = "/api/v1/projects/{project_id}"
STATUS = "status: queued | running | completed | failed"
RUN = ("run_id", STATUS, "started_at", "finished_at", "progress_pct", "message")
FILE = ("kind", "media_type", "size", "url", "sha256")
RULES = "dispatch_rule?: EDD | SPT | ATC | ATCS | LSN | FIFO"
SCENARIO = (
    *(RULES, "release_policy?: push | CONWIP | POLCA", "wip_caps?", "setup_time_factor?", "wip_cards?"),
    *("add_floater?", "calendars?", "failures?", "quality?", "setups?", "horizon?", "warm_up?"),
    *("replications?", "seed?"),
)
PROBLEMS = tuple(f"problems[].{one}" for one in ("file", "row", "column", "message", "severity"))

SEED: dict[str, tuple[int, tuple[str, ...], tuple[str, ...], set[str]]] = {
    # endpoint: code | what is asked | what is answered | other codes
    "POST /api/v1/projects": (201, ("name",), ("project_id", "name"), {"400", "422"}),
    "GET /api/v1/projects": (200, (), (), {"400"}),
    f"GET {PROJECT}": (200, (), ("project_id", "name"), {"404"}),
    f"POST {PROJECT}/import:validate": (200, (), ("valid", *PROBLEMS), {"400", "404", "413"}),
    f"POST {PROJECT}/import:commit": (201, (), ("snapshot_id", "checksum"), {"404", "409", "422"}),
    f"POST {PROJECT}/runs": (
        202,
        SCENARIO,
        ("run_id", "project_id", STATUS, "seed", "status_url"),
        {"400", "404", "409", "422"},
    ),
    f"GET {PROJECT}/runs": (
        200,
        ("limit?", "offset?"),
        (*(f"runs[].{one}" for one in RUN), "total", "limit", "offset"),
        {"404"},
    ),
    f"GET {PROJECT}/runs/{{run_id}}": (200, (), RUN, {"304", "404"}),
    f"GET {PROJECT}/runs/{{run_id}}/results": (
        200,
        (),
        (*(f"artifacts[].{one}" for one in FILE), "kpis"),
        {"304", "404", "409"},
    ),
    f"DELETE {PROJECT}/runs/{{run_id}}": (204, (), (), {"404"}),
    f"POST {PROJECT}/experiments": (
        202,
        ("base?", *(f"base.{one}" for one in SCENARIO), "sweeps", "parallelism?", "seed_base?"),
        ("experiment_id", "project_id", STATUS, "total"),
        {"400", "404", "409", "422"},
    ),
    f"GET {PROJECT}/experiments/{{experiment_id}}": (
        200,
        (),
        ("experiment_id", STATUS, *(f"runs[].{one}" for one in ("run_id", STATUS, "seed", "kpis"))),
        {"304", "404"},
    ),
    f"DELETE {PROJECT}/experiments/{{experiment_id}}": (204, (), (), {"404"}),
    f"POST {PROJECT}/debriefs": (
        201,
        ("run_id", "baseline_run_id?", "template_id?"),
        FILE,
        {"202", "400", "404", "409", "422", "503"},
    ),
}


@pytest.fixture(scope="module")
def document() -> Any:  # noqa: ANN401 - any JSON
    return read()


@pytest.mark.parametrize("endpoint", SEED)
def test_an_endpoint_takes_and_gives_what_the_seed_says(document: Any, endpoint: str) -> None:  # noqa: ANN401 - the same
    code, asked, answered, others = SEED[endpoint]
    found = operation(document, endpoint)
    assert others | {str(code), "401", "403"} <= found["responses"].keys()
    check(document, query_and_body(document, found), asked, is_request=True)
    content = found["responses"][str(code)].get("content")
    assert (content is None) == (code == 204)
    if answered:
        check(document, content["application/json"]["schema"], answered, is_request=False)


@pytest.mark.parametrize("endpoint", SEED)
def test_an_endpoint_is_asked_with_a_key_or_a_token(document: Any, endpoint: str) -> None:  # noqa: ANN401 - the same
    schemes = document["components"]["securitySchemes"]
    asked = operation(document, endpoint).get("security", document["security"])
    ways = [schemes[name] for way in asked for name in way]
    assert {"type": "apiKey", "in": "header", "name": "X-API-Key"}.items() <= next(
        way for way in ways if way["type"] == "apiKey"
    ).items()
    assert "bearer" in {way.get("scheme") for way in ways}
