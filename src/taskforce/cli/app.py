"""The command line: its global flags, and its commands, each loaded when it is used."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from taskforce.cli import garbage, log
from taskforce.cli.flags import Color, Flags
from taskforce.cli.groups import Group
from taskforce.cli.terminal import unheard

BROKEN_PIPE = 141
EVERYWHERE = ("--home", "--config-file", "--project", "--color")

# command: where it is found, and its help, so that help loads none of them
COMMANDS = {
    "run": ("run:app", "Start work and follow it: a mission, a pipeline, a scenario, a video, a scan."),
    "sessions": ("sessions:app", "Show sessions, answer what they ask, resume and cancel their missions."),
    "pipelines": (
        "pipelines:app",
        "Show runs of pipelines and their logs, cancel them, play them again.",
    ),
    "releases": ("releases:app", "Make releases, show them, and give them other names."),
    "deployments": ("deployments:app", "Put releases into environments, and show what is where."),
    "approvals": ("approvals:app", "Approve releases for environments, and take it back."),
    "scenarios": (
        "scenarios:app",
        "Import plants, show what was simulated on them, compare, write debriefs.",
    ),
    "marketplace": (
        "marketplace:app",
        "Find skills and their like in git repositories, import them, see what was imported.",
    ),
    "videos": ("videos:app", "Show films and go on with them: resume, stop, fork, download."),
    "jobs": ("jobs:app", "Show, watch, cancel, retry and prune jobs; fetch what they kept."),
    "prune": (
        "prune:app",
        "Remove what ended long ago: jobs with their logs, steps and artifacts, and sessions long not used.",
    ),
    "webhooks": ("webhooks:app", "Tell events to web endpoints, and see how that went."),
    "tools": ("catalogue:tools", "Show the tools that missions may use."),
    "skills": ("catalogue:skills", "Show the skills that missions may use."),
    "profiles": ("catalogue:profiles", "Show the profiles that missions may run with."),
    "models": ("catalogue:models", "Show the models that missions may run with."),
    "keys": ("keys:app", "Make, list and revoke the API keys of a project."),
    "projects": ("projects:projects", "Make and show projects."),
    "members": ("projects:members", "Show who has a part in a project, and change it."),
    "serve": ("serve:app", "Serve the HTTP API, with workers in this process."),
    "mcp": ("mcp:app", "Serve an MCP client over stdin and stdout, with workers in this process."),
    "worker": ("worker:app", "Play jobs that are due, and nothing else."),
    "doctor": ("doctor:app", "Check settings, store and sandbox, and say what is not right."),
    "version": ("version:app", "Print the version."),
}

EPILOG = (
    "Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 the work failed, 2 not right, "
    "3 paused, 4 not found, 5 conflict, 6 unavailable, 7 limit reached, 8 not allowed, 130 interrupted."
)


class LazyGroup(Group):
    """Loads a command when it is used; its help stands in the table."""

    def __init__(self, **attrs: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(**attrs)
        self.commands = {
            name: TyperCommand(name=name, help=words, rich_markup_mode=None)
            for name, (_, words) in COMMANDS.items()
        }

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer keeps its types private
        """Take the global flags from wherever they stand."""
        return super().parse_args(ctx, hoisted(args))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401 - the same
        """Return the command itself in place of its line in the table."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, loaded(name) if name in COMMANDS else command, rest


def loaded(name: str) -> TyperCommand | TyperGroup:
    """Import a command."""
    log.load()
    module, _, attribute = COMMANDS[name][0].partition(":")
    found: typer.Typer = getattr(import_module(f"taskforce.cli.commands.{module}"), attribute)
    command: Any = get_command(found)
    command.name = name
    return command  # type: ignore[no-any-return]


def hoisted(args: list[str]) -> list[str]:
    """Return the arguments with the global flags first: they count wherever they stand before a `--`."""
    end = args.index("--") if "--" in args else len(args)
    first: list[str] = []
    rest: list[str] = []
    words = iter(args[:end])
    for word in words:
        if word in EVERYWHERE:
            first += [word, *[value for value in [next(words, None)] if value is not None]]
        elif word.startswith(tuple(f"{flag}=" for flag in EVERYWHERE)):
            first.append(word)
        else:
            rest.append(word)
    return [*first, *rest, *args[end:]]


app = typer.Typer(
    cls=LazyGroup,
    name="taskforce",
    help="Run long work that must not be lost.",
    epilog=EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer's way of a flag that ends it
    if wanted:
        from taskforce import __version__

        typer.echo(f"taskforce {__version__}")
        raise typer.Exit


@app.callback()
def taskforce(  # noqa: D103 - the help is the app's
    ctx: typer.Context,
    *,
    home: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Where everything lives: default .taskforce here.")
    ] = None,
    config_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings beside ./taskforce.toml, in TOML.")
    ] = None,
    project: Annotated[
        str, typer.Option(metavar="NAME", help="The project that is asked about.")
    ] = "default",
    color: Annotated[Color, typer.Option(help="Colours: auto heeds NO_COLOR and TERM.")] = Color.AUTO,
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    ctx.obj = Flags(home=home, config_file=config_file, project=project, color=color)


def run() -> None:
    """Run the command line and exit; a reader that left is no error to speak of."""
    code = _quietly(lambda: app(prog_name="taskforce"))
    code = code or _quietly(sys.stdout.flush)
    garbage.resume()
    sys.exit(code)


def _quietly(do: Callable[[], object]) -> int | str | None:
    try:
        do()
    except BrokenPipeError:
        unheard(sys.stdout)
        return BROKEN_PIPE
    except SystemExit as ended:
        return ended.code
    return None
