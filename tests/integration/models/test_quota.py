"""An account that is used up, where the wire tells it apart from too many requests: no wait would mend it."""

import pytest

from taskforce.core.missions.errors import ModelQuotaSpent
from tests.integration.models.wires import error_of, model_at
from tests.services.model_peer import ModelPeer
from tests.services.wire_turns import Fault, Turn


@pytest.mark.parametrize("family", ["openai", "openai-responses", "openai-compatible"])
async def test_an_account_that_is_used_up_is_not_waited_for(family: str) -> None:
    with ModelPeer([Turn(text="Yes.", faults=(Fault.QUOTA_SPENT,))]) as peer:
        assert isinstance(await error_of(model_at(peer, family)), ModelQuotaSpent)
