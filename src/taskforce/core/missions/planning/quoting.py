"""Quoted strings of a mission: where they are, and what they hold."""

import re
from dataclasses import dataclass

_OPENINGS = re.compile(
    r"""
      (?P<fence>```[\w+-]*\n)                       # a fenced block
    | (?P<tick>`(?=[^`\n]))                         # a command or a name
    | (?P<double>")
    | (?P<curly>“)
    | (?P<angle>«)
    | (?P<single>(?<![^\s(,:=\[])')                # no apostrophe: opens after a blank
    """,
    re.VERBOSE,
)
_CLOSINGS = {
    "fence": re.compile(r"\n?```"),
    "tick": re.compile(r"`|(?P<none>\n)"),
    "double": re.compile('"'),
    "curly": re.compile("”"),
    "angle": re.compile("»"),
    "single": re.compile(r"'(?!\w)|(?P<none>\n)"),
}


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted string: its place with the quotes, its text without, and whether it is a fenced block."""

    start: int
    end: int
    text: str
    style: str


def quotes(text: str) -> tuple[Quoted, ...]:
    """Return the quoted strings of a text, in order, none within another."""
    found: list[Quoted] = []
    hopeless = dict.fromkeys(_CLOSINGS, 0)  # up to where a style is known to have no end: each is sought once
    at = 0
    while opening := _OPENINGS.search(text, at):
        style = opening.lastgroup or ""
        at = opening.start() + 1
        if at <= hopeless[style]:
            continue
        closing = _CLOSINGS[style].search(text, opening.end())
        if closing is None or closing.lastgroup:
            hopeless[style] = len(text) if closing is None else closing.start()
            continue
        at = closing.end()
        found.append(Quoted(opening.start(), at, text[opening.end() : closing.start()], style))
    return tuple(found)
