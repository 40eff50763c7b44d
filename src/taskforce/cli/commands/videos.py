"""`taskforce videos`: what became of prompts, and going on with it."""

from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ListView
from taskforce.application.videos.schemas import (
    GetSceneClip,
    GetSceneMedia,
    GetVideo,
    ListVideos,
    RenameVideo,
    VideoListItem,
)
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.filming import fork as forked
from taskforce.cli.filming import play_video
from taskforce.cli.filming import resume as resumed
from taskforce.cli.flags import AsJson, Background, IdempotencyKey, Limit, Offset, Stream
from taskforce.cli.groups import group
from taskforce.cli.manner import Manner
from taskforce.cli.video_files import fetch_file
from taskforce.cli.video_options import (
    Clips,
    Edits,
    FilmOut,
    Frames,
    Out,
    RunThrough,
    SceneIndex,
    Script,
    VideoId,
    models_in,
    scenes_in,
)
from taskforce.cli.video_pages import show_status, show_video, show_videos

app = group("Show films and go on with them: resume, stop, fork, download.")


@app.command("list")
def list_videos(
    ctx: typer.Context, *, limit: Limit = 20, offset: Offset = 0, as_json: AsJson = False
) -> None:
    """List video projects, newest first."""
    found = ask(ctx, lambda door: _listed(door, limit=limit, offset=offset))
    show_videos(found, flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(ctx: typer.Context, video_id: VideoId, *, as_json: AsJson = False) -> None:
    """Show a video project with its scenes."""
    found = ask(ctx, lambda door: door.videos.get(door.principal, _asked(video_id)))
    show_video(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def status(ctx: typer.Context, video_id: VideoId, *, as_json: AsJson = False) -> None:
    """Show how a video project stands."""
    found = ask(ctx, lambda door: door.videos.status(door.principal, _asked(video_id)))
    show_status(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def resume(
    ctx: typer.Context,
    video_id: VideoId,
    *,
    run_through: RunThrough = None,
    out: FilmOut = None,
    stream: Stream = None,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Go on with a video project where it failed, was stopped or halted."""
    given = {"video_id": video_id, "run_through": run_through}
    manner = Manner(as_json=as_json, stream=stream, background=background)
    play_video(ctx, lambda door: resumed(door, given, key=idempotency_key), manner, out=out)


@app.command(no_args_is_help=True)
def stop(ctx: typer.Context, video_id: VideoId, *, as_json: AsJson = False) -> None:
    """Stop a video project that is under way; it can be resumed."""
    found = ask(ctx, lambda door: door.videos.stop(door.principal, _asked(video_id)))
    show_status(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def fork(
    ctx: typer.Context,
    video_id: VideoId,
    *,
    title: Annotated[str | None, typer.Option(metavar="WORDS", help="Its own title.")] = None,
    style: Annotated[
        str | None, typer.Option(metavar="WORDS", help="How is to look what is made from now on.")
    ] = None,
    total_duration: Annotated[
        int | None, typer.Option(metavar="S", help="Seconds in all: scenes are added, or left out.")
    ] = None,
    transition: Annotated[str | None, typer.Option(metavar="WORD", help="cut or crossfade.")] = None,
    audio: Annotated[bool | None, typer.Option("--audio/--no-audio", help="Whether it has sound.")] = None,
    edit: Edits = None,
    delete: Annotated[list[int] | None, typer.Option(metavar="N", help="Leave scene N out.")] = None,
    clear: Annotated[
        list[int] | None, typer.Option(metavar="N", help="Make the pictures of scene N again.")
    ] = None,
    run_through: RunThrough = None,
    script: Script = None,
    frames: Frames = None,
    clips: Clips = None,
    out: FilmOut = None,
    stream: Stream = None,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Make a new video project of one that is not under way; what the edits leave valid is inherited."""
    looks = {"style": style, "total_duration": total_duration, "transition": transition, "audio": audio}
    scenes = {"scenes": scenes_in(edit), "delete_scenes": delete or (), "clear_keyframes": clear or ()}
    given = {"video_id": video_id, "title": title, "run_through": run_through, **looks, **scenes}
    models = models_in(script, frames, clips)
    manner = Manner(as_json=as_json, stream=stream, background=background)
    play_video(ctx, lambda door: forked(door, given, models, key=idempotency_key), manner, out=out)


@app.command(no_args_is_help=True)
def rename(
    ctx: typer.Context,
    video_id: VideoId,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is to be called.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Give a video project another title."""
    asked = {"video_id": video_id, "title": title}
    found = ask(ctx, lambda door: door.videos.rename(door.principal, checked(RenameVideo, **asked)))
    show_video(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def delete(ctx: typer.Context, video_id: VideoId) -> None:
    """Take a video project out of sight; one that is under way is stopped."""
    ask(ctx, lambda door: door.videos.delete(door.principal, _asked(video_id)))


@app.command(no_args_is_help=True)
def download(ctx: typer.Context, video_id: VideoId, *, out: Out = None) -> None:
    """Open the film of a video project."""
    fetch_file(ctx, lambda door: door.video_files.download(door.principal, _asked(video_id)), out=out)


@app.command(no_args_is_help=True)
def picture(
    ctx: typer.Context,
    video_id: VideoId,
    scene_index: SceneIndex,
    part: Annotated[str, typer.Argument(metavar="PART", help="start or end.")],
    *,
    out: Out = None,
) -> None:
    """Open the picture that a scene begins or ends with."""
    asked = {"video_id": video_id, "scene_index": scene_index, "part": part}
    fetch_file(
        ctx,
        lambda door: door.video_files.picture(door.principal, checked(GetSceneMedia, **asked)),
        out=out,
    )


@app.command(no_args_is_help=True)
def clip(ctx: typer.Context, video_id: VideoId, scene_index: SceneIndex, *, out: Out = None) -> None:
    """Open the clip of a scene."""
    asked = {"video_id": video_id, "scene_index": scene_index}
    fetch_file(
        ctx, lambda door: door.video_files.clip(door.principal, checked(GetSceneClip, **asked)), out=out
    )


def _asked(video_id: str) -> GetVideo:
    return checked(GetVideo, video_id=video_id)


async def _listed(door: Door, *, limit: int, offset: int) -> ListView[VideoListItem]:
    asked = checked(ListVideos, limit=limit, offset=offset)
    return ListView.of(await door.videos.list(door.principal, asked), asked)
