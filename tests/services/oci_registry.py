"""A real OCI registry: `docker-registry` on a free loopback port, with or without user and password."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

USER, PASSWORD = "publisher", "s3cret!"
PROGRAM = "docker-registry"
MISSING = f"{PROGRAM} is not installed: scripts/services.sh"


def needed(program: str) -> None:
    """Skip the test where a program is missing; with CI=true that is a failure."""
    if shutil.which(program) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{program} is not installed: scripts/services.sh")
        pytest.skip(f"{program} is not installed: scripts/services.sh")


@contextmanager
def oci_registry(folder: Path, *, closed: bool = False) -> Iterator[str]:
    """A registry's host and port; a closed one wants USER and PASSWORD."""
    needed(PROGRAM)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = ["version: 0.1", f"http: {{addr: 127.0.0.1:{port}}}", "log: {level: error}"]
    lines.append(f"storage: {{filesystem: {{rootdirectory: {folder / 'data'}}}}}")
    if closed:
        needed("htpasswd")
        made = subprocess.run(
            ["htpasswd", "-Bbn", USER, PASSWORD], capture_output=True, text=True, check=True
        )
        (folder / "htpasswd").write_text(made.stdout)
        lines.append(f"auth: {{htpasswd: {{realm: here, path: {folder / 'htpasswd'}}}}}")
    config = folder / "registry.yml"
    config.write_text("\n".join(lines) + "\n")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, "serve", str(config)], stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/v2/", process)
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx2.get(url)
        except httpx2.TransportError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the registry does not answer")
