"""What simulated runs came to: tables of KPIs against a baseline, files in a folder, JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import GetArtifact, View
from taskforce.application.scenarios.schemas import (
    ArtifactHandle,
    GetScenarioRun,
    RunResultsIndex,
    RunStatusView,
)
from taskforce.cli.dependencies import Door, ask
from taskforce.cli.flags import Flags
from taskforce.cli.manner import Manner
from taskforce.cli.render import Column, print_json, print_table
from taskforce.cli.terminal import say
from taskforce.core.scenarios.comparison import Delta
from taskforce.core.scenarios.debrief import DebriefedRun, KpiRow
from taskforce.core.scenarios.kpi_table import rows_of
from taskforce.core.scenarios.manifest import Manifest
from taskforce.core.scenarios.summary import Summary


def _marked(row: KpiRow) -> str:
    """Return the verdict on a row, marked where its interval excludes 0."""
    is_sure = row.change is not None and row.change.is_significant
    return f"* {row.verdict}" if is_sure else row.verdict


NAME: Column[KpiRow] = Column(head="KPI", show=lambda row: row.label, whole=True)
UNIT: Column[KpiRow] = Column(head="UNIT", show=lambda row: row.fact.unit, whole=True)
ALONE: Sequence[Column[KpiRow]] = (
    NAME,
    Column(head="MEAN", show=lambda row: row.scenario, whole=True),
    Column(head="95 % INTERVAL", show=lambda row: row.interval, whole=True),
    UNIT,
)
COMPARED: Sequence[Column[KpiRow]] = (
    NAME,
    Column(head="BASELINE", show=lambda row: row.baseline, whole=True),
    Column(head="SCENARIO", show=lambda row: row.scenario, whole=True),
    Column(head="DELTA", show=lambda row: row.delta, whole=True),
    Column(head="95 % INTERVAL", show=lambda row: row.interval, whole=True),
    UNIT,
    Column(head="", show=_marked, whole=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run that is over; without results it has failed."""

    run: RunStatusView
    results: RunResultsIndex | None


class PlayedView(View):
    """What a run came to, and its baseline, as JSON."""

    run: RunStatusView
    results: RunResultsIndex | None
    baseline: "PlayedView | None" = None
    deltas: Mapping[str, Delta | None] | None = None


def show_results(
    ctx: typer.Context, run_id: str, *, baseline: str | None, out: Path | None, as_json: bool
) -> None:
    """Print what a run came to; as JSON its results as HTTP answers, against a baseline with the deltas."""

    async def shown(door: Door) -> None:
        folder = folder_for(out)
        run = Told(run=await _standing(door, run_id), results=await _results(door, run_id))
        if baseline is None and as_json:
            print_json(run.results)
        against = baseline and Told(
            run=await _standing(door, baseline), results=await _results(door, baseline)
        )
        is_told = baseline is None and as_json
        await tell(door, run, against or None, Manner(as_json=as_json, stream=is_told), out=folder)

    ask(ctx, shown)


async def told_run(door: Door, run_id: str) -> Told:
    """Return how a run stands, with its results if it is completed. Raises RunNotFound."""
    run = await _standing(door, run_id)
    is_done = run.status.value == "completed"
    return Told(run=run, results=await _results(door, run_id) if is_done else None)


async def tell(door: Door, run: Told, baseline: Told | None, manner: Manner, *, out: Path | None) -> None:
    """Print what a run came to, beside its baseline, and write their files into a folder."""
    rows = await kpi_rows(door, run, baseline)
    if manner.as_json and not manner.stream:
        deltas = {row.fact.name: row.change for row in rows} if rows and baseline else None
        other = PlayedView(run=baseline.run, results=baseline.results) if baseline else None
        print_json(PlayedView(run=run.run, results=run.results, baseline=other, deltas=deltas))
    elif not manner.as_json and rows:
        print_rows(rows, door.flags, has_baseline=baseline is not None)
        _tell_more(door, run, baseline)
    if out is not None:
        await _write_all(door, run, out)
        if baseline is not None:
            await _write_all(door, baseline, out / "baseline")


async def kpi_rows(door: Door, run: Told, baseline: Told | None) -> tuple[KpiRow, ...]:
    """Return the rows of a table of KPIs; none unless all runs are completed."""
    if run.results is None or (baseline is not None and baseline.results is None):
        return ()
    other = await _debriefed(door, baseline.results) if baseline and baseline.results else None
    return rows_of(await _debriefed(door, run.results), other)


def print_rows(rows: Sequence[KpiRow], flags: Flags, *, has_baseline: bool) -> None:
    """Print a table of KPIs."""
    print_table(rows, COMPARED if has_baseline else ALONE, color=flags.color, now=None)
    if not any(row.interval for row in rows):
        say("One replication has no interval; --replications 10 gives one.")
    elif has_baseline:
        say("* The 95 % interval of the difference excludes 0.")


def folder_for(out: Path | None) -> Path | None:
    """Return the folder that files are written to, made if it is not there. Raises BadParameter."""
    if out is None:
        return None
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise typer.BadParameter(f"{out} cannot be made: {wrong.strerror}.", param_hint="--out") from wrong
    return out


async def content_of(door: Door, artifact_id: str) -> bytes:
    """Return an artifact's bytes. Raises ArtifactNotFound, ArtifactDamaged."""
    asked = checked(GetArtifact, artifact_id=artifact_id)
    _, opening = await door.jobs.artifact(door.principal, asked)
    async with opening as chunks:
        return b"".join([chunk async for chunk in chunks])


def written(file: Path, content: bytes) -> None:
    """Write a file. Raises BadParameter."""
    try:
        file.write_bytes(content)
    except OSError as wrong:
        raise typer.BadParameter(f"{file} cannot be written: {wrong.strerror}.") from wrong


async def _standing(door: Door, run_id: str) -> RunStatusView:
    return await door.scenario_runs.get(door.principal, _asked(door, run_id))


async def _results(door: Door, run_id: str) -> RunResultsIndex:
    return await door.scenario_runs.results(door.principal, _asked(door, run_id))


def _asked(door: Door, run_id: str) -> GetScenarioRun:
    return checked(GetScenarioRun, project_id=door.principal.project, run_id=run_id)


async def _write_all(door: Door, told: Told, folder: Path) -> None:
    """Write the files of a run, which the doors name by their own words alone."""
    files = told.results.artifacts if told.results else ()
    if files:
        folder_for(folder)
        for file in files:
            written(folder / file.name, await content_of(door, file.artifact_id))
        say(f"In {folder}: {', '.join(file.name for file in files)}")


async def _debriefed(door: Door, results: RunResultsIndex) -> DebriefedRun:
    manifest = Manifest.model_validate_json(await _named(door, results.artifacts, "manifest.json"))
    summary = Summary.model_validate_json(await _named(door, results.artifacts, "kpis.json"))
    return DebriefedRun(
        run_id=manifest.run_id,
        scenario=manifest.scenario,
        checksum=manifest.snapshot_checksum,
        summary=summary,
    )


async def _named(door: Door, files: Sequence[ArtifactHandle], name: str) -> bytes:
    return await content_of(door, next(file.artifact_id for file in files if file.name == name))


def _tell_more(door: Door, run: Told, baseline: Told | None) -> None:
    against = ("--baseline", baseline.run.run_id) if baseline else ()
    say(f"Write a debrief: {door.flags.command('scenarios', 'debrief', run.run.run_id, *against)}")
