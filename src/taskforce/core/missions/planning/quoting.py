"""Quoted strings of a mission: where they are, and what they hold."""

import re
from dataclasses import dataclass

_QUOTES = re.compile(
    r"""
      ```[\w+-]*\n(?P<fence>.*?)\n?```              # a fenced block
    | `(?P<tick>[^`\n]+)`                           # a command or a name
    | "(?P<double>[^"]*)"
    | “(?P<curly>[^”]*)”
    | «(?P<angle>[^»]*)»
    | (?<![^\s(,:=\[])'(?P<single>[^'\n]*(?:'(?=\w)[^'\n]*)*)'(?!\w)   # no apostrophe: opens after a blank
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted string: its place with the quotes, its text without, and whether it is a fenced block."""

    start: int
    end: int
    text: str
    style: str


def quotes(text: str) -> tuple[Quoted, ...]:
    """Return the quoted strings of a text, in order, none within another."""
    return tuple(
        Quoted(match.start(), match.end(), match.group(match.lastgroup or 0), match.lastgroup or "")
        for match in _QUOTES.finditer(text)
    )
