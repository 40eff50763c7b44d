"""`taskforce run`: work is started and followed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import JobView
from taskforce.application.missions.schemas import ExecuteMission
from taskforce.application.pipelines.schemas import CreatedRunView, CreateRun
from taskforce.cli.dependencies import Door
from taskforce.cli.filming import generate, play_video
from taskforce.cli.flags import (
    AsJson,
    Background,
    IdempotencyKey,
    MaxCost,
    MaxSeconds,
    MaxSteps,
    MaxTokens,
    Model,
    Stream,
    Verbose,
    limits,
    pairs,
)
from taskforce.cli.groups import group
from taskforce.cli.manner import Manner
from taskforce.cli.marketplace_names import address_of
from taskforce.cli.marketplace_words import ManualMap, RootHint, folder_types, said
from taskforce.cli.run_playing import at_ref, place_of, play_run
from taskforce.cli.scanning import play_scan
from taskforce.cli.scenario_options import scenario_in, takes_scenario
from taskforce.cli.simulating import NEWEST, Wanted, play_scenario
from taskforce.cli.stdin import text_of
from taskforce.cli.stream import play
from taskforce.cli.video_options import (
    Clips,
    Crossfade,
    FilmOut,
    Frames,
    RunThrough,
    Script,
    models_in,
)

app = group("Start work and follow it: a mission, a pipeline, a scenario, a video, a scan.")


@app.command(no_args_is_help=True)
def mission(
    ctx: typer.Context,
    mission: Annotated[
        str | None, typer.Argument(metavar="MISSION", help="What to do, in plain words; - reads stdin.")
    ] = None,
    *,
    skill: Annotated[
        str | None, typer.Option(metavar="NAME", help="A skill to do it with; MISSION may then be left out.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Model, tools, policy and limits; default: the settings'."),
    ] = None,
    session: Annotated[
        str | None,
        typer.Option("--session", metavar="ID", help="The session it belongs to; a new one if left out."),
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="What {{K}} stands for in MISSION or skill.")
    ] = None,
    model: Model = None,
    workspace: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Where to work, in a new session; default: here.")
    ] = None,
    max_steps: MaxSteps = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    max_seconds: MaxSeconds = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what the model is asked and says, for replay:FILE."),
    ] = None,
    stream: Stream = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Run a mission."""
    words = {"mission": None if mission is None else text_of(mission), "skill": skill, "params": pairs(param)}
    place = workspace if workspace or session else str(Path.cwd())
    most = limits(max_steps, max_tokens, max_cost, max_seconds)
    given = {**words, "session_id": session, "workspace": place, "model": model, "limits": most}
    manner = Manner(
        as_json=as_json, stream=stream, background=background, verbose=verbose, is_new=True, record=record
    )
    play(ctx, lambda door: _accepted(door, {"profile": profile, **given}, idempotency_key), manner)


@app.command()
def pipeline(
    ctx: typer.Context,
    repository: Annotated[
        str,
        typer.Argument(
            metavar="PATH|REPO", help="A working folder, as it is now; or a repository's name. Default: here."
        ),
    ] = ".",
    *,
    ref: Annotated[
        str | None,
        typer.Option(metavar="REF", help="The repository's branch, tag or commit; default: its HEAD."),
    ] = None,
    triggered_by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who, or what, wants it; default: you.")
    ] = None,
    trigger_type: Annotated[
        str, typer.Option(metavar="WORD", help="push, pull_request or manual.")
    ] = "manual",
    stream: Stream = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Run a repository's pipeline at a commit."""
    given = {"repository": place_of(repository), "triggered_by": triggered_by, "trigger_type": trigger_type}
    manner = Manner(as_json=as_json, stream=stream, background=background, verbose=verbose, is_new=True)
    play_run(ctx, lambda door: _run_accepted(door, {**given, **at_ref(ref)}, idempotency_key), manner)


