"""Requests a second, by wrk where it is installed, else by sockets of our own."""

import re
import shutil
import subprocess
from pathlib import Path

from benchmarks.measure import run

UNITS = {"us": 0.001, "ms": 1.0, "s": 1_000.0}


def rate(python: Path, port: int, path: str, *, clients: int, seconds: float) -> float:
    """Return the requests a second that a path answers, from the second core."""
    if shutil.which("wrk") is None:
        found = run(python, "benchmarks.load.get", port=port, path=path, clients=clients, seconds=seconds)
        return float(found["per_s"])
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{clients}", f"-d{round(seconds)}s"]
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in told:
        raise SystemExit(f"{path}: {told}")
    found_rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if found_rate is None:
        raise SystemExit(f"wrk said {told}")
    return float(found_rate[1])
