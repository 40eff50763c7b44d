"""The same stories, embedded and on each scale-out combination: identical answers and event logs.

Only ids, times, durations, hosts and folders are given names before they are compared.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.doors import test_session_stories as sessions
from tests.integration.faults.queues import QUEUES
from tests.integration.faults.tales import TALES, prepared
from tests.integration.faults.tellers import ServedTeller
from tests.integration.processes import taskforce
from tests.integration.wire import Server, serving
from tests.services.postgres_server import PostgresServer
from tests.services.receiver import Receiver, receiver

pytestmark = [pytest.mark.durability, pytest.mark.timeout(600)]

EMBEDDED = "embedded"
Story = Callable[[ServedTeller], None]
LISTS = sessions.what_is_made_is_fetched
"""Lists the profiles of the home, before other stories add theirs."""
STORIES: Mapping[str, Story] = {story.__name__: story for story in (LISTS, *sessions.STORIES, *TALES)}


@contextmanager
def combination(name: str, folder: Path, server: PostgresServer) -> Iterator[Server]:
    """Serve embedded; or on a database and a queue, by an API and two workers on one home."""
    settings = prepared(folder)
    home = folder / "home"
    with ExitStack() as stack:
        if name == EMBEDDED:
            yield stack.enter_context(serving(home, **settings))
            return
        broker = stack.enter_context(QUEUES[name]())
        carried = {} if broker.port is None else broker.settings(broker.port)
        database = server.create(uuid4().hex)
        shared = {**settings, **carried, "database_url": database, "database_pool": 4}
        for _ in range(2):
            stack.enter_context(taskforce(home, "worker", **shared))
        yield stack.enter_context(serving(home, workers=0, **shared))


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, durable_postgres: PostgresServer
) -> Mapping[str, Mapping[str, Any]]:
    """Every story on every combination, two combinations at a time: by combination and story."""

    combinations = (EMBEDDED, *QUEUES)
    # Made here, for pytest's own folder is made with the first, and that by one thread alone.
    folders = {name: tmp_path_factory.mktemp(name) for name in combinations}

    def all_on(name: str) -> dict[str, Any]:
        folder = folders[name]
        with receiver() as there, combination(name, folder, durable_postgres) as server:
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


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("name", STORIES)
def test_a_story_comes_to_the_same_on_every_combination(
    told: Mapping[str, Mapping[str, Any]], name: str, queue: str
) -> None:
    assert told[queue][name] == told[EMBEDDED][name]
