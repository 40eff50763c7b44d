"""The use cases of releases."""

from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.jobs.schemas import JobView
from taskforce.application.pipelines.release_schemas import (
    AliasRelease,
    CreateRelease,
    GetRelease,
    ListedReleaseView,
    ListReleases,
    ReleaseView,
    UnaliasRelease,
)
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import JobId
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines.delivery import Product, ReleaseTrigger
from taskforce.core.pipelines.errors import ReleaseExists, ReleaseNotFound
from taskforce.core.pipelines.look_up import custom_alias
from taskforce.core.pipelines.model import RunFacts
from taskforce.core.pipelines.ports import ReleaseStore, RunStore
from taskforce.core.pipelines.refs import Ref
from taskforce.core.pipelines.release_task import KIND, GivenArtifact, ReleaseTask
from taskforce.core.pipelines.releasing import trigger_of
from taskforce.core.principals import Principal


class ReleaseService:
    """Makes releases, shows them, and gives them names."""

    def __init__(self, *, desk: JobDesk, releases: ReleaseStore, runs: RunStore, once: Once) -> None:
        self._desk = desk
        self._releases = releases
        self._runs = runs
        self._once = once

    async def create(
        self, principal: Principal, request: CreateRelease, *, key: str | None = None
    ) -> JobView:
        """Release what a commit built."""

        async def make(note: Note) -> JobView:
            task = await self._task(principal, request)
            product = task.product(principal.project)
            await self._check(product, request.commit_sha)
            job = self._desk.new(KIND, principal, task.model_dump(mode="json"), subject=None, alone=False)
            return JobView.of(await self._desk.accept(job, changes=note(job.id)))

        keyed = Keyed.of("releases.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=partial(self._desk.handed_in, principal=principal))

    async def list(self, principal: Principal, request: ListReleases) -> Listing[ListedReleaseView]:
        """List a project's releases, newest first."""
        product = _product(principal, request.repo, request.project)
        found = await self._releases.list(product, Page(limit=request.limit, offset=request.offset))
        return Listing(items=tuple(map(ListedReleaseView.of, found.items)), total=found.total)

    async def get(self, principal: Principal, request: GetRelease) -> ReleaseView:
        """Show a release by its commit, number, tag or another alias."""
        product = _product(principal, request.repo, request.project)
        return ReleaseView.of(await self._releases.find(product, request.release_id))

    async def alias(self, principal: Principal, request: AliasRelease) -> ReleaseView:
        """Give a release another name, which is taken from the release that has it."""
        alias = custom_alias(request.alias)
        product = _product(principal, request.repo, request.project)
        release = await self._releases.find(product, request.release_id)
        return ReleaseView.of(await self._releases.name(release, alias))

    async def unalias(self, principal: Principal, request: UnaliasRelease) -> None:
        """Take a name away that somebody gave."""
        product = _product(principal, request.repo, request.project)
        await self._releases.unname(product, request.alias)

    async def _check(self, product: Product, commit_sha: str) -> None:
        """Return when a commit has no release yet; the job looks again. Raises ReleaseExists."""
        try:
            found = await self._releases.find(product, commit_sha)
        except ReleaseNotFound:
            return
        raise ReleaseExists(found.id)

    async def _task(self, principal: Principal, request: CreateRelease) -> ReleaseTask:
        """Return what is to be released, and by what, as the run tells if one is named."""
        run = JobId(request.pipeline_run_id) if request.pipeline_run_id else None
        facts = (await self._runs.get(run, project=principal.project)).facts if run else None
        if facts is not None:
            _check_run(facts, request)
        ref = Ref.of(facts.branch) if facts else Ref()
        return ReleaseTask(
            repository=request.repository,
            project_name=request.project,
            commit_sha=request.commit_sha,
            artifacts=tuple(GivenArtifact(**dict(one)) for one in request.artifacts),
            trigger_type=(trigger_of(facts) if facts else None) or ReleaseTrigger.MANUAL,
            branch=ref.branch,
            tag=ref.tag,
            triggered_by=facts.triggered_by if facts else principal.name,
            run=run,
        )


def _check_run(facts: RunFacts, request: CreateRelease) -> None:
    """Refuse a release of something else than its run built."""
    is_same = request.commit_sha.startswith(facts.commit_sha) and facts.commit_sha
    if not is_same or facts.repository != request.repository:
        detail = "is of another repository or commit"
        raise Invalid(
            f"The run {facts.id} {detail}. Name the run that built this commit, or none.",
            errors=[FieldError(pointer="/pipeline_run_id", code="other_run", detail=detail)],
        )


def _product(principal: Principal, repository: str, name: str) -> Product:
    return Product(project=principal.project, repository=repository, name=name)
