"""The terminal: whether there is one, whether it has colours, and how text is made safe for it."""

import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO
from unicodedata import category, combining, east_asian_width

from taskforce.cli.flags import Color

# Escape sequences as a whole, then what is left of control characters: text from tools and models stays text.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x1b\\|\x07|$)|\x1b[ -/]*[0-~]?", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a stream can show."""

    is_live: bool
    """Lines can be drawn again."""
    has_color: bool
    is_terminal: bool


def screen(stream: TextIO, color: Color) -> Screen:
    """Return what a stream can show: the flag beats the environment, the environment the terminal."""
    from taskforce.settings import terminal

    said = terminal()
    is_terminal = stream.isatty()
    wanted = (is_terminal or said.force_color) and not said.no_color and not said.is_dumb
    return Screen(
        is_terminal=is_terminal,
        is_live=is_terminal and not said.is_dumb,
        has_color=wanted if color is Color.AUTO else color is Color.ALWAYS,
    )


def clean(text: str) -> str:
    """Return text without escape sequences, control characters and marks that turn its direction."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def one_line(text: str, *, most: int | None = None) -> str:
    """Return text as one line, cut with an ellipsis when it is longer than `most`."""
    line = " ".join(clean(text).split())
    return line if most is None else fitted(line, most=most)


def cells(text: str) -> int:
    """Return how many columns a line takes: wide letters two, marks upon a letter none."""
    return sum(_cells(letter) for letter in text)


def fitted(text: str, *, most: int) -> str:
    """Return a line that takes at most so many columns, cut with an ellipsis."""
    if cells(text) <= most:
        return text
    kept = ""
    for letter in text:
        if cells(kept) + _cells(letter) >= most:
            break
        kept += letter
    return f"{kept}…"


def _cells(letter: str) -> int:
    if combining(letter) or category(letter) == "Cf":
        return 0
    return 2 if east_asian_width(letter) in {"W", "F"} else 1


def unheard(stream: TextIO) -> None:
    """Let go of a stream whose reader has left: what is written from now on goes nowhere."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(text: str) -> None:
    """Tell a person something, on stderr, after what was written on stdout before."""
    sys.stdout.flush()
    sys.stderr.write(f"{clean(text)}\n")
    sys.stderr.flush()
