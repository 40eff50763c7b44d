"""The options of films: who makes them, how far, where to; and what a fork has otherwise."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

VideoId: TypeAlias = Annotated[str, typer.Argument(metavar="VIDEO", help="The video project's id.")]
SceneIndex: TypeAlias = Annotated[int, typer.Argument(metavar="SCENE", help="Which scene, from 0.")]
RunThrough: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="STAGE", help="Halt after storyboarding, keyframing, video_gen or stitching."),
]
Script: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who writes the storyboard; default: the settings'.")
]
Frames: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who makes the pictures; default: the settings'.")
]
Clips: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who makes the clips; default: the settings'.")
]
FilmOut: TypeAlias = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write the film there, as MP4.")
]
Out: TypeAlias = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write it there, not to stdout.")
]
Crossfade: TypeAlias = Annotated[str, typer.Option(metavar="WORD", help="cut or crossfade.")]
Edits: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="N.FIELD=TEXT",
        help="Other words for scene N: description, start_frame_prompt, end_frame_prompt or motion_prompt.",
    ),
]
_EDIT = re.compile(r"([0-9]{1,3})\.([a-z_]+)=(.*)", re.DOTALL)


def models_in(script: str | None, frames: str | None, clips: str | None) -> dict[str, str]:
    """Return who was named for which part."""
    named = {"script": script, "frames": frames, "clips": clips}
    return {role: name for role, name in named.items() if name is not None}


def scenes_in(edits: Sequence[str] | None) -> list[Mapping[str, object]]:
    """Return the edits of scenes, a document each. Raises BadParameter."""
    found: dict[int, dict[str, object]] = {}
    for edit in edits or ():
        parts = _EDIT.fullmatch(edit)
        if parts is None:
            raise typer.BadParameter(
                f"{edit!r} is not of the form 1.motion_prompt=TEXT.", param_hint="--edit"
            )
        scene = int(parts[1])
        found.setdefault(scene, {"scene_index": scene})[parts[2]] = parts[3]
    return list(found.values())
