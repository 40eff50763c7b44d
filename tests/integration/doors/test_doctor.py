"""The usual mistakes of a set-up: each is made, and the doctor names it and what would be right."""

import json
import os
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers
from typer.testing import CliRunner

from taskforce.application.factory import Container
from taskforce.application.jobs.readiness import Readiness
from taskforce.cli.app import app
from taskforce.core.errors import Unavailable
from taskforce.infrastructure.system.clock import SystemClock
from tests.integration.durability.old_home import OldHome
from tests.integration.processes import Ended, said

pytestmark = pytest.mark.durability

BROKEN = 1
HIDDEN = "/nowhere"


def checks(ended: Ended) -> dict[str, tuple[str, str]]:
    """What the doctor found, by name."""
    return {one["name"]: (one["status"], one["detail"]) for one in ended.json["checks"]}


def examined(
    home: Path,
    *words: str,
    **settings: Any,  # noqa: ANN401 - any setting
) -> tuple[int, dict[str, tuple[str, str]]]:
    ended = said(home, "doctor", "--json", "--port", "0", *words, **settings)
    return ended.code, checks(ended)


def test_a_fresh_home_is_well(tmp_path: Path) -> None:
    code, found = examined(tmp_path / "home")
    assert code == 0
    assert {name for name, (status, _) in found.items() if status == "broken"} == set()
    assert "secrets" not in found
    assert (found["disk"], found["port"][0]) == (("ok", "has room"), "ok")


def test_what_passes_between_here_and_github(tmp_path: Path) -> None:
    code, found = examined(tmp_path)
    assert (code, found["github"][0]) == (0, "ok")
    assert "nothing is told to GitHub or anywhere else" in found["github"][1]
    said_so = said(
        tmp_path, "doctor", github_token="ghs_never_shown", github_webhook_secret="never shown at all"
    )
    assert "https://api.github.com is told how runs and deployments stand" in " ".join(said_so.out.split())
    assert "webhooks come from this machine alone" in " ".join(said_so.out.split())
    assert "never" not in said_so.out


def test_an_unknown_setting(tmp_path: Path) -> None:
    ended = said(tmp_path, "doctor", worker=3)
    assert (ended.code, "did you mean TASKFORCE_WORKERS?" in ended.err) == (2, True)


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, found = examined(tmp_path / "file")
    assert (code, found["home"][0]) == (BROKEN, "broken")
    assert "cannot be written" in found["home"][1]


def test_a_database_of_a_newer_version(tmp_path: Path) -> None:
    examined(tmp_path)
    _execute(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    code, found = examined(tmp_path)
    assert (code, found["migrations"][0]) == (BROKEN, "broken")
    assert "Install the version that wrote it, or a newer one" in found["migrations"][1]


def test_a_database_of_an_older_version_is_brought_up(tmp_path: Path) -> None:
    _execute(tmp_path, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    assert examined(tmp_path)[1]["migrations"] == ("ok", "the schema is the one of this version")


def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    code, found = examined(tmp_path, disk_free_mb=10**9)
    assert (code, found["disk"][0]) == (BROKEN, "broken")
    assert "disk_free_mb" in found["disk"][1]
    assert "taskforce prune" in found["disk"][1]


def test_jobs_that_wait_where_no_worker_is(tmp_path: Path) -> None:
    assert said(tmp_path, "run", "mission", "list the files", "--background").code == 0
    code, found = examined(tmp_path)
    assert (code, found["jobs"][0]) == (0, "warning")
    assert "taskforce" in found["jobs"][1]
    assert "worker --until-idle" in found["jobs"][1]


async def test_a_clock_that_is_far_behind(tmp_path: Path) -> None:
    await OldHome(tmp_path).fill(jobs=1, at=datetime.now(UTC) + timedelta(hours=3))
    code, found = examined(tmp_path)
    assert (code, found["clock"][0]) == (BROKEN, "broken")
    assert re.search(r" (2:59:\d\d|3:00:00) from now", found["clock"][1])
    assert "NTP" in found["clock"][1]


def test_a_model_whose_key_is_missing(tmp_path: Path) -> None:
    with _without("OPENAI_API_KEY"):
        code, found = examined(tmp_path, model="openai:gpt-5")
    assert (code, found["model"][0]) == (BROKEN, "broken")
    assert "OPENAI_API_KEY" in found["model"][1]


def test_walls_that_are_missing(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", HIDDEN)
        found = examined(tmp_path)[1]
    assert found["sandbox"][0] == "warning"
    assert "programs can use the network" in found["sandbox"][1]


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = checks(said(tmp_path, "doctor", "--json", "--port", port))
    assert found["port"][0] == "warning"
    assert f"127.0.0.1:{port}" in found["port"][1]
    assert "--port" in found["port"][1]


def test_open_access_on_an_address_of_the_network(tmp_path: Path) -> None:
    code, found = examined(tmp_path, "--host", "0.0.0.0")  # noqa: S104 - the mistake
    assert (code, found["access"][0]) == (BROKEN, "broken")
    assert "set auth to keys or oidc" in found["access"][1]


def test_pages_of_every_origin(tmp_path: Path) -> None:
    code, found = examined(tmp_path, cors_origins="*")
    assert (code, found["cors"][0]) == (BROKEN, "broken")
    assert "name each origin" in found["cors"][1]


@pytest.mark.parametrize(
    ("mode", "status", "right"), [(0o755, "warning", "chmod 700"), (0o777, "broken", "chmod 700")]
)
def test_a_home_that_others_read_or_change(tmp_path: Path, mode: int, status: str, right: str) -> None:
    tmp_path.chmod(mode)
    _, found = examined(tmp_path)
    assert found["secrets"][0] == status
    assert right in found["secrets"][1]


def test_a_pepper_that_others_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "pepper").write_text("x")
    (tmp_path / "pepper").chmod(0o644)
    code, found = examined(tmp_path)
    assert (code, found["secrets"][0]) == (BROKEN, "broken")
    assert "chmod 600" in found["secrets"][1]


def test_somebody_else_that_does_not_answer(tmp_path: Path) -> None:
    async def unreachable() -> None:
        raise Unavailable("The issuer https://id.example cannot be reached. Look at oidc_issuer.")

    peers = providers.Object(Readiness({"oidc": unreachable}, clock=SystemClock()))
    words = ["--home", str(tmp_path), "doctor", "--json", "--port", "0"]
    with Container.peers.override(peers):
        ran = CliRunner().invoke(app, words, env={"TASKFORCE_MODEL_PROBE": "false"})
    found: dict[str, Any] = {one["name"]: one for one in json.loads(ran.stdout)["checks"]}
    assert (ran.exit_code, found["oidc"]["status"]) == (BROKEN, "broken")
    assert "oidc_issuer" in found["oidc"]["detail"]


def _execute(home: Path, statement: str) -> None:
    connection = sqlite3.connect(home / "taskforce.db")
    with connection:
        connection.execute(statement)
    connection.close()


@contextmanager
def _without(variable: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(variable, raising=False)
        assert variable not in os.environ
        yield
