"""The peers' own virtual environments, and what is in them.

`python -m benchmarks.environment` compiles the locks again, each from its .in; UPGRADE=1 takes the newest.
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
PEERS, PREFECT = "peers", "prefect"
"""Environments, each named after its lock: Prefect cannot stand beside the newest of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a benchmark has: the pythons, how often to measure, and a place for files."""

    ours: Path
    peers: Path
    prefect: Path
    rounds: int
    files: Path

    def folder(self, name: str) -> str:
        """Return a folder that is used once, on the disk that all contenders share."""
        self.files.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f"{name}-", dir=self.files) as fresh:
            return fresh  # it is gone again, and its name is free


def installed(name: str) -> Path:
    """Return the python of an environment; make it if it is not there or not as locked."""
    folder, lock = FOLDER / name, _lock(name)
    python = folder / "bin" / "python"
    locked = folder / lock.name
    if not locked.is_file() or locked.read_bytes() != lock.read_bytes():
        say(f"Installing {lock.relative_to(ROOT)} into {folder.relative_to(ROOT)}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        subprocess.run(pip, check=True)
        (FOLDER / ".gitignore").write_text("*\n")
        locked.write_bytes(lock.read_bytes())
    return python


def versions() -> dict[str, str]:
    """Return the locked version of each peer."""
    found: dict[str, str] = {}
    for name in (PREFECT, PEERS):
        found |= re.findall(r"^([a-z0-9-]+)==(\S+)", _lock(name).read_text(), re.MULTILINE)
    return found


def compile_lock(name: str) -> None:
    """Compile a lock, which names no registry."""
    left_out = {"UV_INDEX_URL", "UV_EXTRA_INDEX_URL"}
    options = "--python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url"
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "--no-config", "pip", "compile", f"benchmarks/{name}.in"]
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    subprocess.run(
        [
            *(*command, *options.split(), "--no-emit-find-links", "--quiet", *upgrade),
            *("--output-file", str(_lock(name))),
        ],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in left_out},
        check=True,
    )


def _lock(name: str) -> Path:
    return ROOT / "benchmarks" / f"{name}.lock"


if __name__ == "__main__":
    for each in (PEERS, PREFECT):
        compile_lock(each)
