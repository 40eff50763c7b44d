"""Playing films here and following them: Ctrl-C to a stop, their end to a file and an exit code."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.videos.schemas import (
    AcceptedVideo,
    ForkVideo,
    GenerateVideo,
    GetVideo,
    ResumeVideo,
    VideoDetail,
)
from taskforce.cli.dependencies import Door, call
from taskforce.cli.manner import Manner
from taskforce.cli.playing import Work, events_of, failure_code, played
from taskforce.cli.render import print_json, print_text
from taskforce.cli.terminal import say
from taskforce.cli.video_files import checked_out, save_film
from taskforce.cli.video_pages import film_of
from taskforce.cli.video_views import film_view
from taskforce.core.videos.statuses import VideoStatus

Accept = Callable[[Door], Awaitable[AcceptedVideo]]


async def generate(
    door: Door, given: Mapping[str, object], models: Mapping[str, str], *, key: str | None
) -> AcceptedVideo:
    """Hand in a film."""
    return await door.videos.generate(door.principal, checked(GenerateVideo, models=models, **given), key=key)


async def resume(door: Door, given: Mapping[str, object], *, key: str | None) -> AcceptedVideo:
    """Hand in the next try of a film."""
    return await door.videos.resume(door.principal, checked(ResumeVideo, **given), key=key)


async def fork(
    door: Door, given: Mapping[str, object], models: Mapping[str, str], *, key: str | None
) -> AcceptedVideo:
    """Hand in a fork, and say what it inherits."""
    asked = checked(ForkVideo, models=models, **given)
    made = await door.video_forks.create(door.principal, asked, key=key)
    whole = f"{made.inherited_scenes} scene{'' if made.inherited_scenes == 1 else 's'}"
    say(f"Begins with {made.first_stage.value}, and inherits {whole} whole.")
    return made


def play_video(ctx: typer.Context, accept: Accept, manner: Manner, *, out: Path | None) -> None:
    """Hand in work on a film, play it here, and write the film into a file; exit as it ended."""
    place = checked_out(out)
    if place is not None and manner.background:
        raise typer.BadParameter("does not go with --background.", param_hint="--out")

    async def run(door: Door) -> int:
        accepted = await accept(door)
        video = await _shown(door, accepted.project_id)
        if manner.background:
            return _told_handed_in(door, accepted, video, as_json=manner.as_json)
        if video.estimated_cost:
            say(f"It is to cost about ${video.estimated_cost:.2f}.")
        await _played(door, video, manner)
        return await _told(door, await _shown(door, video.project_id), manner, out=place)

    raise typer.Exit(call(ctx, run, manner.opening))


async def _played(door: Door, video: VideoDetail, manner: Manner) -> None:
    """Play the job of a film here, and show how far it is until it is over."""
    view = film_view(door, video, manner)
    asked = GetVideo(video_id=video.project_id)
    work = Work(
        jobs=[video.job_id],
        name=f"video {video.project_id}",
        cancel=lambda: door.videos.stop(door.principal, asked),
        cancelling="Stopping.",
    )
    async with played(door, view, work):
        async for event in events_of(door, video.job_id):
            view.show(event)


async def _told(door: Door, video: VideoDetail, manner: Manner, *, out: Path | None) -> int:
    """Print what came of it, write the film, tell how to go on, and return the exit code."""
    if manner.as_json and not manner.stream:
        print_json(video)
    elif not manner.as_json:
        print_text(video.project_id)
    if video.actual_cost:
        say(f"It cost ${video.actual_cost:.2f}.")
    if video.status is VideoStatus.COMPLETE:
        await _tell_film(door, video, out=out)
        return 0
    go_on = f"Go on with it: {door.flags.command('videos', 'resume', video.project_id)}"
    if video.status is VideoStatus.STAGED:
        say(f"Halted where it was to. {go_on}")
        return 0
    say(f"Stopped. {go_on}" if video.error_message is None else f"Failed: {video.error_message}\n{go_on}")
    return failure_code(door)


async def _tell_film(door: Door, video: VideoDetail, *, out: Path | None) -> None:
    say(f"{film_of(video)}.")
    if out is not None:
        await save_film(door, video.project_id, out)
        return
    words = ("videos", "download", video.project_id, "--out", "film.mp4")
    say(f"Get it: {door.flags.command(*words)}")


def _told_handed_in(door: Door, accepted: AcceptedVideo, video: VideoDetail, *, as_json: bool) -> int:
    if as_json:
        print_json(accepted)
        return 0
    print_text(video.project_id)
    say(f"Handed in. See how it stands: {door.flags.command('videos', 'status', video.project_id)}")
    return 0


async def _shown(door: Door, video_id: str) -> VideoDetail:
    return await door.videos.get(door.principal, GetVideo(video_id=video_id))
