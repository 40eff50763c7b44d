"""Examples of plants and their imports, as the document shows them."""

from collections.abc import Mapping
from typing import Any

SNAPSHOT_ID = "4a64aa5f-2286-56a9-970c-1b0caf220682"
CHECKSUM = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
STEP = {"step_id": "bracket-cut", "machine_group_id": "saw", "process_time_mean": 0.8}
PROBLEM = {
    "file": "demand.csv",
    "row": 7,
    "column": "quantity",
    "message": "must be a whole number from 1 to 1,000,000,000",
    "severity": "error",
}

RUN_ID, BASELINE_ID = "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f60", "0199a2f3-8c02-7e11-9a4d-3b7c5d1e2f61"
EXPERIMENT_ID, ARTIFACT_ID = "0199a2f3-9d10-7a31-8c02-1f2e3d4c5b6a", "0199a2f3-a1b2-7c3d-9e4f-5a6b7c8d9e0f"
AT = "2026-01-01T12:00:00.000000Z"
SCENARIO = {
    "name": "ATCS with 12 cards",
    "dispatch_rule": "ATCS",
    "release_policy": "CONWIP",
    "wip_caps": {"global": 12},
    "replications": 10,
    "seed": 7,
}
STANDS = {"status": "running", "started_at": AT, "finished_at": None, "progress_pct": 42.5}
STATUS = {"run_id": RUN_ID, **STANDS, "message": "simulating"}
KPIS = {"otd_pct": {"mean": 96.2, "low": 95.1, "high": 97.3}}


def _file(name: str, kind: str, media_type: str) -> dict[str, Any]:
    told = {"name": name, "kind": kind, "media_type": media_type, "size": 812}
    place = f"/api/v1/artifacts/{ARTIFACT_ID}"
    return {"artifact_id": ARTIFACT_ID, **told, "url": place, "sha256": CHECKSUM}


SCENARIO_EXAMPLES: Mapping[str, dict[str, Any]] = {
    "ProjectImportPayload": {
        "plant": [{"plant_id": "line-1", "name": "A line", "timezone": "Europe/Berlin"}],
        "products": [{"product_id": "bracket", "family_id": "steel", "process_time_mean": 0.9}],
        "routings": [{"routing_id": "bracket-way", "product_id": "bracket", "steps": [STEP]}],
        "machines": [{"machine_id": "saw-1", "cell_id": "cutting", "machine_group_id": "saw"}],
        "files": {"demand.csv": "product_id,due_date,quantity\nbracket,2026-01-09,5\n"},
    },
    "ProblemView": PROBLEM,
    "ValidationReport": {"valid": False, "problems": [PROBLEM]},
    "ProjectSnapshot": {
        "snapshot_id": SNAPSHOT_ID,
        "project_id": "default",
        "checksum": CHECKSUM,
        "created_at": "2026-01-01T12:00:00.000000Z",
        "rows": {"products": 1, "routings": 1, "machines": 1, "demand": 1},
        "size": 812,
    },
    "ScenarioConfig": SCENARIO,
    "RunEnqueued": {
        "run_id": RUN_ID,
        "project_id": "default",
        "status": "queued",
        "seed": 7,
        "status_url": f"/api/v1/projects/default/runs/{RUN_ID}",
    },
    "RunStatusView": STATUS,
    "RunStatusesView": {"runs": [STATUS], "total": 1, "limit": 20, "offset": 0},
    "RunResultsIndex": {"artifacts": [_file("kpis.json", "kpis", "application/json")], "kpis": KPIS},
    "NewExperiment": {
        "base": {"replications": 10},
        "sweeps": {"dispatch_rule": ["EDD", "ATCS"], "add_floater": [0, 1]},
        "parallelism": 2,
        "seed_base": 100,
    },
    "ExperimentView": {
        "experiment_id": EXPERIMENT_ID,
        "project_id": "default",
        **STANDS,
        "message": "",
        "total": 4,
        "runs": [
            {
                "run_id": RUN_ID,
                "status": "completed",
                "seed": 100,
                "name": "add_floater=0, dispatch_rule=ATCS",
                "progress_pct": 100,
                "message": "",
                "kpis": KPIS,
            }
        ],
    },
    "NewDebrief": {"run_id": RUN_ID, "baseline_run_id": BASELINE_ID},
    "DebriefView": {
        **_file("debrief.html", "debrief", "text/html; charset=utf-8"),
        "alternates": [_file("debrief.pdf", "debrief", "application/pdf")],
    },
}
