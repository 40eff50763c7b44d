"""A process killed anywhere between an event and its recorded delivery: every event comes, in order."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.durability.crash_driver import forked, places_in
from tests.integration.durability.webhook_driver import COUNT, tell_and_deliver
from tests.integration.records import job_of, log_of
from tests.integration.webhooks.teller import hooked
from tests.services.receiver import Received, Receiver, receiver

pytestmark = pytest.mark.durability

KILLED = -9
EVENTS = range(1, COUNT + 3)
LEAVING = [
    *("outbox.read", "outbox.published", "outbox.removed"),
    *(f"webhook.{place}:{number}" for place in ("claimed", "sent", "recorded") for number in EVENTS),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of it when all processes were over."""

    told: list[str]
    """The ids of the events in the job's log."""
    got: list[Received]
    secret: str
    codes: list[int]
    places: list[str]


def ran(folder: Path, there: Receiver, *die_at: str) -> Run:
    """Let a process die at each of the places, then let one go on to the end."""
    home = folder / "home"
    home.mkdir(parents=True)
    path = f"/{folder.name}"
    secret = hooked(home, there.url(path)).secret or ""
    codes = [forked(tell_and_deliver, home, place) for place in die_at]
    codes.append(forked(tell_and_deliver, home))
    job = job_of(home)
    told = [f"{job.id}/{event.number}" for event in log_of(home, job.id)]
    return Run(told=told, got=there.on(path), secret=secret, codes=codes, places=places_in(home))


@pytest.fixture(scope="module")
def there() -> Iterator[Receiver]:
    with receiver() as there:
        yield there


@pytest.fixture(scope="module")
def undisturbed(there: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return ran(tmp_path_factory.mktemp("undisturbed"), there)


@pytest.fixture(scope="module")
def runs(there: Receiver, tmp_path_factory: pytest.TempPathFactory, undisturbed: Run) -> Mapping[str, Run]:
    """Every crash there is, two at a time."""
    folder = tmp_path_factory.mktemp("killed")
    places = sorted(set(undisturbed.places))
    with ThreadPoolExecutor(max_workers=2) as two:
        found = two.map(lambda pair: ran(folder / f"at-{pair[0]}", there, pair[1]), list(enumerate(places)))
        return dict(zip(places, found, strict=True))


def test_undisturbed_each_event_comes_once_and_in_order(undisturbed: Run) -> None:
    assert [one.id for one in undisturbed.got] == undisturbed.told
    assert len(undisturbed.told) == len(EVENTS)


def test_the_matrix_holds_every_place_from_the_event_to_the_record(undisturbed: Run) -> None:
    places = set(undisturbed.places)
    assert set(LEAVING) <= places
    assert {place.partition(":")[0] for place in places} > {"step.start", "step.done"}


def test_killed_anywhere_no_event_is_lost_and_their_order_is_kept(runs: Mapping[str, Run]) -> None:
    for place, run in runs.items():
        assert run.codes == [KILLED, 0], place
        firsts = list(dict.fromkeys(one.id for one in run.got))
        assert firsts == run.told, place
        assert len(run.told) == len(EVENTS), place


def test_what_comes_twice_has_the_same_id_and_body_and_both_verify(runs: Mapping[str, Run]) -> None:
    twice = {}
    for place, run in runs.items():
        bodies: dict[str, bytes] = {}
        for one in run.got:
            one.verified(run.secret)
            assert bodies.setdefault(one.id, one.body) == one.body
        if len(run.got) > len(bodies):
            twice[place] = len(run.got) - len(bodies)
    assert twice == {f"webhook.sent:{number}": 1 for number in EVENTS}


def test_killed_again_and_again_no_event_is_lost(there: Receiver, tmp_path: Path) -> None:
    places = ("outbox.published", "webhook.claimed:1", "webhook.sent:2", "outbox.read", "webhook.recorded:3")
    folder = tmp_path / "again"
    run = ran(folder, there, *places)
    assert list(dict.fromkeys(one.id for one in run.got)) == run.told
    assert run.codes[-1] == 0