@app.command()
@takes_scenario()
def scenario(
    ctx: typer.Context,
    plant: Annotated[
        str,
        typer.Argument(
            metavar="PLANT", help="A folder of CSV files, or a zip of one; - is the newest snapshot."
        ),
    ] = NEWEST,
    *,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Compare it with the plant as it is: FIFO, pushed.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write KPIs, timeline and pictures there.")
    ] = None,
    stream: Stream = None,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
    **scenario: object,
) -> None:
    """Simulate a scenario on the project's newest snapshot."""
    if out is not None and background:
        raise typer.BadParameter("does not go with --background.", param_hint="--out")
    wanted = Wanted(
        plant=plant, scenario=scenario_in(scenario), baseline=baseline, out=out, key=idempotency_key
    )
    play_scenario(ctx, wanted, Manner(as_json=as_json, stream=stream, background=background))


@app.command(no_args_is_help=True)
def video(
    ctx: typer.Context,
    prompt: Annotated[
        str, typer.Argument(metavar="PROMPT", help="What is to be seen, in plain words; - reads stdin.")
    ],
    *,
    style: Annotated[str, typer.Option(metavar="WORDS", help="How it is to look.")] = "cinematic",
    aspect_ratio: Annotated[str, typer.Option(metavar="W:H", help="16:9, 9:16 or 1:1.")] = "16:9",
    clip_duration: Annotated[int, typer.Option(metavar="S", help="Seconds of a scene, 2 to 60.")] = 5,
    total_duration: Annotated[
        int | None, typer.Option(metavar="S", help="Seconds in all, at most 15 scenes; default: 3 scenes.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="WORDS", help="Its title; default: the prompt's beginning.")
    ] = None,
    run_through: RunThrough = None,
    transition: Crossfade = "cut",
    audio: Annotated[bool, typer.Option("--audio/--no-audio", help="Whether it has sound.")] = True,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed draws the same again.")] = 0,
    script: Script = None,
    frames: Frames = None,
    clips: Clips = None,
    out: FilmOut = None,
    stream: Stream = None,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Make a film of a prompt."""
    looks = {"style": style, "aspect_ratio": aspect_ratio, "transition": transition, "audio": audio}
    lasts = {"clip_duration": clip_duration, "total_duration": total_duration, "run_through": run_through}
    given = {"prompt": text_of(prompt), "title": title, "seed": seed, **looks, **lasts}
    models = models_in(script, frames, clips)
    manner = Manner(as_json=as_json, stream=stream, background=background)
    play_video(ctx, lambda door: generate(door, given, models, key=idempotency_key), manner, out=out)


@app.command(no_args_is_help=True)
def scan(
    ctx: typer.Context,
    url: Annotated[
        str,
        typer.Argument(metavar="URL", help="Where git finds it: https://, ssh://, user@host:path, ./folder."),
    ],
    *,
    branch: Annotated[
        str, typer.Option("--ref", metavar="REF", help="The branch, tag or commit that is looked at.")
    ] = "main",
    root_hint: RootHint = None,
    manual_map: ManualMap = None,
    stream: Stream = None,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Look once at what a repository holds; the job's result tells what was found."""
    given = said(url=address_of(url), branch=branch, root_hint=root_hint, manual_map=folder_types(manual_map))
    manner = Manner(as_json=as_json, stream=stream, background=background)
    play_scan(ctx, given, key=idempotency_key, manner=manner)


async def _run_accepted(door: Door, given: Mapping[str, object], key: str | None) -> CreatedRunView:
    asked = checked(CreateRun, **{**given, "triggered_by": given["triggered_by"] or door.principal.name})
    return await door.runs.create(door.principal, asked, key=key)


async def _accepted(door: Door, given: Mapping[str, object], key: str | None) -> JobView:
    asked = checked(ExecuteMission, **{**given, "profile": given["profile"] or door.settings.profile})
    return await door.missions.execute(door.principal, asked, key=key)
