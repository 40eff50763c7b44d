"""Pictures and pages: their numbers are the KPIs, their bytes follow from those, and one page is one page."""

import io
import os
import pickle
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

from pypdf import PdfReader

from taskforce.core.scenarios.debrief_markdown import markdown
from taskforce.core.scenarios.errors import ExtraMissing
from taskforce.core.scenarios.kpis import results_of
from taskforce.core.scenarios.plant import Machine, Product
from taskforce.infrastructure.scenarios.on_demand import gantt, lead_times, pdf
from tests.integration.scenarios.paper import digests
from tests.unit.core.scenarios.debriefs import HOSTILE, a_debrief, a_hostile_debrief
from tests.unit.core.scenarios.outcomes import a_plant, a_replication, replications

ROOT = Path(__file__).resolve().parents[3]


def words(picture: bytes) -> set[str]:
    root = ET.fromstring(picture)  # noqa: S314 - made here
    return {"".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")}


def text_of(document: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(document)).pages
    return page.extract_text()


def played(program: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_another_process_makes_the_same_bytes() -> None:
    program = "from tests.integration.scenarios.paper import digests; print(*digests(), sep='\\n')"
    assert played(program, PYTHONHASHSEED="1").splitlines() == digests()


def test_nothing_made_tells_a_date() -> None:
    picture, page = gantt(a_plant(), replications(1)[0]), PdfReader(io.BytesIO(pdf(a_debrief())))
    assert b"dc:date" not in picture
    assert page.metadata is not None
    assert page.metadata.creation_date is not None
    assert page.metadata.creation_date.year == 1970


def test_the_pdf_is_one_page_with_the_numbers_of_the_table_and_of_the_charts() -> None:
    debrief = a_debrief()
    text = text_of(pdf(debrief))
    for row in debrief.rows:
        assert f"{row.label}" in text
        for told in (row.baseline, row.scenario, row.delta, row.interval):
            assert told in text
    whole = debrief.row("tardiness_queue")
    assert f"{whole.baseline} \N{RIGHTWARDS ARROW} {whole.scenario}" in text
    assert f"Scenario: 90 % in {debrief.row('lead_time_p90').scenario} h" in text
    flowing = " ".join(text.split())
    for sentence in (debrief.recommendation, *(one.text for one in debrief.findings), *debrief.assumptions):
        assert " ".join(sentence.split()) in flowing


def test_the_longest_page_is_one_page_too() -> None:
    debrief = a_hostile_debrief()
    flowing = " ".join(text_of(pdf(debrief)).split())
    assert flowing.endswith("Taskforce 1.2.3.")
    assert debrief.assumptions[-1] in flowing


def test_letters_that_the_font_lacks_are_boxes_and_a_note_says_where_they_stand() -> None:
    debrief = replace(a_debrief(), compared="\u6771\u4eac\u5de5\u5834 (Tokyo), \u00fc \u0416 \u03a9")
    text = text_of(pdf(debrief))
    assert "\N{WHITE SQUARE}" * 4 + " (Tokyo), \u00fc \u0416 \u03a9" in text
    assert "stands for a letter that the font of this PDF lacks" in " ".join(text.split())
    assert "\u6771\u4eac\u5de5\u5834".encode() in markdown(debrief)
    assert "lacks" not in text_of(pdf(a_debrief()))


def test_a_page_without_a_baseline_has_its_intervals() -> None:
    debrief = replace(a_debrief(), has_baseline=False)
    assert "95 % interval of delta" not in text_of(pdf(debrief))


def test_a_link_of_the_page_leads_where_it_says() -> None:
    (page,) = PdfReader(io.BytesIO(pdf(a_hostile_debrief()))).pages
    assert page.annotations is not None
    links = {one.get_object()["/A"]["/URI"] for one in page.annotations}
    assert links == {f"https://example.org/%22%3E%3Cscript%3E{number}" for number in range(6)}


def test_a_histogram_marks_the_kpis_and_names_its_axes() -> None:
    shown = words(lead_times(replications(3)))
    estimates = results_of(replications(3)).estimates
    mean, p90 = estimates["lead_time_mean"], estimates["lead_time_p90"]
    assert mean is not None
    assert p90 is not None
    assert {"Lead time [h]", "Jobs", "Lead times (60 jobs, 3 replications)"} <= shown
    assert {f"mean {mean.mean:.2f} h", f"90 % within {p90.mean:.2f} h"} <= shown


def test_a_histogram_of_nothing_says_so() -> None:
    assert "No job was completed." in words(lead_times((a_replication(),)))


def test_a_gantt_names_machines_axes_and_colours() -> None:
    shown = words(gantt(a_plant(), replications(1)[0]))
    assert {"Lathe", "Mill", "Machine", "Hours since the plant's epoch", "F", "Setup", "Failed"} <= shown


def test_many_families_and_any_name_can_be_drawn() -> None:
    plant, outcome = a_plant(), replications(1)[0]
    jobs = tuple(job._replace(product_id=f"P{number % 12}") for number, job in enumerate(outcome.jobs))
    picture = gantt(
        replace(
            plant,
            products=tuple(
                Product(product_id=f"P{number}", family_id=f"F{number} {HOSTILE}", process_time_mean=1.0)
                for number in range(12)
            ),
            machines=(
                *plant.machines,
                Machine(machine_id="M3", name=f"機 {HOSTILE}", cell_id="A", machine_group_id="G", capacity=2),
            ),
        ),
        replace(outcome, jobs=jobs),
    )
    assert "Other families" in words(picture)
    assert b"<script" not in picture


def test_a_gantt_without_a_timeline_is_empty() -> None:
    assert "Lathe" in words(gantt(a_plant(), a_replication()))


def test_without_the_extra_an_error_names_it() -> None:
    program = """
import sys
sys.modules["matplotlib"] = sys.modules["fpdf"] = None
from taskforce.core.scenarios.errors import ExtraMissing
from taskforce.infrastructure.scenarios import on_demand
from tests.unit.core.scenarios.debriefs import a_debrief
from tests.unit.core.scenarios.outcomes import a_plant, a_replication
for call in (
    lambda: on_demand.gantt(a_plant(), a_replication()),
    lambda: on_demand.lead_times((a_replication(),)),
    lambda: on_demand.pdf(a_debrief()),
):
    try:
        call()
    except ExtraMissing as told:
        print(told.message)
"""
    remedy = "need the extra scenarios. Run: pip install 'taskforce[scenarios]'"
    assert played(program).splitlines() == [f"Pictures {remedy}", f"Pictures {remedy}", f"PDFs {remedy}"]


def test_what_is_missing_crosses_from_one_process_to_another() -> None:
    told = ExtraMissing("PDFs")
    assert pickle.loads(pickle.dumps(told)).message == told.message  # noqa: S301 - made here
