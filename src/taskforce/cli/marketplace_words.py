"""What the commands of the marketplace are told: sources, artifacts, folders and their types."""

from typing import Annotated, TypeAlias

import typer

SourceWord: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE", help="The end of its repository's address, such as owner/name; or its id."
    ),
]
EntryWord: TypeAlias = Annotated[
    str, typer.Argument(metavar="ARTIFACT", help="The artifact's path in its source, its name, or its id.")
]
ItemWord: TypeAlias = Annotated[
    str, typer.Argument(metavar="ARTIFACT", help="Its name in the collection, or its id.")
]
RootHint: TypeAlias = Annotated[
    str | None, typer.Option("--root", metavar="FOLDER", help="The folder that is scanned; default: all.")
]
ManualMap: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FOLDER=TYPE", help="What a folder is, such as tools=skill; repeatable."),
]
TrustLevel: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--trust", metavar="LEVEL", help="untrusted (asks before its first use), basic, verified, official."
    ),
]
Visibility: TypeAlias = Annotated[
    str | None, typer.Option(metavar="WORD", help="Who sees it: private, project or public.")
]
Interval: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="Scan it by itself: 30m, 6h, 7d, cron's five fields in UTC, or never."),
]


def folder_types(words: list[str] | None) -> dict[str, str] | None:
    """Return FOLDER=TYPE words as a table; one empty word takes all away. Raises BadParameter."""
    if words is None or words == [""]:
        return None if words is None else {}
    found: dict[str, str] = {}
    for word in words:
        folder, equals, type_ = word.rpartition("=")
        if not (equals and folder and type_):
            raise typer.BadParameter(f"{word!r} is not of the form FOLDER=TYPE.", param_hint="--map")
        if folder in found:
            raise typer.BadParameter(f"{folder!r} is given twice.", param_hint="--map")
        found[folder] = type_
    return found


def said(**words: object) -> dict[str, object]:
    """Return what was said; what was not is left to the request."""
    return {name: value for name, value in words.items() if value not in (None, [])}
