"""What lies in what: artifacts inside a skill are its own, and a composite tells its members."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from taskforce.core.marketplace.model import ArtifactType, Detected


def nested(found: Mapping[str, Detected]) -> tuple[Detected, ...]:
    """Return what is listed at the top, sorted by path, with its members.

    What lies in a skill is a member of the outermost one and not listed; what lies in composites is a
    member of the nearest one, and listed too.
    """
    members: dict[str, list[str]] = {}
    listed: list[str] = []
    for path in sorted(found):
        around = [one for one in _around(path) if one in found and not found[one].is_single_file]
        skills = [one for one in around if found[one].type is ArtifactType.SKILL]
        composites = [one for one in around if found[one].type is ArtifactType.COMPOSITE]
        if skills:
            members.setdefault(skills[-1], []).append(path)
            continue
        listed.append(path)
        if composites:
            members.setdefault(composites[0], []).append(path)
    return tuple(
        replace(found[path], members=tuple(members[path])) if path in members else found[path]
        for path in listed
    )


def _around(path: str) -> Iterator[str]:
    """Yield the folders around a path, the nearest first."""
    while path:
        path = path.rpartition("/")[0]
        yield path
