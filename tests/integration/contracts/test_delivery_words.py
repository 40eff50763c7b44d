"""Whatever is asked of deployments and approvals, in whatever order: one is active, and no word goes back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines.changes import ActivateDeployment, FailDeployment, PushDeployment
from taskforce.core.pipelines.delivery import Approval, Deployment, Environment, Product, Release
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import LEASE, NOON, a_job, a_lease, failure, success
from tests.delivery_builders import SHOP, a_commit, a_deployment, a_release, an_approval, asked, made
from tests.integration.contracts.twins import Twin, Twins, twins

PLACES = (Environment.DEV, Environment.PRODUCTION)
WEEK = timedelta(days=7)
FOLLOWS = {"pending": {"active", "failed"}, "active": {"superseded"}, "superseded": set(), "failed": set()}
MOST = 1_000
ENDS = ("arrive", "fail", "lose")
numbers = st.integers(0, 9)
deeds = st.tuples(
    st.sampled_from(["ask", "approve", "revoke", "wait", *ENDS]), st.sampled_from(PLACES), numbers
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    with twins(tmp_path_factory.mktemp("twins"), SetClock(NOON)) as found:
        yield found


class World:
    """A product of its own with one release, and what was asked for it."""

    def __init__(self, stores: Twins) -> None:
        self.stores = stores
        job = a_job()
        self.product: Product = replace(SHOP, name=f"app-{job.id[-12:]}")
        self.release: Release = a_release(1, product=self.product, commit_sha=a_commit(1))
        self.begun: list[Job] = []
        self.approvals: list[Approval] = []
        stores.say(partial(_release, job, self.release))

    def do(self, what: str, place: Environment, number: int) -> None:
        if what == "wait":
            self.stores.clock.pass_(seconds=number * 86_400)
        elif what == "ask":
            self.ask(place, number)
        elif what == "approve":
            self.approve(place)
        elif what == "revoke" and self.approvals:
            self.revoke(number % len(self.approvals))
        elif what in ENDS and self.begun:
            job = self.begun.pop(number % len(self.begun))
            self.stores.say(partial(_end, job, what, self.stores.clock))

    def ask(self, place: Environment, number: int) -> None:
        """Ask for a deployment, with an approval or without."""
        approval = self.approvals[number % len(self.approvals)] if self.approvals and number else None
        job, deployment = a_deployment(
            self.release,
            environment=place,
            approval=approval and approval.id,
            created_at=self.stores.clock.now(),
        )
        came = self.stores.say(partial(_ask, job, deployment))
        counts = approval is None or (approval.environment is place and self.counts(approval))
        assert (came == "ApprovalSpent") is not counts
        if isinstance(came, Job):
            self.begun.append(came)

    def approve(self, place: Environment) -> None:
        """Approve; while one counts there is no second."""
        now = self.stores.clock.now()
        approval = an_approval(self.release, environment=place, approved_at=now, expires_at=now + WEEK)
        has_one = any(one.environment is place and self.counts(one) for one in self.approvals)
        came = self.stores.say(partial(_approve, approval))
        assert (came == "ApprovalExists") is has_one
        if not has_one:
            self.approvals.append(approval)

    def revoke(self, at: int) -> None:
        """Revoke; the first word of it stays."""
        revoked = self.stores.say(partial(_revoke, self.approvals[at], self.stores.clock))
        assert isinstance(revoked, Approval)
        assert self.approvals[at].revoked_at in {None, revoked.revoked_at}
        self.approvals[at] = revoked

    def counts(self, approval: Approval) -> bool:
        return approval.revoked_at is None and self.stores.clock.now() < approval.expires_at

    def standing(self) -> dict[JobId, Deployment]:
        """Every deployment of it, as it stands."""
        found: dict[JobId, Deployment] = {}
        for place in PLACES:
            part = self.stores.say(partial(_history, self.product, place))
            assert isinstance(part, Listing)
            found |= {one.id: one for one in part.items}
            active = [one for one in part.items if one.status == "active"]
            assert len(active) <= 1
            current = self.stores.say(partial(_current, self.product, place))
            assert current == (active[0] if active else "NothingDeployed")
        return found


@given(asked_for=st.lists(deeds, max_size=16))
@settings(deadline=None, max_examples=60)
def test_a_place_has_one_active_deployment_and_no_word_goes_back(
    stores: Twins, asked_for: list[tuple[str, Environment, int]]
) -> None:
    world = World(stores)
    before = world.standing()
    for deed in asked_for:
        world.do(*deed)
        after = world.standing()
        for job, was in before.items():
            now = after[job].status
            assert now is was.status or now in FOLLOWS[was.status]
            assert after[job].approval == was.approval
        assert {one.status.value for one in after.values() if one.deployed_at} <= {"active", "superseded"}
        before = after


async def _history(product: Product, place: Environment, twin: Twin) -> Listing[Deployment]:
    return await twin.deployments.history(product, place, Page(limit=100))


async def _current(product: Product, place: Environment, twin: Twin) -> Deployment:
    return await twin.deployments.current(product, place)


async def _approve(approval: Approval, twin: Twin) -> None:
    await twin.approvals.add(approval)


async def _revoke(approval: Approval, clock: SetClock, twin: Twin) -> Approval:
    return await twin.approvals.revoke(approval.id, project=DEFAULT_PROJECT, by="dora", at=clock.now())


async def _release(job: Job, release: Release, twin: Twin) -> None:
    await twin.jobs.submit(job, changes=[made(release)])


async def _ask(job: Job, deployment: Deployment, twin: Twin) -> Job:
    return await twin.jobs.submit(job, changes=[asked(deployment, most=MOST)], lease=a_lease())


async def _end(job: Job, what: str, clock: SetClock, twin: Twin) -> None:
    """End a deployment as its program does, or as a lost worker would."""
    if what == "arrive":
        pushed = PushDeployment(deployment=job.id, gitops_commit_sha=a_commit(7))
        await twin.jobs.commit(job, Commit(changes=(pushed,)), lease=LEASE)
        active = ActivateDeployment(deployment=job.id, at=clock.now())
        await twin.jobs.end(job, Commit(changes=(active,)), success())
    elif what == "fail":
        failed = FailDeployment(deployment=job.id, reason="No entry.")
        await twin.jobs.end(job, Commit(changes=(failed,)), failure())
    else:
        await twin.jobs.end(job, Commit(), failure("dead_letter", "Lost three workers."))
