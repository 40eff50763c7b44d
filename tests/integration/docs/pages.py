"""Reads the documentation's pages: the commands that they show, and what they say comes out."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(path for folder in ("tutorial", "how-to") for path in (ROOT / "docs" / folder).glob("*.md")),
)

_BLOCK = re.compile(
    r"(?:<!-- skip: (?P<skip>[^>]+) -->\n)?^```(?P<kind>\w+)(?: (?P<file>\S+))?\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A command or a file of a page, and the output that is shown below it."""

    kind: str
    """`console`: a command; `file`: a text that is written to `name` before what comes after it."""
    text: str
    name: str = ""
    output: tuple[str, ...] = ()


def shown(page: Path) -> tuple[Shown, ...]:
    """Return what a page shows, from top to bottom. A block named like a file is one: ```yaml my.yaml."""
    found: list[Shown] = []
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["skip"]:
            continue
        if block["file"]:
            found.append(Shown("file", block["body"], name=block["file"]))
        elif block["kind"] == "console":
            found.extend(_commands(block["body"]))
    return tuple(found)


def links(page: Path) -> tuple[str, ...]:
    """Return the places within the repository that a page links to."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return tuple(target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target)


def anchors(page: Path) -> frozenset[str]:
    """Return the headings of a page as links name them."""
    titles = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles)


def _commands(body: str) -> list[Shown]:
    found: list[Shown] = []
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        lines = part.rstrip("\n").split("\n")
        last = next((place for place, line in enumerate(lines) if not line.endswith("\\")), len(lines) - 1)
        found.append(Shown("console", "\n".join(lines[: last + 1]), output=tuple(lines[last + 1 :])))
    return found
