"""Durable turns of a peer: its agent with a scripted model, one tool, and its SQLite store."""

import sqlite3
import time
from pathlib import Path

from benchmarks.child import tell, told
from benchmarks.conversation import EARLY, LAST, LATE, LongSession, Plan, Turn, at_once, size_of


def measure(turn: Turn, file: Path) -> None:
    """Do what is told with a peer's turn."""
    asked = told()
    if asked["case"] == "long":
        long(turn, file)
    else:
        plan = Plan(sessions=asked["sessions"], turns=asked["turns"])
        tell(turns_per_s=at_once(turn, plan))


def long(turn: Turn, file: Path) -> None:
    """Play one long session."""
    seconds: list[float] = []
    sizes: list[int] = []
    for _ in range(LAST):
        begun = time.perf_counter()
        turn("long")
        seconds.append(time.perf_counter() - begun)
        if len(seconds) in {EARLY, LATE}:
            with sqlite3.connect(file) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            sizes.append(size_of(file.parent))
    found = LongSession(seconds)
    disk = (sizes[1] - sizes[0]) / (LATE - EARLY)
    tell(early_ms=found.early * 1_000, late_ms=found.late * 1_000, growth=found.late / found.early, disk=disk)
