"""Which paths of a repository are looked at; the others are left out, each with its reason."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from taskforce.core.marketplace.errors import FolderInvalid
from taskforce.core.marketplace.tree_paths import folded, reason_against, shown

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
        same = folded(path)
        taken = first.setdefault(same, path)
        if taken != path:
            first[same] = min(taken, path)
            clashes[max(taken, path)] = same
    for path, same in clashes.items():
        problems[path] = f"differs from {shown(first[same])} in its spelling alone"
    return SoundPaths(
        kept=tuple(first.values()),
        left_out=tuple(f"{shown(path)}: {problem}" for path, problem in sorted(problems.items())),
    )


def problem_of(path: str) -> str | None:
    """Return why a path is not looked at; None when it is sound."""
    if _USUAL.fullmatch(path) and ".git" not in path.casefold():
        return None
    return reason_against(path) or None


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
        raise FolderInvalid(where, shown(said), problem)
    return folder


def inside(path: str, folder: str) -> bool:
    """Tell whether a path lies below a folder; everything lies below ""."""
    return not folder or path.startswith(f"{folder}/")
