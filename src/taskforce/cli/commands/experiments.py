"""`taskforce scenarios experiments`: the use cases of experiments."""

from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.scenarios.schemas import ExperimentView, GetExperiment
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.experiment_pages import print_experiment
from taskforce.cli.flags import AsJson, Background, IdempotencyKey
from taskforce.cli.groups import group
from taskforce.cli.manner import Manner
from taskforce.cli.scenario_options import scenario_in, sweeps_in, takes_scenario
from taskforce.cli.simulating import NEWEST, play_experiment

app = group("Simulate a scenario with many values, and compare its runs.")

ExperimentId = Annotated[str, typer.Argument(metavar="EXPERIMENT", help="The experiment's id.")]


@app.command(no_args_is_help=True)
@takes_scenario(but=("name", "seed"))
def create(
    ctx: typer.Context,
    plant: Annotated[
        str,
        typer.Argument(
            metavar="PLANT", help="A folder of CSV files, or a zip of one; - is the newest snapshot."
        ),
    ] = NEWEST,
    *,
    sweep: Annotated[
        list[str],
        typer.Option(metavar="FIELD=A,B", help="Values of a field of a scenario, such as dispatch_rule."),
    ],
    parallelism: Annotated[int, typer.Option(metavar="N", help="Runs side by side.")] = 2,
    seed_base: Annotated[int, typer.Option(metavar="N", help="The seed of the first run.")] = 0,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
    **scenario: object,
) -> None:
    """Simulate a scenario with each value of what is varied of it."""
    given = {"base": scenario_in(scenario), "sweeps": sweeps_in(sweep)}
    words = {**given, "parallelism": parallelism, "seed_base": seed_base}
    manner = Manner(as_json=as_json, background=background)
    play_experiment(ctx, plant, words, key=idempotency_key, manner=manner)


@app.command("show", no_args_is_help=True)
def get(ctx: typer.Context, experiment_id: ExperimentId, *, as_json: AsJson = False) -> None:
    """Show how an experiment and its runs stand."""
    found = ask(ctx, lambda door: door.experiments.get(door.principal, _asked(door, experiment_id)))
    print_experiment(found.answer, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def cancel(ctx: typer.Context, experiment_id: ExperimentId, *, as_json: AsJson = False) -> None:
    """Cancel an experiment and its runs; one that is over stays as it is."""
    found = ask(ctx, lambda door: _cancelled(door, experiment_id))
    print_experiment(found.answer, flags_of(ctx), as_json=as_json)


def _asked(door: Door, experiment_id: str) -> GetExperiment:
    return checked(GetExperiment, project_id=door.principal.project, experiment_id=experiment_id)


async def _cancelled(door: Door, experiment_id: str) -> ExperimentView:
    await door.experiments.cancel(door.principal, _asked(door, experiment_id))
    return await door.experiments.get(door.principal, _asked(door, experiment_id))
