"""The files of a run: the same bytes for the same outcome, and nothing that a spreadsheet would run."""

import csv
import io
import json

import pytest

from taskforce.core.scenarios.export_cells import csv_bytes, guarded
from taskforce.core.scenarios.exports import kpis_csv, kpis_json, manifest_json
from taskforce.core.scenarios.kpis import KPIS
from taskforce.core.scenarios.outcome import Entry, Happening
from taskforce.core.scenarios.scenario import DispatchRule, ScenarioConfig
from taskforce.core.scenarios.summary import GroupLoad, Summary, summary_of
from taskforce.core.scenarios.timeline import timeline_csv
from tests.unit.core.scenarios.outcomes import a_plant, a_replication, replications


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])  # noqa: RUF001
def test_a_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Mill 1", "A=1", "'=1"])
def test_any_other_text_stays(text: str) -> None:
    assert guarded(text) == text


def test_numbers_are_written_as_numbers_and_texts_are_quoted_where_they_must_be() -> None:
    assert (
        csv_bytes([["a", "b"], [-1.5, None], ['x,"y"', "ü\nz"]])
        == 'a,b\r\n-1.5,\r\n"x,""y""","ü\nz"\r\n'.encode()
    )


def test_a_timeline_has_its_columns_and_its_order() -> None:
    entries = [
        Entry(1.23456789, Happening.STARTED, "7", "=cmd|' /C calc'!A0", "S1", "Ann, B.", 3),
        Entry(2.0, Happening.FAILED, "", "M1", "", "", 0),
    ]
    assert timeline_csv(entries).decode() == (
        "timestamp,event,job_id,machine_id,step_id,operator_id,quantity\r\n"
        "1.234568,started,7,'=cmd|' /C calc'!A0,S1,\"Ann, B.\",3\r\n"
        "2.0,failed,,M1,,,0\r\n"
    )


def test_a_summary_is_read_back_from_its_file_as_it_was() -> None:
    summary = summary_of(a_plant(), replications(3))
    assert Summary.model_validate_json(kpis_json(summary)) == summary
    assert kpis_json(summary_of(a_plant(), replications(3))) == kpis_json(summary)


def test_a_summary_tells_the_busiest_group_first_and_what_became_of_jobs() -> None:
    summary = summary_of(a_plant(), replications(2))
    assert summary.groups == (
        GroupLoad(machine_group_id="Milling", machines=1, processing_pct=80.5, setup_pct=10, failed_pct=5),
        GroupLoad(machine_group_id="Turning", machines=1, processing_pct=60.5, setup_pct=8, failed_pct=5),
    )
    assert summary.groups[0].utilisation_pct == 90.5
    assert (summary.jobs.arrived, summary.jobs.completed, summary.jobs.under_way) == (40, 40, 0)


def test_a_table_of_kpis_agrees_with_their_document() -> None:
    summary = summary_of(a_plant(), replications(3))
    rows = list(csv.DictReader(io.StringIO(kpis_csv(summary).decode())))
    assert [row["kpi"] for row in rows] == list(KPIS)
    for row in rows:
        estimate = summary.estimates[row["kpi"]]
        assert estimate is not None
        assert [float(row[at]) for at in ("mean", "low", "high")] == [
            estimate.mean,
            estimate.low,
            estimate.high,
        ]
        assert float(row["replication_2"]) == summary.replications[2][row["kpi"]]


def test_what_was_not_counted_is_an_empty_cell_and_null() -> None:
    summary = summary_of(a_plant(), [a_replication()])
    assert b"lead_time_mean,Mean lead time,h,down,,,,\r\n" in kpis_csv(summary)
    assert json.loads(kpis_json(summary))["estimates"]["lead_time_mean"] is None


def test_a_manifest_says_all_that_makes_the_results_again() -> None:
    scenario = ScenarioConfig(dispatch_rule=DispatchRule.ATC, seed=7)
    manifest = manifest_json(
        run_id="r", checksum="ab", scenario=scenario, version="1.2", artifacts={"b": "2", "a": "1"}
    )
    assert json.loads(manifest) == {
        "run_id": "r",
        "snapshot_checksum": "ab",
        "scenario": scenario.model_dump(mode="json"),
        "seed": 7,
        "version": "1.2",
        "artifacts": {"a": "1", "b": "2"},
    }
    assert ScenarioConfig.model_validate(json.loads(manifest)["scenario"]) == scenario
