"""The flags: the global ones as a value, and those that several commands bear."""

import shlex
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

RESPONSES = {"approval": ("--decision", "approve"), "outcome": ("--decision", "repeat")}
"""What a signal can be answered with; any other is answered in words."""


class Color(StrEnum):
    """When to use colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """The global flags as they were given."""

    home: str | None = None
    config_file: Path | None = None
    project: str = "default"
    color: Color = Color.AUTO

    def command(self, *words: str) -> str:
        """Return a command line that can be typed as it is, for the same store and project."""
        said = ["taskforce"]
        said += ["--home", self.home] if self.home else []
        said += ["--config-file", str(self.config_file)] if self.config_file else []
        said += ["--project", self.project] if self.project != "default" else []
        return shlex.join([*said, *words])

    def respond(self, session_id: str, wait_id: str, signal: str) -> str:
        """Return the command line that answers what a session waits for, by the signal that it waits for."""
        words = RESPONSES.get(signal, ("--answer", "YOUR ANSWER"))
        return self.command("sessions", "respond", session_id, wait_id, *words)


AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, as the HTTP API answers.")]
Background: TypeAlias = Annotated[
    bool, typer.Option("--background", help="Hand it in and return; `taskforce worker` or a server plays it.")
]
Stream: TypeAlias = Annotated[
    bool | None,
    typer.Option("--stream/--no-stream", help="Show what happens on stderr; with --json: events on stdout."),
]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show calls and results in full, not by their first lines.")
]
Limit: TypeAlias = Annotated[int, typer.Option(metavar="N", help="At most this many items, 1 to 100.")]
Offset: TypeAlias = Annotated[int, typer.Option(metavar="N", help="After this many items.")]
Model: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="The model, such as local:planner.")
]
MaxSteps: TypeAlias = Annotated[int | None, typer.Option(metavar="N", help="At most this many turns.")]
MaxTokens: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", help="At most this many tokens, in and out together.")
]
MaxCost: TypeAlias = Annotated[
    float | None, typer.Option(metavar="USD", help="At most this many US dollars.")
]
MaxSeconds: TypeAlias = Annotated[
    float | None, typer.Option(metavar="S", help="At most this long, waiting for people left out.")
]
IdempotencyKey: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="KEY", help="Given again with the same request, nothing new is made."),
]
Workers: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", help="Jobs at once in this process; default: the settings'.")
]
JobId: TypeAlias = Annotated[str, typer.Argument(metavar="JOB", help="The job's id.")]
SessionId: TypeAlias = Annotated[str, typer.Argument(metavar="SESSION", help="The session's id.")]


def pairs(words: list[str] | None) -> dict[str, str]:
    """Return `k=v` words as a table. Raises BadParameter."""
    found: dict[str, str] = {}
    for word in words or []:
        name, equals, value = word.partition("=")
        if not equals:
            raise typer.BadParameter(f"{word!r} is not of the form name=value.", param_hint="--param")
        if name in found:
            raise typer.BadParameter(f"{name!r} is given twice.", param_hint="--param")
        found[name] = value
    return found


def limits(
    steps: int | None, tokens: int | None, cost: float | None, seconds: float | None
) -> dict[str, float] | None:
    """Return the limits that were given, or None when there are none."""
    given = {"steps": steps, "tokens": tokens, "cost": cost, "seconds": seconds}
    return {name: most for name, most in given.items() if most is not None} or None
