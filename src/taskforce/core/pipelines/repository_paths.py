"""Paths of requests that name a repository, which may hold a slash.

They are read from what came on the wire, before anything is decoded. `owner%2Fname` is exactly one
repository; `owner/name` with a plain slash is read as one where the number of segments allows it. So a path
can have two readings: they are given in the order in which they are to be tried.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ALIASES = "aliases"
_HISTORY = "history"
_DOTS = frozenset(["", ".", ".."])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPath:
    """A project of a repository."""

    repository: str
    project: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePath:
    """A release by one of its names; or, without a name, the list of a product's."""

    product: ProductPath
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentPath:
    """What is deployed of a product in an environment, now or ever."""

    environment: str
    product: ProductPath
    is_history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPath:
    """The approval of a release for an environment: the release by its id, or by product and name."""

    environment: str
    release: str | ReleasePath


def release_paths(raw: str) -> tuple[ReleasePath, ...]:
    """Read what follows `/v1/releases/`: first as a release, then as a list.

    Where there are two readings, a release that does not exist and a list that is empty both pass on to the
    next; what then remains is no path. A list that is the only reading may be empty.
    """
    parts = raw.split("/")
    product, name = _product(parts[:-1]), _decoded(parts[-1])
    one = ReleasePath(product=product, name=name) if product and name else None
    of_all = _product(parts)
    every = ReleasePath(product=of_all) if of_all else None
    return tuple(filter(None, (one, every)))


def aliases_path(raw: str) -> ProductPath | None:
    """Read what follows `/v1/releases/` where an alias is given: `…/aliases`."""
    *parts, last = raw.split("/")
    return _product(parts) if last == _ALIASES else None


def alias_path(raw: str) -> ReleasePath | None:
    """Read what follows `/v1/releases/` where an alias is removed: `…/aliases/ALIAS`."""
    above, _, last = raw.rpartition("/")
    product, name = aliases_path(above), _decoded(last)
    return ReleasePath(product=product, name=name) if product and name else None


def deployment_paths(raw: str) -> tuple[DeploymentPath, ...]:
    """Read what follows `/v1/deployments/`: a last `history` first as that, then as a project's name."""
    first, *parts = raw.split("/")
    environment = _decoded(first)
    past = _product(parts[:-1]) if parts[-1:] == [_HISTORY] else None
    readings = [(past, True), (_product(parts), False)]
    return tuple(
        DeploymentPath(environment=environment, product=product, is_history=is_history)
        for product, is_history in readings
        if environment and product
    )


def approval_path(raw: str) -> ApprovalPath | None:
    """Read what follows `/v1/approvals/`: the id of a release, or product and name as elsewhere.

    A canonical id (`repository/project/commit_sha`) is read in both spellings too.
    """
    *parts, last = raw.split("/")
    environment = _decoded(last)
    release = _release(parts)
    return ApprovalPath(environment=environment, release=release) if environment and release else None


def _release(parts: Sequence[str]) -> str | ReleasePath | None:
    if len(parts) == 1:
        decoded = _decoded(parts[0])
        if decoded is None or "/" not in decoded:
            return decoded
        repository, _, rest = decoded.rpartition("/")
        repository, _, project = repository.rpartition("/")
        product = _checked(repository, project)
        return ReleasePath(product=product, name=rest) if product and rest else None
    named = (reading for reading in release_paths("/".join(parts)) if reading.name is not None)
    return next(named, None)


def _product(parts: Sequence[str]) -> ProductPath | None:
    """Read two segments (repository, project) or three (owner, name, project)."""
    decoded = [_decoded(part) for part in parts]
    match decoded:
        case [str(repository), str(project)]:
            return _checked(repository, project)
        case [str(owner), str(name), str(project)] if "/" not in owner + name:
            return _checked(f"{owner}/{name}", project)
    return None


def _checked(repository: str, project: str) -> ProductPath | None:
    if "/" in project or project in _DOTS or _DOTS & set(repository.split("/")):
        return None
    return ProductPath(repository=repository, project=project)


def _decoded(part: str) -> str | None:
    """Return a segment as it is meant; None if it is empty, or nothing that could be meant."""
    if _BROKEN.search(part):
        return None
    try:
        text = unquote(part, errors="strict")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() and text else None
