"""Releases: made, listed, shown by any of their names, and given other names."""

from contextlib import suppress
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from taskforce.api.answers import LATER, LISTED, TAGGED, AcceptedView, accepted, created, links, single
from taskforce.api.dependencies import DoorsGiven, Key, Outcomes, Releases, Who
from taskforce.api.document.headers import IF_NONE_MATCH, taking, with_headers
from taskforce.api.patience import SHORT, Patience
from taskforce.api.raw_paths import RELEASES, RawRoute
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import PageRequest
from taskforce.application.pipelines.release_schemas import (
    AliasRelease,
    CreatedReleaseView,
    CreateRelease,
    GetRelease,
    GiveAlias,
    ListReleases,
    ProductName,
    ReleaseName,
    ReleasesView,
    ReleaseView,
    RepositoryName,
    UnaliasRelease,
)
from taskforce.application.pipelines.releases import ReleaseService
from taskforce.core.errors import Invalid, NotFound
from taskforce.core.pipelines.errors import (
    AliasTaken,
    CommitAmbiguous,
    ReleaseExists,
    ReleaseFailed,
    ReleaseNotFound,
    RunNotFound,
)

router = APIRouter(route_class=StrictRoute, tags=["pipelines"])
named = APIRouter(prefix=f"{RELEASES}/{{repo}}/{{project}}", route_class=RawRoute, tags=["pipelines"])

WORDS = "It takes longer: the job, and where to look at it."
DELIVERED = {
    201: with_headers("Location", "Preference-Applied", "Idempotent-Replayed"),
    202: {"model": AcceptedView, "description": WORDS, **LATER},
}
NAMED = {201: with_headers("Location")}
Paged = Annotated[PageRequest, Query()]


@router.post(
    RELEASES,
    status_code=201,
    response_model=CreatedReleaseView,
    **use_case(
        ReleaseService.create, *KEYED, ReleaseExists, ReleaseFailed, RunNotFound, 409, responses=DELIVERED
    ),
)
async def create(
    asked: CreateRelease,
    who: Who,
    releases: Releases,
    outcomes: Outcomes,
    *,
    doors: DoorsGiven,
    request: Request,
    key: Key,
) -> Response:
    """Waits for it up to ten seconds, or as `Prefer: wait=N` says; then 202."""
    job = await releases.create(who, asked, key=key)
    patience = Patience.of(request, background=False).at_most(SHORT)
    made = await patience.wait(outcomes.release(who, job), doors.drain)
    if made is None:
        return accepted(job, applied=patience.applied)
    place = f"{RELEASES}/{quote(asked.repository, safe='')}/{asked.project}/{made.release_number}"
    return created(made, place, job, applied=patience.applied)


@named.post(
    "/aliases",
    status_code=201,
    **use_case(ReleaseService.alias, AliasTaken, CommitAmbiguous, ReleaseNotFound, responses=NAMED),
)
async def alias(
    repo: RepositoryName,
    project: ProductName,
    asked: GiveAlias,
    who: Who,
    releases: Releases,
    *,
    response: Response,
) -> ReleaseView:
    """Answers with the release, and in Location where it is by this name."""
    named = await releases.alias(who, checked(AliasRelease, repo=repo, project=project, **dict(asked)))
    response.headers["Location"] = f"{RELEASES}/{quote(repo, safe='')}/{project}/{quote(asked.alias)}"
    return named


@named.delete("/aliases/{alias}", status_code=204, **use_case(ReleaseService.unalias, ReleaseNotFound))
async def unalias(
    repo: RepositoryName, project: ProductName, alias: ReleaseName, who: Who, releases: Releases
) -> None:
    """Numbers, branches and tags stay."""
    await releases.unalias(who, checked(UnaliasRelease, repo=repo, project=project, alias=alias))


@named.get("", **use_case(ReleaseService.list, responses=LISTED))
async def list_releases(
    repo: RepositoryName,
    project: ProductName,
    page: Paged,
    *,
    who: Who,
    releases: Releases,
    request: Request,
    response: Response,
) -> ReleasesView:
    """A slash in the repository is written as %2F, or as it is. Link names the other parts."""
    asked = checked(ListReleases, repo=repo, project=project, limit=page.limit, offset=page.offset)
    found = await releases.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ReleasesView.of(found, asked)


@named.get(
    "/{release_id}",
    response_model=ReleaseView,
    **use_case(ReleaseService.get, CommitAmbiguous, ReleaseNotFound, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get(
    repo: RepositoryName,
    project: ProductName,
    release_id: ReleaseName,
    *,
    who: Who,
    releases: Releases,
    request: Request,
) -> Response:
    """By its commit (7 digits or more), number, tag or another alias, in this order."""
    asked = checked(GetRelease, repo=repo, project=project, release_id=release_id)
    return single(request, await releases.get(who, asked))


@named.get(
    "/{release_id}/{or_repo}/{or_project}",
    include_in_schema=False,
    operation_id="releases.get",
    response_model=ReleasesView,
)
async def get_or_list(
    repo: str,
    project: str,
    release_id: str,
    *,
    or_repo: str,
    or_project: str,
    page: Paged,
    who: Who,
    releases: Releases,
    request: Request,
    response: Response,
) -> Response | ReleasesView:
    """Show the release if there is one; else the list, unless it is empty and could be a release."""
    listing = partial(list_releases, or_repo, or_project, page, who=who, releases=releases, request=request)
    try:
        return await get(repo, project, release_id, who=who, releases=releases, request=request)
    except Invalid:
        return await listing(response=response)
    except NotFound:
        with suppress(Invalid):
            if (found := await listing(response=response)).total:
                return found
        raise


router.routes.extend(named.routes)
