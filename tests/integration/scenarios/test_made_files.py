"""A run leaves its files, and a debrief is made of them alone."""

import json
from hashlib import sha256

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.scenarios.model import RunFacts, SnapshotId
from taskforce.core.scenarios.ports import Evaluated, Evaluation
from taskforce.infrastructure.scenarios.made_files import files_of_debrief, files_of_run
from tests.unit.core.scenarios.debriefs import FASTER
from tests.unit.core.scenarios.outcomes import a_plant, replications

NAMES = ["kpis.json", "kpis.csv", "timeline.csv", "gantt.svg", "lead_times.svg", "manifest.json"]


def facts(run_id: str) -> RunFacts:
    return RunFacts(
        id=JobId(run_id),
        project=ProjectId("shop"),
        snapshot=SnapshotId("s"),
        checksum="ab" * 32,
        scenario=FASTER,
    )


def a_run(run_id: str, *, slower: float = 0.0) -> Evaluation:
    *_, made = files_of_run(a_plant(), facts(run_id), replications(3, slower=slower), version="1.2.3")
    assert isinstance(made, Evaluation)
    return made


def test_it_is_told_how_much_is_made() -> None:
    *told, _ = files_of_run(a_plant(), facts("one"), replications(3), version="1.2.3")
    assert told == [share / 7 for share in range(1, 6)]


def test_a_run_leaves_the_same_files_but_for_its_id() -> None:
    first, second = a_run("one"), a_run("two")
    assert [file.name for file in first.files] == NAMES
    assert first.files[:-1] == second.files[:-1]
    assert first.files[-1].content.replace(b'"one"', b'"two"') == second.files[-1].content
    manifest = json.loads(first.files[-1].content)
    assert manifest["artifacts"] == {file.name: sha256(file.content).hexdigest() for file in first.files[:-1]}
    assert first.kpis == json.loads(first.files[0].content)["estimates"]


def test_a_debrief_is_made_of_what_runs_have_left() -> None:
    run, baseline = (
        Evaluated(
            facts=facts(name), files={file.name: file.content for file in a_run(name, slower=slower).files}
        )
        for name, slower in (("now", 0.0), ("then", 6.0))
    )
    written, html, pdf = files_of_debrief(run, baseline, version="1.2.3")
    assert b"| Mean lead time | h |" in written.content
    assert b"</html>" in html.content
    assert pdf.content.startswith(b"%PDF")
    assert b"(</api/v1/projects/shop/runs/now/results>)" in written.content
    alone, *_ = files_of_debrief(run, None, version="1.2.3")
    assert b"Compare it with a baseline" in alone.content
