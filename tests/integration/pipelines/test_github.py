"""GitHub that says no, wants to be asked later, or is not there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.core.pipelines.forge_errors import ForgeAway, ForgeRefused, NoForgeSet
from taskforce.core.pipelines.ports import Forge
from taskforce.infrastructure.pipelines.forges import forge_at
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON
from tests.integration.contracts.test_forge import ACTIVE, DEPLOYMENT, STATUS, TAG
from tests.services.github_peer import TOKEN, GithubPeer, github_peer

SPENT = "API rate limit exceeded"
IN_A_MINUTE = str(int(NOON.timestamp()) + 60)


@pytest.fixture
def peer() -> Iterator[GithubPeer]:
    with github_peer() as peer:
        yield peer


@pytest.fixture
def forge(peer: GithubPeer) -> Forge:
    return forge_at(f"{peer.url}/", token=TOKEN, clock=SetClock(NOON))


@pytest.mark.parametrize(
    ("status", "headers", "message", "wait"),
    [
        (500, {}, "", 0),
        (502, {"Retry-After": "7"}, "", 7),
        (429, {}, "", 60),
        (429, {"Retry-After": "90"}, "", 90),
        (403, {"Retry-After": "30"}, "You have exceeded a secondary rate limit.", 30),
        (
            403,
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": IN_A_MINUTE},
            SPENT,
            60,
        ),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, SPENT, 1),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}, SPENT, 60),
        (403, {"X-RateLimit-Remaining": "12"}, "You have exceeded a secondary rate limit.", 60),
    ],
)
async def test_what_it_asks_to_wait_is_told(
    forge: Forge, peer: GithubPeer, *, status: int, headers: dict[str, str], message: str, wait: int
) -> None:
    peer.planned.append((status, {"message": message}, headers))
    with pytest.raises(ForgeAway) as away:
        await forge.set_commit_status(STATUS)
    assert away.value.retry_after == timedelta(seconds=wait)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"message": "Bad credentials"}, "401 Bad credentials. Look at TASKFORCE_GITHUB_TOKEN"),
        (
            403,
            {"message": "Resource not accessible"},
            "403 Resource not accessible. The token needs",
        ),
        (404, {"message": "Not Found"}, "404 Not Found. There is no such repository"),
        (422, {"message": "No commit found for SHA"}, "422 No commit found for SHA"),
        (301, {"message": "Moved Permanently"}, "301 Moved Permanently. The repository has another name"),
        (410, b"gone", "410 Gone"),
        (400, ["odd"], "400 Bad Request"),
        (200, b"<html>", "its answer is no JSON"),
    ],
)
async def test_a_no_is_told_with_its_reason_and_without_the_token(
    forge: Forge,
    peer: GithubPeer,
    *,
    status: int,
    body: object,
    said: str,
) -> None:
    peer.planned.append((status, body, {"Location": "http://127.0.0.1:1/elsewhere"}))
    with pytest.raises(ForgeRefused) as refused:
        await forge.set_commit_status(STATUS)
    assert said in refused.value.message
    assert TOKEN not in refused.value.message


async def test_an_answer_without_an_id_is_no_deployment(forge: Forge, peer: GithubPeer) -> None:
    peer.planned += [(200, [], {}), (201, {"id": "odd"}, {})]
    with pytest.raises(ForgeRefused, match="has no id"):
        await forge.create_deployment(DEPLOYMENT)


async def test_a_tag_on_a_commit_that_is_not_there_is_refused(forge: Forge) -> None:
    with pytest.raises(ForgeRefused, match="422 Object does not exist"):
        await forge.create_tag(replace(TAG, commit_sha="dead" * 10))


async def test_nobody_there_is_away() -> None:
    nowhere = forge_at("http://127.0.0.1:1", token=TOKEN, clock=SetClock(NOON))
    with pytest.raises(ForgeAway, match="ConnectError"):
        await nowhere.set_commit_status(STATUS)


async def test_without_a_token_nobody_is_told() -> None:
    nobody = forge_at("http://127.0.0.1:1", token=None, clock=SetClock(NOON))
    for telling in (
        nobody.set_commit_status(STATUS),
        nobody.create_deployment(DEPLOYMENT),
        nobody.set_deployment_status("acme/shop", "1", ACTIVE),
        nobody.create_tag(TAG),
    ):
        with pytest.raises(NoForgeSet, match="TASKFORCE_GITHUB_TOKEN"):
            await telling
