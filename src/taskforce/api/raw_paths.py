"""Routes whose paths name a repository, which may hold a slash: they read what came on the wire.

Starlette decodes `%2F` before it routes. So these routes look at the raw path, in the ways of
`core/pipelines/repository_paths`; the templates are those of the document.
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.routing import Match
from starlette.types import Scope

from taskforce.api.strict import StrictRoute
from taskforce.core.pipelines.repository_paths import (
    DeploymentPath,
    ProductPath,
    ReleasePath,
    alias_path,
    aliases_path,
    approval_path,
    deployment_paths,
    release_paths,
)

Params = Mapping[str, str]
Reading = Callable[[str], Params | None]
"""Turns what follows the prefix into the parameters of the path; None: it is no such path."""

RELEASES = "/v1/releases"
DEPLOYMENTS = "/v1/deployments"
APPROVALS = "/v1/approvals"


class RawRoute(StrictRoute):
    """A route that reads the raw path, by its template."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether it is this route's path, and which parameters it has."""
        prefix, reading = _READINGS[self.path_format]
        raw = _raw(scope)
        found = reading(raw[len(prefix) + 1 :]) if raw.startswith(f"{prefix}/") else None
        if scope["type"] != "http" or found is None:
            return Match.NONE, {}
        match = Match.FULL if scope["method"] in (self.methods or ()) else Match.PARTIAL
        return match, {"endpoint": self.endpoint, "path_params": dict(found), "route": self}


def _raw(scope: Scope) -> str:
    given = scope.get("raw_path")
    return given.decode("latin-1") if given else quote(scope.get("path", ""))


def _unreserved(raw: str) -> tuple[ReleasePath, ...]:
    """Read a path of a release or a list; one of aliases is none of them."""
    return () if aliases_path(raw) or alias_path(raw) else release_paths(raw)


def _release(raw: str) -> Params | None:
    """Read a path that is a release's alone."""
    match _unreserved(raw):
        case [ReleasePath(name=str(name), product=product)]:
            return _of(product) | {"release_id": name}
    return None


def _list(raw: str) -> Params | None:
    """Read a path that is a list's alone."""
    match _unreserved(raw):
        case [ReleasePath(name=None, product=product)]:
            return _of(product)
    return None


def _release_or_list(raw: str) -> Params | None:
    """Read three plain segments: repository, project and release, or owner, name and project."""
    match _unreserved(raw):
        case [ReleasePath(name=str(name), product=one), ReleasePath(product=every)]:
            return _of(one) | {"release_id": name, "or_repo": every.repository, "or_project": every.project}
    return None


def _aliases(raw: str) -> Params | None:
    product = aliases_path(raw)
    return None if product is None else _of(product)


def _alias(raw: str) -> Params | None:
    found = alias_path(raw)
    return None if found is None or found.name is None else _of(found.product) | {"alias": found.name}


def _current(raw: str) -> Params | None:
    match deployment_paths(raw):
        case [DeploymentPath(is_history=False) as place]:
            return _at(place)
    return None


def _history(raw: str) -> Params | None:
    match deployment_paths(raw):
        case [DeploymentPath(is_history=True) as place]:
            return _at(place)
    return None


def _history_or_current(raw: str) -> Params | None:
    """Read a path that ends in `history`, which may also be a project's name."""
    match deployment_paths(raw):
        case [past, DeploymentPath(product=product)]:
            return _at(past) | {"or_repo": product.repository, "or_project": product.project}
    return None


def _approval(raw: str) -> Params | None:
    found = approval_path(raw)
    if found is None:
        return None
    release = found.release
    if isinstance(release, ReleasePath):
        release = f"{release.product.repository}/{release.product.project}/{release.name}"
    return {"release_id": release, "environment": found.environment}


def _of(product: ProductPath) -> dict[str, str]:
    return {"repo": product.repository, "project": product.project}


def _at(place: DeploymentPath) -> dict[str, str]:
    return {"environment": place.environment} | _of(place.product)


_READINGS: Mapping[str, tuple[str, Reading]] = {
    f"{RELEASES}/{{repo}}/{{project}}": (RELEASES, _list),
    f"{RELEASES}/{{repo}}/{{project}}/{{release_id}}": (RELEASES, _release),
    f"{RELEASES}/{{repo}}/{{project}}/{{release_id}}/{{or_repo}}/{{or_project}}": (
        RELEASES,
        _release_or_list,
    ),
    f"{RELEASES}/{{repo}}/{{project}}/aliases": (RELEASES, _aliases),
    f"{RELEASES}/{{repo}}/{{project}}/aliases/{{alias}}": (RELEASES, _alias),
    f"{DEPLOYMENTS}/{{environment}}/{{repo}}/{{project}}": (DEPLOYMENTS, _current),
    f"{DEPLOYMENTS}/{{environment}}/{{repo}}/{{project}}/history": (DEPLOYMENTS, _history),
    f"{DEPLOYMENTS}/{{environment}}/{{repo}}/{{project}}/history/{{or_repo}}/{{or_project}}": (
        DEPLOYMENTS,
        _history_or_current,
    ),
    f"{APPROVALS}/{{release_id}}/{{environment}}": (APPROVALS, _approval),
}
"""By template; those with `or_repo` are of paths with two readings, and stand in no document."""
