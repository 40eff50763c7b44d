"""Workers that are killed over a release or a push: one number each, no gap, one commit, each event once."""

import fcntl
import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.delivery_builders import a_commit
from tests.integration.processes import until
from tests.integration.wire import Server, serving
from tests.services.git_server import git_server

pytestmark = pytest.mark.durability

PATIENCE = 90.0
PLACE = "/v1/deployments/dev/acme/shop/app"


def handed_in(server: Server, path: str, body: dict[str, Any]) -> str:
    answer = server.ask("POST", path, body, prefer="respond-async")
    assert answer.status == 202, answer
    return str(answer.body["id"])


def asked_for(server: Server, number: int) -> str:
    """Ask for a release of a commit of its own."""
    body = {"repository": "acme/shop", "project": "app", "commit_sha": a_commit(number), "artifacts": []}
    return handed_in(server, "/v1/releases", body)


def ended(server: Server, job: str) -> None:
    until(
        lambda: server.get(f"/api/v1/jobs/{job}")["status"] == "succeeded", seconds=PATIENCE, what="the end"
    )


def types(server: Server, job: str) -> Counter[str]:
    return Counter(event.type for event in server.watch(job))


def killed(server: Server) -> None:
    server.process.send(signal.SIGKILL)
    server.process.wait()


@contextmanager
def held(layout: Path) -> Iterator[None]:
    """Hold the lock under which releases of a layout are named in its index."""
    layout.mkdir(parents=True)
    lock = os.open(layout / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def test_a_worker_killed_while_it_packs_leaves_no_gap_and_no_double(tmp_path: Path) -> None:
    home = tmp_path / "home"
    layout = home / "releases" / "default" / "acme%2Fshop" / "app"
    with held(layout), serving(home, lease=2) as server:
        jobs = [asked_for(server, number) for number in (1, 2, 3)]
        until((layout / "oci-layout").exists, seconds=PATIENCE, what="the blobs of the first")
        killed(server)
    with serving(home, lease=2) as server:
        for job in jobs:
            ended(server, job)
        listed = server.get("/v1/releases/acme/shop/app")["releases"]
        assert [(one["release_number"], one["id"]) for one in listed] == [*enumerate(jobs, start=1)][::-1]
        for job in jobs:
            assert types(server, job) == {"release.started": 1, "release.created": 1, "complete": 1}
    packed = json.loads((layout / "index.json").read_text())["manifests"]
    tags = [one["annotations"]["org.opencontainers.image.ref.name"] for one in packed]
    assert tags == [f"{number}-{a_commit(number)}" for number in (1, 2, 3)]


@pytest.mark.parametrize(("hook", "pushes"), [("pre-receive", 2), ("post-receive", 1)])
def test_a_worker_killed_while_it_pushes_leaves_one_commit(tmp_path: Path, hook: str, pushes: int) -> None:
    """Before the server moves the branch both pushes go on, and race; afterwards there is nothing to push."""
    marks, go, served = tmp_path / "marks", tmp_path / "go", tmp_path / "served"
    served.mkdir()
    with git_server(served) as repositories:
        ops = repositories.repository("ops.git")
        script = ops / "hooks" / hook
        script.write_text(f"#!/bin/sh\necho begun >> '{marks}'\nuntil test -e '{go}'; do sleep 0.02; done\n")
        script.chmod(0o755)
        settings: dict[str, object] = {
            "gitops_url": repositories.url("ops.git"),
            "git_allow_local": True,
            "lease": 2,
        }
        with serving(tmp_path / "home", **settings) as server:
            release = asked_for(server, 1)
            ended(server, release)
            body = {"release_id": release, "environment": "dev"}
            deployment = handed_in(server, "/v1/deployments", body)
            until(marks.exists, seconds=PATIENCE, what="the push")
            killed(server)
        with serving(tmp_path / "home", **settings) as server:
            if pushes > 1:
                until(
                    lambda: marks.read_text().count("begun") == pushes, seconds=PATIENCE, what="another push"
                )
                go.touch()
            ended(server, deployment)
            go.touch()
            (row,) = server.get(f"{PLACE}/history")["deployments"]
            current = server.get(PLACE)
            assert (row["id"], row["status"]) == (deployment, "active")
            assert types(server, deployment) == {
                "deployment.started": 1,
                "deployment.created": 1,
                "deployment.completed": 1,
                "complete": 1,
            }
    assert marks.read_text().count("begun") == pushes
    log = ["git", "-C", str(ops), "log", "--format=%H", "main"]
    commits = subprocess.run(log, capture_output=True, text=True, check=True).stdout.split()
    assert commits == [current["gitops_commit_sha"]]
