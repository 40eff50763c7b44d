"""The same stories, embedded and on each scale-out combination: identical answers and event logs.

Only ids, times, durations, hosts, folders and the signatures of addresses are given names before they are
compared. FAULTS=long (`make faults`) tells those too that take long.
"""

import os
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.doors import test_session_stories as sessions
from tests.integration.faults.combinations import COMBINATIONS, EMBEDDED, Services, combination
from tests.integration.faults.tales import LONG_TALES, TALES, prepared
from tests.integration.faults.tellers import ServedTeller
from tests.integration.wire import Server
from tests.services.postgres_server import PostgresServer
from tests.services.receiver import Receiver, receiver
from tests.services.s3_server import S3Server

pytestmark = [pytest.mark.durability, pytest.mark.timeout(600)]

IS_LONG = os.environ.get("FAULTS") == "long"
Story = Callable[[ServedTeller], None]
LISTS = sessions.what_is_made_is_fetched
"""Lists the profiles of the home, before other stories add theirs."""
TOLD = (LISTS, *sessions.STORIES, *TALES, *(LONG_TALES if IS_LONG else ()))
STORIES: Mapping[str, Story] = {story.__name__: story for story in TOLD}


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, durable_postgres: PostgresServer, s3: S3Server
) -> Mapping[str, Mapping[str, Any]]:
    """Every story on every combination, two combinations at a time: by combination and story."""

    combinations = (EMBEDDED, *COMBINATIONS)
    services = Services(durable_postgres, s3)
    # Made here, for pytest's own folder is made with the first, and that by one thread alone.
    folders = {name: tmp_path_factory.mktemp(name) for name in combinations}

    def all_on(name: str) -> dict[str, Any]:
        folder = folders[name]
        settings = prepared(folder)
        with receiver() as there, combination(name, folder, services, settings) as server:
            return {title: tell(story, title, folder, server, there) for title, story in STORIES.items()}

    with ThreadPoolExecutor(max_workers=2) as two:
        return dict(zip(combinations, two.map(all_on, combinations), strict=True))


def tell(story: Story, title: str, folder: Path, server: Server, there: Receiver) -> Any:  # noqa: ANN401 - any JSON
    """Tell a story; return what it came to, or the error that it broke with."""
    place = folder / title
    place.mkdir()
    (place / "home").symlink_to(folder / "home", target_is_directory=True)
    teller = ServedTeller(server, place, there)
    try:
        story(teller)
        return teller.told()
    except Exception as broken:  # noqa: BLE001 - the others are told all the same
        return "".join(traceback.format_exception(broken)[-3:])


@pytest.mark.parametrize("name", STORIES)
def test_a_story_can_be_told(told: Mapping[str, Mapping[str, Any]], name: str) -> None:
    assert not isinstance(told[EMBEDDED][name], str), told[EMBEDDED][name]


@pytest.mark.parametrize("machines", COMBINATIONS)
@pytest.mark.parametrize("name", STORIES)
def test_a_story_comes_to_the_same_on_every_combination(
    told: Mapping[str, Mapping[str, Any]], name: str, machines: str
) -> None:
    assert told[machines][name] == told[EMBEDDED][name]
