"""Webhooks through every door: the same words, the same answers, and a secret that is shown once."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.integration.doors.api_client import api
from tests.integration.doors.three_doors import DOORS, Door, Refused
from tests.integration.processes import said
from tests.integration.records import comparable

pytestmark = pytest.mark.timeout(240)

URL = "https://hooks.invalid/in"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")
SINCE = "2026-01-01T00:00:00Z"


def told_through(door: Door) -> list[Any]:
    """One story of a webhook: what each use case answers."""

    def refused(use_case: str, **fields: Any) -> Any:  # noqa: ANN401 - any JSON
        with pytest.raises(Refused) as problem:
            door.do(use_case, **fields)
        return problem.value.problem

    made = door.do("webhooks.create", url=URL, event_types=["taskforce.mission.*"], idempotency_key="once")
    webhook = {"webhook_id": made["id"]}
    again = door.do("webhooks.create", url=URL, event_types=["taskforce.mission.*"], idempotency_key="once")
    assert (again["id"], again["secret"]) == (made["id"], None)
    answers = [
        made,
        again,
        door.do("webhooks.update", **webhook, format="seed", concurrency=4, description="größer"),
        door.do("webhooks.ping", **webhook),
        door.do("webhooks.deliveries", **webhook, status="given_up"),
        door.do("webhooks.rotate", **webhook),
        door.do("webhooks.replay", **webhook, since=SINCE),
        door.do("webhooks.update", **webhook, enabled=False),
        refused("webhooks.replay", **webhook, since=SINCE),
        refused("webhooks.replay", **webhook),
        refused("webhooks.create", url="http://127.0.0.1:9/in"),
        refused("webhooks.create", url="https://169.254.169.254/in"),
        door.do("webhooks.get", **webhook),
        door.do("webhooks.list", limit=5),
        door.do("webhooks.delete", **webhook),
        refused("webhooks.get", **webhook),
        door.do("webhooks.list"),
    ]
    shown = [place for place, answer in enumerate(answers) if SECRET.search(json.dumps(answer))]
    assert shown == [0, 5]
    return answers


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[dict[str, Door]]:
    with ExitStack() as stack:
        yield {name: kind(tmp_path / name, stack) for name, kind in DOORS.items()}


def test_the_story_is_the_same_through_every_door(doors: dict[str, Door], tmp_path: Path) -> None:
    for name in doors:
        (tmp_path / name).mkdir()
    stories = {
        name: SECRET.sub("whsec_", json.dumps(comparable(told_through(door), tmp_path)))
        for name, door in doors.items()
    }
    seconds = re.compile(r'"seconds": [0-9.]+')
    assert len({seconds.sub("", story) for story in stories.values()}) == 1, stories


def test_the_secret_is_in_no_log_of_a_server(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = said(home, "webhooks", "create", URL, "--json", log_level="debug")
    secret = made.json["secret"]
    webhook = made.json["id"]
    for words in (
        ("webhooks", "list", "--json"),
        ("webhooks", "show", webhook),
        ("webhooks", "ping", webhook),
        ("webhooks", "deliveries", webhook, "--json"),
        ("run", "mission", "write hello to a.txt"),
        ("worker", "--until-idle"),
        ("webhooks", "deliveries", webhook),
        ("webhooks", "update", webhook, "--url", secret),
        ("jobs", "list", "--json"),
    ):
        ended = said(home, *words, log_level="debug")
        assert "whsec_" not in ended.out + ended.err, words
        assert secret[6:] not in ended.out + ended.err, words


def test_a_created_webhook_says_where_it_is(tmp_path: Path) -> None:
    with api(tmp_path) as client:
        made = client.post("/api/v1/webhooks", json={"url": URL}, headers={"idempotency-key": "k"})
        again = client.post("/api/v1/webhooks", json={"url": URL}, headers={"idempotency-key": "k"})
        other = client.post("/api/v1/webhooks", json={"url": f"{URL}/2"}, headers={"idempotency-key": "k"})
        there = client.get(made.headers["location"])
    assert (made.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.headers["idempotent-replayed"] == "true"
    assert there.json()["id"] == made.json()["id"] == again.json()["id"]
    assert "secret" not in there.json()
