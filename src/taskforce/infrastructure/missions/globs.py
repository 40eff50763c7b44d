"""Glob patterns over paths: "*" within a name, "**" over folders."""

from fnmatch import fnmatchcase


def matches(path: str, pattern: str) -> bool:
    """Tell whether a path matches: "**" stands for any folders, also none; the rest goes name by name."""
    names = path.split("/")
    reached = {0}
    for part in pattern.strip("/").split("/"):
        if part == "**":
            reached = set(range(min(reached, default=len(names) + 1), len(names) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(names) and fnmatchcase(names[at], part)}
    return len(names) in reached


def anywhere(pattern: str) -> str:
    """Return the pattern that matches at any depth, if it speaks of a name alone."""
    return pattern if "/" in pattern else f"**/{pattern}"
