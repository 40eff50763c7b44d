"""Text that `-` stands for: what comes in on stdin."""

import json
import sys

import typer


def text_of(word: str) -> str:
    """Return the word, or what stdin holds if it is `-`. Raises BadParameter at a terminal."""
    if word != "-":
        return word
    if sys.stdin.isatty():
        raise typer.BadParameter("- reads stdin, and stdin is this terminal. Pipe the text in.")
    try:
        return sys.stdin.buffer.read().decode("utf-8").strip()
    except UnicodeDecodeError as wrong:
        raise typer.BadParameter("stdin is not UTF-8.") from wrong


def json_of(text: str | None) -> object:
    """Return the JSON document of a flag, or None. Raises BadParameter."""
    try:
        return None if text is None else json.loads(text)
    except ValueError as wrong:
        raise typer.BadParameter(f"not JSON: {wrong}.") from wrong
