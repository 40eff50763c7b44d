"""What a store of approvals promises, whatever it is kept in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.core.errors import Conflict
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.pipelines.delivery import Environment, Release
from taskforce.core.pipelines.errors import ApprovalExists, ApprovalNotFound, NotApproved
from taskforce.core.pipelines.identity import ApprovalId
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import NOON, OTHER_PROJECT, a_job
from tests.delivery_builders import a_release, an_approval, made
from tests.integration.contracts.stores import Stores

WEEK = timedelta(days=7)
PLACE = {"project": DEFAULT_PROJECT}


@pytest.fixture
async def release(stores: Stores) -> Release:
    found = a_release(1)
    await stores.jobs.submit(a_job(), changes=[made(found)])
    return found


async def test_an_approval_is_what_was_written(stores: Stores, release: Release) -> None:
    approval = an_approval(release)
    await stores.approvals.add(approval)
    assert await stores.approvals.get(approval.id, project=DEFAULT_PROJECT) == approval
    with pytest.raises(ApprovalNotFound):
        await stores.approvals.get(approval.id, project=OTHER_PROJECT)
    with pytest.raises(ApprovalNotFound):
        await stores.approvals.get(ApprovalId("none"), project=DEFAULT_PROJECT)


async def test_a_pair_has_one_active_approval(stores: Stores, release: Release) -> None:
    first = an_approval(release)
    await stores.approvals.add(first)
    with pytest.raises(ApprovalExists) as refused:
        await stores.approvals.add(an_approval(release))
    assert refused.value.details == {"approval_id": first.id}
    await stores.approvals.add(an_approval(release, environment=Environment.STAGING))


async def test_an_expired_or_revoked_one_makes_room(stores: Stores, release: Release) -> None:
    first = an_approval(release)
    await stores.approvals.add(first)
    second = an_approval(release, approved_at=NOON + WEEK, expires_at=NOON + 2 * WEEK)
    await stores.approvals.add(second)
    at = NOON + WEEK + timedelta(minutes=1)
    await stores.approvals.revoke(second.id, project=DEFAULT_PROJECT, by="dora", at=at)
    third = an_approval(release, approved_at=at, expires_at=at + WEEK)
    await stores.approvals.add(third)
    newest = await stores.approvals.newest(release.id, Environment.PRODUCTION, project=DEFAULT_PROJECT)
    assert newest == third
    assert await stores.approvals.get(first.id, project=DEFAULT_PROJECT) == first


async def test_it_is_revoked_once(stores: Stores, release: Release) -> None:
    approval = an_approval(release)
    await stores.approvals.add(approval)
    revoked = replace(approval, revoked_at=NOON, revoked_by="dora")
    for by, at in (("dora", NOON), ("emil", NOON + WEEK)):
        found = await stores.approvals.revoke(approval.id, project=DEFAULT_PROJECT, by=by, at=at)
        assert found == revoked
    with pytest.raises(ApprovalNotFound):
        await stores.approvals.revoke(approval.id, project=OTHER_PROJECT, by="dora", at=NOON)


async def test_a_pair_that_was_never_approved_has_none(stores: Stores, release: Release) -> None:
    await stores.approvals.add(an_approval(release))
    for place in (
        {"environment": Environment.DEV, "project": DEFAULT_PROJECT},
        {"environment": Environment.PRODUCTION, "project": OTHER_PROJECT},
    ):
        with pytest.raises(NotApproved):
            await stores.approvals.newest(release.id, **place)  # type: ignore[arg-type] # words of the table


async def test_it_is_written_with_the_request_that_made_it_or_not_at_all(
    stores: Stores, release: Release
) -> None:
    key = RequestKey(project=DEFAULT_PROJECT, principal="carl", use_case="approvals.create", key="k")
    first, second = an_approval(release), an_approval(release, environment=Environment.STAGING)
    note = RememberRequest(request=key, fingerprint="f", made=first.id, at=NOON)
    await stores.approvals.add(first, changes=[note])
    with pytest.raises(Conflict):
        await stores.approvals.add(second, changes=[replace(note, made=second.id)])
    assert (await stores.requests.find(key)) == note
    with pytest.raises(ApprovalNotFound):
        await stores.approvals.get(second.id, project=DEFAULT_PROJECT)
