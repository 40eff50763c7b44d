"""Playing simulations here and following them: Ctrl-C to a cancel, their end to tables and an exit code."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.scenarios.schemas import (
    ExperimentView,
    GetExperiment,
    GetScenarioRun,
    RunEnqueued,
    StartExperiment,
    StartRun,
)
from taskforce.cli.dependencies import Door, call
from taskforce.cli.experiment_pages import print_experiment
from taskforce.cli.importing import taken_in_by_the_way
from taskforce.cli.manner import Manner
from taskforce.cli.playing import Work, events_of, failure_code, played, told_handed_in
from taskforce.cli.progress_views import Show, progresses_of
from taskforce.cli.simulation_results import Told, folder_for, tell, told_run
from taskforce.cli.terminal import say

NEWEST = "-"
"""The project's newest snapshot in place of a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be simulated, and what becomes of it."""

    plant: str
    scenario: Mapping[str, object]
    baseline: bool
    out: Path | None
    key: str | None


def play_scenario(ctx: typer.Context, wanted: Wanted, manner: Manner) -> None:
    """Hand in a run, and a baseline if wanted, play them here and tell what they came to."""

    async def run(door: Door) -> int:
        out = folder_for(wanted.out)
        await _import(door, wanted.plant, quiet=manner.as_json)
        made = await _handed_in(door, wanted)
        if manner.background:
            codes = [told_handed_in(door, one.run_id, one, as_json=manner.as_json) for one in made.values()]
            return max(codes)
        ids = {label: one.run_id for label, one in made.items()}
        await _played(door, ids, manner, cancel=lambda run_id: _cancel_run(door, run_id))
        told = {label: await told_run(door, run_id) for label, run_id in ids.items()}
        await tell(door, told["scenario"], told.get("baseline"), manner, out=out)
        return _code(door, told)

    raise typer.Exit(call(ctx, run, manner.opening))


def play_experiment(
    ctx: typer.Context, plant: str, given: Mapping[str, object], *, key: str | None, manner: Manner
) -> None:
    """Hand in an experiment, play it here and tell what its runs came to."""

    async def run(door: Door) -> int:
        await _import(door, plant, quiet=manner.as_json)
        asked = checked(StartExperiment, project_id=door.principal.project, **given)
        made = await door.experiments.create(door.principal, asked, key=key)
        if manner.background:
            return told_handed_in(door, made.experiment_id, made, as_json=manner.as_json)
        ids = {f"{made.total} runs": made.experiment_id}
        await _played(door, ids, manner, cancel=lambda one: _cancel_experiment(door, one))
        ended = await _experiment(door, made.experiment_id)
        print_experiment(ended, door.flags, as_json=manner.as_json)
        if ended.status.value == "completed":
            return 0
        return failure_code(door)

    raise typer.Exit(call(ctx, run, manner.opening))


async def _import(door: Door, plant: str, *, quiet: bool) -> None:
    if plant != NEWEST:
        await taken_in_by_the_way(door, Path(plant), quiet=quiet)


async def _handed_in(door: Door, wanted: Wanted) -> dict[str, RunEnqueued]:
    """Hand in the run, and its baseline, and return both by their labels."""
    asked = checked(StartRun, project_id=door.principal.project, scenario=wanted.scenario)
    made = {"scenario": await door.scenario_runs.create(door.principal, asked, key=wanted.key)}
    if wanted.baseline:
        other = checked(StartRun, project_id=door.principal.project, scenario=asked.scenario.baseline())
        key = f"{wanted.key}-baseline" if wanted.key else None
        made["baseline"] = await door.scenario_runs.create(door.principal, other, key=key)
    return made


async def _played(
    door: Door, ids: Mapping[str, str], manner: Manner, *, cancel: Callable[[str], Awaitable[None]]
) -> None:
    """Play jobs here, and show how far they are until all of them are over."""
    view = progresses_of(door, manner)

    async def cancel_all() -> None:
        for job_id in ids.values():
            await cancel(job_id)

    name = ", ".join(f"{label} {one}" for label, one in ids.items())
    async with played(door, view, Work(jobs=[*ids.values()], name=name, cancel=cancel_all)):
        await asyncio.gather(*(_follow(door, one, view.about(label)) for label, one in ids.items()))


async def _follow(door: Door, job_id: str, show: Show) -> None:
    async for event in events_of(door, job_id):
        show(event)


async def _cancel_run(door: Door, run_id: str) -> None:
    asked = GetScenarioRun(project_id=door.principal.project, run_id=run_id)
    await door.scenario_runs.cancel(door.principal, asked)


async def _cancel_experiment(door: Door, experiment_id: str) -> None:
    asked = GetExperiment(project_id=door.principal.project, experiment_id=experiment_id)
    await door.experiments.cancel(door.principal, asked)


async def _experiment(door: Door, experiment_id: str) -> ExperimentView:
    asked = GetExperiment(project_id=door.principal.project, experiment_id=experiment_id)
    return await door.experiments.get(door.principal, asked)


def _code(door: Door, told: Mapping[str, Told]) -> int:
    """Return the exit code, and say why one failed."""
    failed = {label: one.run.message for label, one in told.items() if one.results is None}
    for label, message in failed.items():
        say(f"The {label} failed: {message}")
    if not failed:
        return 0
    return failure_code(door)
