"""The peers' own virtual environment, and what is in it.

`python -m benchmarks.environment` compiles peers.lock again from peers.in; UPGRADE=1 takes the newest.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import ROOT, say

FOLDER = ROOT / ".bench-venv"
LOCK = ROOT / "benchmarks" / "peers.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a benchmark has: the two pythons, how often to measure, and a place for files."""

    ours: Path
    peers: Path
    rounds: int
    files: Path

    def folder(self, name: str) -> str:
        """Return a folder that is used once, on the disk that all contenders share."""
        self.files.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f"{name}-", dir=self.files) as fresh:
            return fresh  # it is gone again, and its name is free


def peers() -> Path:
    """Return the python of the peers' environment; make it if it is not there or not as locked."""
    python = FOLDER / "bin" / "python"
    locked = FOLDER / "peers.lock"
    if not locked.is_file() or locked.read_bytes() != LOCK.read_bytes():
        say("Installing the peers (benchmarks/peers.lock) into .bench-venv")
        subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(pip, check=True)
        (FOLDER / ".gitignore").write_text("*\n")
        locked.write_bytes(LOCK.read_bytes())
    return python


def versions() -> dict[str, str]:
    """Return the locked version of each peer."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK.read_text(), re.MULTILINE))


def lock() -> None:
    """Compile the lock, which names no registry."""
    left_out = {"UV_INDEX_URL", "UV_EXTRA_INDEX_URL"}
    options = "--python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url"
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "--no-config", "pip", "compile", "benchmarks/peers.in"]
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    subprocess.run(
        [*command, *options.split(), "--no-emit-find-links", "--quiet", *upgrade, "--output-file", str(LOCK)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in left_out},
        check=True,
    )


if __name__ == "__main__":
    lock()
