"""Groups of commands, told in whole lines."""

from typing import Any

import typer
from typer.core import TyperGroup

WHOLE = 1_000


class Group(TyperGroup):
    """Lists its commands with their whole help: a line that is cut says less than two lines."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Typer keeps its types private
        """Write the list."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, command.get_short_help_str(WHOLE)) for name, command in commands if command]
            )


def group(words: str) -> typer.Typer:
    """Return a group of commands."""
    made = typer.Typer(
        cls=Group,
        help=words,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_nothing)
    return made


def single() -> typer.Typer:
    """Return the place of a command that is alone."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _nothing() -> None:
    return
