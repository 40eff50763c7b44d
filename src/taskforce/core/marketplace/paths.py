"""Which paths of a repository are looked at; the others are left out, each with its reason."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from taskforce.core.marketplace.errors import FolderInvalid

MOST_LEVELS = 64
"""Folders above a file. Git has no such limit, and neither agents nor file systems like more."""
LONGEST_PART = 255
"""Bytes of one name, as most file systems have it."""
_FORBIDDEN = frozenset({"", ".", ".."})
_USUAL = re.compile(r"(?:(?!\.{1,2}/)[A-Za-z0-9_.@+-]{1,255}/){0,63}(?!\.{1,2}$)[A-Za-z0-9_.@+-]{1,255}")
"""Most paths: they are sound at a glance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundPaths:
    """Paths that can be looked at, and what was left out."""

    kept: tuple[str, ...]
    """Each once."""
    left_out: tuple[str, ...]
    """`path: reason`, a line each, sorted, for people; printable."""


def sound_paths(paths: Iterable[str]) -> SoundPaths:
    """Return which paths can be looked at; of those that differ in case alone, the first in order."""
    first: dict[str, str] = {}
    problems: dict[str, str] = {}
    clashes: dict[str, str] = {}
    for path in paths:
        if (problem := problem_of(path)) is not None:
            problems[path] = problem
            continue
        folded = _folded(path)
        taken = first.setdefault(folded, path)
        if taken != path:
            first[folded] = min(taken, path)
            clashes[max(taken, path)] = folded
    for path, folded in clashes.items():
        problems[path] = f"differs from {_shown(first[folded])} in its spelling alone"
    return SoundPaths(
        kept=tuple(first.values()),
        left_out=tuple(f"{_shown(path)}: {problem}" for path, problem in sorted(problems.items())),
    )


def problem_of(path: str) -> str | None:
    """Return why a path is not looked at; None when it is sound."""
    if _USUAL.fullmatch(path):
        return None
    parts = path.split("/")
    reasons = (
        (path.startswith("/"), "is absolute"),
        ("\\" in path, "has a backslash in it"),
        (not path.isprintable(), "holds characters that cannot be printed, or is not UTF-8"),
        (not _FORBIDDEN.isdisjoint(parts), "has an empty part, `.` or `..` in it"),
        (len(parts) > MOST_LEVELS, f"lies more than {MOST_LEVELS} levels deep"),
        (_longest(path, parts) > LONGEST_PART, f"has a name of more than {LONGEST_PART} bytes in it"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def folder_of(said: str, *, where: str) -> str:
    """Return a folder that a person names, as paths spell it; "" is the whole repository.

    `./skills/` is `skills`. `where` is the field that says so. Raises FolderInvalid.
    """
    folder = said.strip()
    while folder.startswith("./"):
        folder = folder[2:]
    folder = folder.rstrip("/") if folder != "/" else folder
    if folder in {"", "."}:
        return ""
    problem = problem_of(folder)
    if problem is not None:
        raise FolderInvalid(where, _shown(said), problem)
    return folder


def inside(path: str, folder: str) -> bool:
    """Tell whether a path lies below a folder; everything lies below ""."""
    return not folder or path.startswith(f"{folder}/")


def _longest(path: str, parts: Sequence[str]) -> int:
    """Return the bytes of the longest name, or of the whole when that is short enough."""
    if path.isascii() and len(path) <= LONGEST_PART:
        return len(path)
    return max(len(part.encode("utf-8", "surrogatepass")) for part in parts)


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _shown(path: str) -> str:
    shown = path if path.isprintable() else path.encode("unicode_escape").decode("ascii")
    return shown if len(shown) <= LONGEST_PART else f"{shown[:LONGEST_PART]}…"
