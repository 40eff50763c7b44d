"""Runs and releases on real servers: several on one home, and one that a step floods with output."""

import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.delivery_builders import a_commit
from tests.integration.pipelines.api_of_runs import a_shop, steps_of
from tests.integration.pipelines.repositories import Repository
from tests.integration.processes import until
from tests.integration.wire import Server, serving

FLOOD = 200_000_000
MOST_KIB = 200_000
"""What the server's memory may have come to at most: 200 MB."""
RELEASES = "/v1/releases/acme%2Fshop/app"


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Repository]:
    folder = tmp_path_factory.mktemp("shops")
    flood = f"{{name: flood, run: 'head -c {FLOOD} /dev/zero'}}"
    says = "{name: say, run: 'echo one; echo two'}"
    return {"acme/flood": a_shop(folder / "flood", flood), "acme/says": a_shop(folder / "says", says)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, shops: dict[str, Repository]) -> Iterator[Server]:
    known = ",".join(f"{name}={shop.folder}" for name, shop in shops.items())
    home = tmp_path_factory.mktemp("home")
    with serving(home, repositories=known, git_allow_local=True, rate_limit=0) as found:
        yield found


def start(server: Server, name: str, commit: str) -> str:
    """Start a run; return its id."""
    about = {"branch": "main", "triggered_by": "ann", "trigger_type": "push"}
    answer = server.ask("POST", "/v1/runs", {"repository": name, "commit_sha": commit, **about})
    assert answer.status == 201, answer
    return str(answer.body["id"])


def ended(server: Server, run: str) -> Any:  # noqa: ANN401 - a run
    """Wait for a run's end; return it."""

    def over() -> Any:  # noqa: ANN401 - the same
        found = server.get(f"/v1/runs/{run}")
        return found if found["completed_at"] else None

    return until(over, seconds=120, what="the end of the run")


def most_memory(server: Server) -> int:
    """The most that a server's process has held in memory so far: KiB."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    (most,) = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(most)


def test_a_watcher_is_told_each_step_and_what_it_prints(server: Server, shops: dict[str, Repository]) -> None:
    run = start(server, "acme/says", shops["acme/says"].head)
    told = server.watch(run)
    numbered = [event for event in told if event.number is not None]
    assert [event.number for event in numbered] == list(range(1, len(numbered) + 1))
    types = [event.type for event in numbered]
    assert types[0] == "pipeline.run.created"
    assert types[-2:] == ["pipeline.run.completed", "complete"]
    assert types.count("step.started") == types.count("step.completed") == 1
    live = [event for event in told if event.type == "step.output"]
    assert all(event.number is None for event in live)
    assert "".join(event.data["message"] for event in live) in {"one\ntwo\n", ""}  # it may be over before
    assert server.watch(run, after=len(numbered) - 1)[-1].type == "complete"


def test_200_megabytes_of_output_leave_the_worker_below_200(
    server: Server, shops: dict[str, Repository]
) -> None:
    run = ended(server, start(server, "acme/flood", shops["acme/flood"].head))
    assert run["status"] == "success"
    url = steps_of(run)["build/app/flood"]["logs_url"]
    with urllib.request.urlopen(url) as log:  # noqa: S310 - the server that this test started
        assert sum(map(len, iter(lambda: log.read(2**20), b""))) == FLOOD
    assert most_memory(server) < MOST_KIB


def test_fifty_releases_asked_of_two_servers_have_the_numbers_one_to_fifty(tmp_path: Path) -> None:
    with (
        serving(tmp_path, rate_limit=0) as first,
        serving(tmp_path, rate_limit=0) as second,
        ThreadPoolExecutor(max_workers=50) as pool,
    ):

        def ask(number: int) -> int:
            body = {"repository": "acme/shop", "project": "app", "commit_sha": a_commit(number)}
            to = (first, second)[number % 2]
            return to.ask("POST", "/v1/releases", {**body, "artifacts": []}, prefer="respond-async").status

        assert set(pool.map(ask, range(50))) == {202}
        until(lambda: first.get(RELEASES)["total"] == 50, seconds=120, what="fifty releases")
        listed = second.get(f"{RELEASES}?limit=100")["releases"]
        assert [one["release_number"] for one in listed] == list(range(50, 0, -1))
        assert {one["commit_sha"] for one in listed} == set(map(a_commit, range(50)))
