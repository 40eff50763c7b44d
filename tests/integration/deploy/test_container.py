"""The image's own words as plain processes: a read-only root, no home, an ordinary user, no capability.

No engine runs in CI. Bubblewrap gives what one would: the volume at its place, a /tmp of its own, and nothing
else that can be written.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest

from tests.integration.deploy.manifests import (
    ROOT,
    command,
    entry,
    health_check,
    image_environment,
    resources,
)
from tests.integration.missions.houses import must_have_bubblewrap
from tests.integration.processes import PATIENCE, until
from tests.services.postgres_server import PostgresServer

pytestmark = pytest.mark.services

PLACE = "/var/lib/taskforce"
PEPPER = "a pepper of thirty-two characters or more"


class Box:
    """What a container sees: a volume of its own, one that all share, and the variables that it is given."""

    def __init__(self, folder: Path, name: str, *, database_url: str, workers: int = 4) -> None:
        must_have_bubblewrap()
        self.volume, self._shared = folder / name, folder / "shared"
        self.volume.mkdir()
        path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
        self._environment = {
            **image_environment(),
            "PATH": path,
            "HOME": "/nonexistent",
            "TASKFORCE_DATABASE_URL": database_url,
            "TASKFORCE_DATABASE_POOL": "4",
            "TASKFORCE_PEPPER": PEPPER,
            "TASKFORCE_WORKERS": str(workers),
        }

    def words(self, *words: str) -> list[str]:
        mounts = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]  # noqa: S108 - inside
        seen = {str(ROOT), sys.prefix, sys.base_prefix}
        for each in sorted(each for each in seen if each.startswith("/tmp/")):  # noqa: S108 - what it would hide
            mounts += ["--ro-bind", each, each]
        mounts += ["--tmpfs", "/var/lib", "--bind", str(self.volume), PLACE, "--remount-ro", "/var/lib"]
        for mount in shared_mounts():
            (self._shared / mount["subPath"]).mkdir(parents=True, exist_ok=True)
            if (self.volume / "home").exists():  # as the first container of a pod has left it
                mounts += ["--bind", str(self._shared / mount["subPath"]), mount["mountPath"]]
        set_words = [word for name, text in self._environment.items() for word in ("--setenv", name, text)]
        user = ["--unshare-user", "--uid", "10001", "--gid", "10001", "--cap-drop", "ALL"]
        inside = ["--clearenv", *set_words, "--chdir", PLACE, "--", *words]
        return ["bwrap", "--die-with-parent", *user, *mounts, *inside]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.words(*words), capture_output=True, text=True, check=False, timeout=2 * PATIENCE
        )

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        with TemporaryFile() as err:
            process = subprocess.Popen(self.words(*words), stdout=err, stderr=err)
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait(PATIENCE)


def pod() -> dict[str, Any]:
    """Return the pod that the doors run in; others have the same volumes."""
    found: dict[str, Any] = resources("Deployment")[0]["spec"]["template"]["spec"]
    return found


def shared_mounts() -> list[dict[str, str]]:
    """Return what all containers see of the one volume that they share."""
    return [mount for mount in pod()["containers"][0]["volumeMounts"] if mount["name"] == "files"]


def probe_of_workers() -> list[str]:
    """Return the words that tell whether a worker has begun: the same for all."""
    (words,) = {
        tuple(container["startupProbe"]["exec"]["command"])
        for deployment in resources("Deployment")
        for container in deployment["spec"]["template"]["spec"]["containers"]
        if "exec" in container["startupProbe"]
    }
    return list(words)


def asked(port: str, key: str, mission: str) -> Any:  # noqa: ANN401 - whatever is answered
    """Ask for a mission and wait for its end."""
    headers = {"Content-Type": "application/json", "X-API-Key": key}
    body = json.dumps({"mission": mission}).encode()
    url = f"http://127.0.0.1:{port}/api/v1/execute"
    request = urllib.request.Request(url, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=2 * PATIENCE) as answer:  # noqa: S310 - the same
        return json.load(answer)


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def stop(process: subprocess.Popen[bytes]) -> None:
    """Tell the program itself, which bubblewrap waits for, as an engine would."""
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(child), signal.SIGTERM)


def test_doors_and_workers_of_the_image_do_a_mission_where_nothing_else_can_be_written(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    url = postgres.create("boxed", template="template0")
    doors = Box(tmp_path, "doors", database_url=url, workers=0)
    worker = Box(tmp_path, "worker", database_url=url)
    first = pod()["initContainers"][0]["command"]
    prepared = doors.run(*first)
    assert prepared.returncode == 0, prepared.stderr
    assert (doors.volume / "home").stat().st_mode & 0o777 == 0o700
    (worker.volume / "home").mkdir(mode=0o700)
    assert doors.run("touch", "/etc/anything").returncode == 1
    key = doors.run("taskforce", "keys", "create", "test", "--role", "operator").stdout.strip()

    port = free_port()
    serve = [word if word != "8000" else port for word in (*entry(), *command())]
    check = [word if word != "8000" else port for word in health_check()]
    with doors.started(*serve) as process, worker.started(*entry(), "worker", "--kinds", "mission"):

        def is_healthy() -> bool:
            assert process.poll() is None
            return doors.run(*check).returncode == 0

        until(is_healthy, seconds=2 * PATIENCE, what="health")
        ready = doors.run(*check, "--path", "/health/ready")
        assert ready.returncode == 0, ready.stderr
        assert asked(port, key, "List the files")["status"] == "completed"
        probed = worker.run(*probe_of_workers())
        assert (probed.returncode, "broken" in probed.stdout) == (0, False), probed.stdout + probed.stderr
        assert PEPPER not in probed.stdout + probed.stderr
        stop(process)
        assert process.wait(PATIENCE) == 0
    gone = doors.run(*check)
    assert (gone.returncode, "does not answer" in gone.stderr) == (1, True)
    postgres.drop("boxed")
