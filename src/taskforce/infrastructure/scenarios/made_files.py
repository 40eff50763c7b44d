"""The files of a run and of a debrief, made of their data alone.

Both are plain functions whose arguments and answers can be pickled, so that they can run in a process of
their own: drawing takes seconds.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from pydantic import TypeAdapter

from taskforce.core.documents import JsonObject
from taskforce.core.scenarios.debrief import DebriefedRun, Link
from taskforce.core.scenarios.debrief_html import html
from taskforce.core.scenarios.debrief_markdown import markdown
from taskforce.core.scenarios.debriefing import debrief_of
from taskforce.core.scenarios.exports import kpis_csv, kpis_json, manifest_json
from taskforce.core.scenarios.files import (
    CSV,
    DEBRIEF,
    HTML,
    JSON,
    KPIS,
    MANIFEST,
    MARKDOWN,
    PDF,
    PICTURE,
    SVG,
    TIMELINE,
)
from taskforce.core.scenarios.model import RunFacts
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.plant import Plant
from taskforce.core.scenarios.ports import Evaluated, Evaluation, MadeFile
from taskforce.core.scenarios.summary import Summary, summary_of
from taskforce.core.scenarios.timeline import timeline_csv
from taskforce.infrastructure.scenarios.on_demand import gantt, lead_times, pdf

_JSON: TypeAdapter[JsonObject] = TypeAdapter(JsonObject)
_KPIS_JSON = "kpis.json"


def files_of_run(
    plant: Plant, facts: RunFacts, replications: Sequence[Replication], *, version: str
) -> Iterator[float | Evaluation]:
    """Tell how much is made, from 0 to 1, and in the end what a run came to.

    Equal arguments give equal bytes, but for the run's id in its manifest.

    Raises:
        ExtraMissing: pictures cannot be drawn.
    """
    summary = summary_of(plant, replications)
    makes: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        (_KPIS_JSON, KPIS, JSON, lambda: kpis_json(summary)),
        ("kpis.csv", KPIS, CSV, lambda: kpis_csv(summary)),
        ("timeline.csv", TIMELINE, CSV, lambda: timeline_csv(replications[0].entries)),
        ("gantt.svg", PICTURE, SVG, lambda: gantt(plant, replications[0])),
        ("lead_times.svg", PICTURE, SVG, lambda: lead_times(replications)),
    )
    made: list[MadeFile] = []
    for name, kind, media_type, make in makes:
        yield (len(made) + 1) / (len(makes) + 2)
        made.append(MadeFile(name=name, kind=kind, media_type=media_type, content=make()))
    manifest = manifest_json(
        run_id=facts.id,
        checksum=facts.checksum,
        scenario=facts.scenario,
        version=version,
        artifacts={file.name: sha256(file.content).hexdigest() for file in made},
    )
    yield Evaluation(
        kpis=_JSON.validate_python(summary.model_dump(mode="json", include={"estimates"})["estimates"]),
        files=(*made, MadeFile(name="manifest.json", kind=MANIFEST, media_type=JSON, content=manifest)),
    )


def files_of_debrief(run: Evaluated, baseline: Evaluated | None, *, version: str) -> tuple[MadeFile, ...]:
    """Return a debrief as Markdown, HTML and PDF.

    Raises:
        ExtraMissing: the PDF cannot be printed.
    """
    page = debrief_of(
        _debriefed(run),
        _debriefed(baseline) if baseline else None,
        links=[
            _results("Results of the scenario", run),
            *([_results("Results of the baseline", baseline)] if baseline else []),
        ],
        version=version,
    )
    return (
        MadeFile(name="debrief.md", kind=DEBRIEF, media_type=MARKDOWN, content=markdown(page)),
        MadeFile(name="debrief.html", kind=DEBRIEF, media_type=HTML, content=html(page)),
        MadeFile(name="debrief.pdf", kind=DEBRIEF, media_type=PDF, content=pdf(page)),
    )


def _debriefed(run: Evaluated) -> DebriefedRun:
    return DebriefedRun(
        run_id=run.facts.id,
        scenario=run.facts.scenario,
        checksum=run.facts.checksum,
        summary=Summary.model_validate_json(run.files[_KPIS_JSON]),
    )


def _results(label: str, run: Evaluated) -> Link:
    """Return where pictures, timeline and tables of a run are told; it is relative to the server."""
    return Link(label=label, url=f"/api/v1/projects/{run.facts.project}/runs/{run.facts.id}/results")
