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
}
