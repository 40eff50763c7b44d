"""The image's own words as plain processes: a read-only root, no home, an ordinary user, no capability.

No engine runs in CI. Bubblewrap gives what one would: the volume at its place, a /tmp of its own, and nothing
else that can be written.
"""

import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from tests.integration.deploy.manifests import (
    ROOT,
    command,
    entry,
    health_check,
    image_environment,
    of_kubernetes,
    resources,
)
from tests.integration.missions.houses import must_have_bubblewrap
from tests.integration.processes import PATIENCE, until
from tests.services.postgres_server import PostgresServer

pytestmark = pytest.mark.services

PLACE = "/var/lib/taskforce"
PEPPER = "a pepper of thirty-two characters or more"


class Box:
    """What a container sees: its volume, and the variables that the image and its deployment set."""

    def __init__(self, folder: Path, *, database_url: str) -> None:
        must_have_bubblewrap()
        self.volume = folder / "volume"
        self.volume.mkdir()
        path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
        self._environment = {
            **image_environment(),
            "PATH": path,
            "HOME": "/nonexistent",
            "TASKFORCE_DATABASE_URL": database_url,
            "TASKFORCE_DATABASE_POOL": "4",
            "TASKFORCE_PEPPER": PEPPER,
        }

    def words(self, *words: str) -> list[str]:
        mounts = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]  # noqa: S108 - inside
        seen = {str(ROOT), sys.prefix, sys.base_prefix, os.environ.get("COVERAGE_PROCESS_START", str(ROOT))}
        for each in sorted(each for each in seen if each.startswith("/tmp/")):  # noqa: S108 - what it would hide
            mounts += ["--ro-bind", each, each]
        mounts += ["--tmpfs", "/var/lib", "--bind", str(self.volume), PLACE, "--remount-ro", "/var/lib"]
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


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def stop(process: subprocess.Popen[bytes]) -> None:
    """Tell the program itself, which bubblewrap waits for, as an engine would."""
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(child), signal.SIGTERM)


def test_the_image_makes_the_tables_serves_is_healthy_and_stops_where_nothing_else_can_be_written(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    box = Box(tmp_path, database_url=postgres.create("boxed", template="template0"))
    first = resources("Deployment")[0]["spec"]["template"]["spec"]["initContainers"][0]["command"]
    prepared = box.run(*first)
    assert prepared.returncode == 0, prepared.stderr
    assert (box.volume / "home").stat().st_mode & 0o777 == 0o700
    assert box.run("touch", "/etc/anything").returncode == 1

    port = free_port()
    serve = [word if word != "8000" else port for word in (*entry(), *command())]
    check = [word if word != "8000" else port for word in health_check()]
    with box.started(*serve) as process:

        def is_healthy() -> bool:
            assert process.poll() is None
            return box.run(*check).returncode == 0

        until(is_healthy, seconds=2 * PATIENCE, what="health")
        ready = box.run(*check, "--path", "/health/ready")
        assert ready.returncode == 0, ready.stderr
        strange = box.run(*check, "--path", "/nowhere")
        assert (strange.returncode, strange.stderr.startswith("40")) == (1, True)
        stop(process)
        assert process.wait(PATIENCE) == 0
    gone = box.run(*check)
    assert (gone.returncode, "does not answer" in gone.stderr) == (1, True)
    postgres.drop("boxed")


def test_a_worker_starts_as_its_deployment_says_and_its_probe_finds_all_well(
    tmp_path: Path, postgres_url: str
) -> None:
    box = Box(tmp_path, database_url=postgres_url)
    (box.volume / "home").mkdir(mode=0o700)
    (probe,) = {
        shlex.join(container["startupProbe"]["exec"]["command"])
        for deployment in resources("Deployment")
        for container in deployment["spec"]["template"]["spec"]["containers"]
        if "exec" in container["startupProbe"]
    }
    most = max((each for each in of_kubernetes() if each.is_worker), key=lambda each: len(each.kinds))
    worked = box.run(*entry(), *most.words, "--until-idle")
    assert worked.returncode == 0, worked.stderr
    probed = box.run(*shlex.split(probe))
    assert probed.returncode == 0, probed.stdout + probed.stderr
    assert "broken" not in probed.stdout
    assert PEPPER not in probed.stdout + probed.stderr
