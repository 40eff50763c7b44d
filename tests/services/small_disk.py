"""A disk of a few megabytes that a test fills, and makes room on again."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def a_small_disk(path: Path, *, megabytes: int = 4) -> Iterator[Path]:
    """Mount a disk of a few megabytes."""
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs more rights than this user has")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def fill(file: Path) -> int:
    """Write until no byte fits any more; return how many did."""
    written = 0
    with file.open("wb", buffering=0) as ballast:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    written += ballast.write(b"\0" * size)
            except OSError:
                continue
    return written
