"""A Ceph RGW on loopback, over a monitor and a store in memory, that is over when the context is left."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx2
import obstore
import pytest

from taskforce.artifact_address import BucketAddress
from taskforce.infrastructure.artifacts.s3_client import client_of

PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
KEY, SECRET = "taskforce", "s3cr3t/of+the=tests"
REGION = "us-east-1"
_START = 180.0
DAY = 5
"""Seconds that a day lasts for the rules of buckets."""
_CONF = """[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = {folder}/keyring
run dir = {folder}
crash dir = {folder}
log file = {folder}/$name.log
admin socket =
err to stderr = false
mon data = {folder}/mon
mon data avail crit = 0
mon allow pool size one = true
mon max pg per osd = 1000
paxos propose interval = 0.02
paxos min wait = 0.01
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
osd class load list = *
osd class default list = *
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
rgw lc debug interval = {day}
rgw dynamic resharding = false
"""


@dataclass(slots=True, kw_only=True)
class S3Server:
    """A gateway, how it is reached, and how it is stopped and started again on the same port."""

    port: int
    folder: Path
    gateway: subprocess.Popen[bytes]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, bucket: str, *, prefix: str = "", secret: str = SECRET) -> BucketAddress:
        """Return a bucket's address."""
        return BucketAddress(
            bucket=bucket, prefix=prefix, endpoint=self.endpoint, region=REGION, key=KEY, secret=secret
        )

    def url(self, bucket: str, *, secret: str = SECRET, port: int | None = None) -> str:
        """Return the same as a setting; the port may be that of a wire to it."""
        endpoint = f"http://127.0.0.1:{port or self.port}"
        return f"s3://{KEY}:{quote(secret, safe='')}@{bucket}?endpoint={endpoint}&region={REGION}"

    def create(self) -> str:
        """Make a bucket and return its name."""
        name = f"tf-{uuid.uuid4().hex}"
        signed = obstore.sign(client_of(self.address(name)), "PUT", "", timedelta(minutes=1))
        httpx2.put(signed, timeout=60).raise_for_status()
        return name

    def stop(self) -> None:
        """End the gateway; what is stored stays. It takes its time over a SIGTERM."""
        self.gateway.kill()
        self.gateway.wait(30)

    def start(self) -> None:
        """Start the gateway again, on the same port."""
        self.gateway = _gateway(self.folder, self.port)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Start one on a free port; skip the test where a program is missing, but in CI fail it."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        told = f"{', '.join(missing)} missing: run scripts/services.sh"
        assert not os.environ.get("CI"), told
        pytest.skip(told)
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="tf-s3-")))
        port = _free_port()
        for process in _cluster(folder, port):
            running.callback(_end, process)
        _run(
            folder,
            "radosgw-admin",
            "user",
            "create",
            "--uid=taskforce",
            "--display-name=Taskforce",
            f"--access-key={KEY}",
            f"--secret={SECRET}",
        )
        server = S3Server(port=port, folder=folder, gateway=_gateway(folder, port))
        running.callback(lambda: _end(server.gateway))
        yield server


def _cluster(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start a monitor and one store; yield each, and return once the store is up."""
    fsid, mon = str(uuid.uuid4()), _free_port()
    conf = _CONF.format(fsid=fsid, mon=mon, port=port, folder=folder, day=DAY)
    (folder / "ceph.conf").write_text(conf, encoding="utf-8")
    keyring, monmap = str(folder / "keyring"), str(folder / "monmap")
    for made in ("mon", "osd"):
        (folder / made).mkdir()
    everything = [word for part in ("mon", "osd", "mgr") for word in ("--cap", part, "allow *")]
    _call("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
    _call("ceph-authtool", keyring, "--gen-key", "-n", "client.admin", *everything)
    _call("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{mon}]", monmap)
    _run(folder, "ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)
    yield _started(folder, "ceph-mon", "-i", "a")
    osd, secret = str(uuid.uuid4()), _call("ceph-authtool", "--gen-print-key").strip()
    _run(folder, "ceph", "osd", "new", osd, "0", "-i", "-", said=json.dumps({"cephx_secret": secret}))
    _call("ceph-authtool", keyring, "-n", "osd.0", "--add-key", secret)
    _run(folder, "ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
    yield _started(folder, "ceph-osd", "-i", "0")
    for _ in _patience():
        if json.loads(_run(folder, "ceph", "osd", "stat", "-f", "json"))["num_up_osds"] == 1:
            return


def _gateway(folder: Path, port: int) -> subprocess.Popen[bytes]:
    process = _started(folder, "radosgw", "-n", "client.admin")
    for _ in _patience():
        assert process.poll() is None, _said(folder)
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                break
    return process


def _patience() -> Iterator[None]:
    """Let the caller look again and again, until it is enough."""
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        yield
        time.sleep(0.05)
    raise AssertionError("Ceph does not come up")


def _started(folder: Path, program: str, *words: str) -> subprocess.Popen[bytes]:
    with (folder / "out.log").open("ab") as log:
        conf = str(folder / "ceph.conf")
        return subprocess.Popen([program, "-c", conf, "-f", *words], stdout=log, stderr=log)


def _run(folder: Path, program: str, *words: str, said: str = "") -> str:
    return _call(program, "-c", str(folder / "ceph.conf"), *words, said=said)


def _call(*words: str, said: str = "") -> str:
    done = subprocess.run(words, input=said, capture_output=True, text=True, check=False, timeout=_START)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


def _said(folder: Path) -> str:
    return (folder / "out.log").read_text(errors="replace")[-2_000:]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(30)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
