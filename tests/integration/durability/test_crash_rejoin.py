"""A server killed in the middle of a stream: a client that comes back sees every event once, in order."""

from itertools import islice
from pathlib import Path

import pytest

from taskforce.core.jobs.model import JobStatus
from tests.integration.durability.twelve_steps import script_in, shell, turn
from tests.integration.records import job_of, log_of
from tests.integration.wire import Server, Told, serving

pytestmark = pytest.mark.durability

TURNS = 8


def slow_mission(folder: Path) -> dict[str, str]:
    """A mission that takes a second and a half, and tells something all the while."""
    turns = [
        {**turn(f"Turn {number}.", shell(f"sleep 0.1; echo {number}")), "delay": 0.1}
        for number in range(TURNS)
    ]
    return {"mission": "Slowly", "model": f"script:{script_in(folder, *turns, turn('Done.'))}"}


def begin(server: Server, asked: dict[str, str], *, most: int) -> tuple[str, list[Told]]:
    """Begin a mission and watch it by its POST for some events; then the server dies under it."""
    with server.stream("POST", "/api/v1/execute/stream", asked) as (headers, events):
        assert headers["content-type"] == "text/event-stream"
        seen = list(islice(events, most))
        server.process.kill()
        return headers["location"], [*seen, *events]


def numbered(events: list[Told]) -> list[Told]:
    return [event for event in events if event.number is not None]


@pytest.mark.parametrize("most", [1, 9, 20])
def test_a_client_that_rejoins_after_a_crash_sees_every_event_once_and_in_order(
    tmp_path: Path, most: int
) -> None:
    home = tmp_path / "home"
    with serving(home) as server:
        location, first = begin(server, slow_mission(tmp_path), most=most)
    last = numbered(first)[-1].number
    with serving(home) as server, server.stream("GET", location, last_event_id=str(last)) as (_, events):
        second = list(events)
    seen = numbered(first) + numbered(second)
    job = job_of(home)
    assert job.status is JobStatus.SUCCEEDED
    assert [event.number for event in seen] == list(range(1, job.last_event + 1))
    recorded = [(told.number, told.event.type, told.event.message) for told in log_of(home, job.id)]
    assert [(event.number, event.type, event.data["message"]) for event in seen] == recorded
    assert numbered(second), "the crash came too late"
    assert seen[-1].type == "complete"


def test_a_client_that_rejoins_at_the_end_is_told_that_there_is_nothing_more(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as server:
        location, _ = begin(server, slow_mission(tmp_path), most=9)
    with serving(home) as server:
        with server.stream("GET", location) as (_, events):
            last = numbered(list(events))[-1].number
        assert server.ask("GET", location, last_event_id=str(last)).status == 204


def test_two_crashes_in_one_mission_leave_no_gap_and_no_double(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as server:
        location, seen = begin(server, slow_mission(tmp_path), most=5)
    seen = numbered(seen)
    with (
        serving(home) as server,
        server.stream("GET", location, last_event_id=str(seen[-1].number)) as (_, events),
    ):
        more = list(islice(events, 12))
        server.process.kill()
        seen += numbered([*more, *events])
    with (
        serving(home) as server,
        server.stream("GET", location, last_event_id=str(seen[-1].number)) as (_, events),
    ):
        seen += numbered(list(events))
    assert [event.number for event in seen] == list(range(1, job_of(home).last_event + 1))
    assert [event.type for event in seen].count("complete") == 1
