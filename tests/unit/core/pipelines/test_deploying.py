"""Which approvals let a release go to an environment."""

from datetime import timedelta
from typing import Any

import pytest

from taskforce.core.pipelines.delivery import Approval, Environment
from taskforce.core.pipelines.deploying import check_approval
from taskforce.core.pipelines.errors import ApprovalMissing, ApprovalSpent, OwnApproval
from tests.builders import NOON
from tests.delivery_builders import a_release, an_approval

RELEASE = a_release(1)
PRODUCTION = Environment.PRODUCTION


def check(approval: Approval | None, **fields: Any) -> None:  # noqa: ANN401 - any argument
    asked = {"release": RELEASE.id, "environment": PRODUCTION, "asked_by": "bert", "now": NOON}
    check_approval(approval, **{**asked, "own_counts": False, **fields})


def test_production_needs_an_approval_and_the_others_do_not() -> None:
    with pytest.raises(ApprovalMissing):
        check(None)
    for environment in (Environment.DEV, Environment.STAGING):
        check(None, environment=environment)


def test_an_active_one_for_the_same_pair_counts_until_it_expires() -> None:
    approval = an_approval(RELEASE)
    check(approval)
    check(approval, now=NOON + timedelta(days=7) - timedelta(microseconds=1))
    with pytest.raises(ApprovalSpent, match="expired"):
        check(approval, now=NOON + timedelta(days=7))


@pytest.mark.parametrize(
    ("approval", "words"),
    [
        (an_approval(RELEASE, revoked_at=NOON, revoked_by="dora"), "revoked"),
        (an_approval(a_release(2)), "another release"),
        (an_approval(RELEASE, environment=Environment.STAGING), "for staging, not for production"),
    ],
    ids=["revoked", "other release", "other environment"],
)
def test_one_that_does_not_count_is_told_why(approval: Approval, words: str) -> None:
    with pytest.raises(ApprovalSpent, match=words):
        check(approval)


def test_ones_own_does_not_count_unless_settings_say_so() -> None:
    own = an_approval(RELEASE, approver="bert")
    with pytest.raises(OwnApproval):
        check(own)
    check(own, own_counts=True)
