"""Looking at all files of a workspace, without opening any."""

import os
from collections.abc import Collection
from pathlib import Path

from taskforce.core.missions.survey import Survey
from taskforce.infrastructure.missions.scan import RESERVED

MOST_ENTRIES = 20_000
"""In a larger workspace a look would take longer than most calls."""
PASSED_OVER = frozenset((
    *RESERVED, "node_modules", "__pycache__", ".venv", "venv", ".tox", ".cache", ".pytest_cache",
    ".mypy_cache", ".ruff_cache", ".ipynb_checkpoints",
))  # fmt: skip
"""Folders that tools fill for themselves."""


def survey(workspace: Path, *, without: Collection[Path]) -> Survey:
    """Return the plain files of a workspace; links, caches and the folders of `without` are passed over."""
    found: dict[str, tuple[int, ...]] = {}
    todo = [(str(workspace), "")]
    seen = 0
    while todo:
        folder, above = todo.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue  # gone meanwhile, or not ours to see
        seen += len(entries)
        if seen > MOST_ENTRIES:
            return Survey(files={}, is_whole=False)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in PASSED_OVER and Path(entry.path) not in without:
                    todo.append((entry.path, f"{above}{entry.name}/"))
            elif entry.is_file(follow_symlinks=False) and f"{above}{entry.name}".isprintable():
                found[f"{above}{entry.name}"] = _facts(entry)
    return Survey(files=found)


def _facts(entry: "os.DirEntry[str]") -> tuple[int, ...]:
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError:
        return ()  # gone meanwhile
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
