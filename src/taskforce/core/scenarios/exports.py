"""The files that a run leaves beside its pictures: kpis.json, kpis.csv, manifest.json. All are UTF-8.

The same input gives the same bytes. Numbers are written so that reading gives the same number again.
"""

import json
from collections.abc import Mapping

from taskforce.core.documents import JsonObject
from taskforce.core.scenarios.export_cells import csv_bytes
from taskforce.core.scenarios.kpis import KPIS
from taskforce.core.scenarios.manifest import Manifest
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.core.scenarios.summary import Summary


def kpis_json(summary: Summary) -> bytes:
    """Return the summary of a run; `Summary.model_validate_json` reads it."""
    return _json(summary.model_dump(mode="json"))


def kpis_csv(summary: Summary) -> bytes:
    """Return a row of each KPI: its mean, its 95 % interval, and its value in each replication."""
    numbers = range(len(summary.replications))
    header = ["kpi", "label", "unit", "better", "mean", "low", "high", *(f"replication_{n}" for n in numbers)]
    rows: list[list[str | float | None]] = [[*header]]
    for name, fact in KPIS.items():
        estimate = summary.estimates[name]
        bounds = (None, None, None) if estimate is None else (estimate.mean, estimate.low, estimate.high)
        values = [replication[name] for replication in summary.replications]
        rows.append([name, fact.label, fact.unit, fact.better.value, *bounds, *values])
    return csv_bytes(rows)


def manifest_json(
    *, run_id: str, checksum: str, scenario: ScenarioConfig, version: str, artifacts: Mapping[str, str]
) -> bytes:
    """Return where the results of a run come from; `Manifest.model_validate_json` reads it.

    The checksum is the snapshot's, the version Taskforce's; artifacts are SHA-256 in hex by name.
    """
    manifest = Manifest(
        run_id=run_id,
        snapshot_checksum=checksum,
        scenario=scenario,
        seed=scenario.seed,
        version=version,
        artifacts=dict(sorted(artifacts.items())),
    )
    return _json(manifest.model_dump(mode="json"))


def _json(document: JsonObject) -> bytes:
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode("utf-8", "surrogatepass")
