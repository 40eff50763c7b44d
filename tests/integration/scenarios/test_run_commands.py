"""Scenarios on the command line: the table, the files, and what is not right."""

import json
from pathlib import Path

import pytest

from tests.integration.processes import said
from tests.plant_builders import WHOLE

FLAGS = ("--name", "story", "--dispatch", "SPT", "--replications", "2", "--seed", "3")
NOWHERE = "00000000-0000-7000-8000-000000000000"
FILES = ["kpis.json", "kpis.csv", "timeline.csv", "gantt.svg", "lead_times.svg", "manifest.json"]


def plant_in(folder: Path) -> str:
    plant = folder / "plant"
    plant.mkdir()
    for name, text in WHOLE.items():
        (plant / name).write_text(text)
    return str(plant)


def test_a_comparison_is_a_table_with_marks_and_files(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    plant = plant_in(tmp_path)
    asked = ("run", "scenario", plant, *FLAGS, "--setup-factor", "0.5", "--baseline", "--out", str(out))
    ran = said(home, *asked, seconds=90)
    assert ran.code == 0, ran.err
    rows = {name: cells for name, *cells in (line.split("\t") for line in ran.out.splitlines())}
    assert len(rows) == 15
    assert [rows["Mean lead time"][4], rows["Throughput"][4]] == ["h", "jobs/h"]
    assert "scenario 100 %" in ran.err
    assert "baseline 100 %" in ran.err
    for folder in (out, out / "baseline"):
        assert sorted(file.name for file in folder.iterdir() if file.is_file()) == sorted(FILES)
    run, baseline = (json.loads((folder / "manifest.json").read_text()) for folder in (out, out / "baseline"))
    assert (run["seed"], run["snapshot_checksum"]) == (baseline["seed"], baseline["snapshot_checksum"])
    assert (baseline["scenario"]["dispatch_rule"], baseline["scenario"]["replications"]) == ("FIFO", 2)
    page = tmp_path / "debrief.md"
    told = ("debrief", run["run_id"], "--baseline", baseline["run_id"], "--out", str(page))
    assert said(home, "scenarios", *told, seconds=90).code == 0
    assert page.read_text().startswith("# Debrief: Plant")
    compared = said(home, "scenarios", "results", run["run_id"], "--baseline", baseline["run_id"], "--json")
    assert compared.json["deltas"]["otd_pct"]["method"] == "paired"


@pytest.mark.parametrize(
    ("words", "code", "said_so"),
    [
        (("run", "scenario"), 5, "has no plant yet"),
        (("run", "scenario", "--dispatch", "best"), 2, "--dispatch: Input should be 'EDD'"),
        (("run", "scenario", "--horizon", "inf"), 2, "horizon"),
        (("run", "scenario", "--wip-cap", "global"), 2, "not of the form KEY=N"),
        (("run", "scenario", "--wip-cap", "a=1", "--wip-cap", "a=2"), 2, "capped twice"),
        (("run", "scenario", "nowhere"), 2, "nowhere"),
        (("run", "scenario", "--background", "--out", "x"), 2, "--background"),
        (("scenarios", "show", NOWHERE), 4, "no run"),
        (("scenarios", "cancel", NOWHERE), 4, "no run"),
        (("scenarios", "results", NOWHERE), 4, "no run"),
        (("scenarios", "debrief", NOWHERE), 4, "no run"),
        (("scenarios", "debrief", NOWHERE, "--out", "page.doc"), 2, ".md, .html, .pdf"),
        (("scenarios", "experiments", "show", NOWHERE), 4, "no experiment"),
        (("scenarios", "experiments", "cancel", NOWHERE), 4, "no experiment"),
        (("scenarios", "experiments", "create", "--sweep", "seed"), 2, "field=a,b,c"),
        (("scenarios", "experiments", "create", "--sweep", "rule=EDD"), 2, "cannot be swept"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_a_command_that_is_not_right_says_why(
    tmp_path: Path, words: tuple[str, ...], code: int, said_so: str
) -> None:
    ran = said(tmp_path / "home", *words)
    assert ran.code == code, ran.err
    assert said_so in ran.err
