"""What `make docs` writes from the code is up to date."""

import re
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

from taskforce.core.jobs import events as job_events
from taskforce.core.missions import events as mission_events
from tests.integration.docs.pages import ROOT


def test_the_references_are_as_the_code_says() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stdout == "", f"run `make docs`:\n{checked.stdout}"
    assert checked.returncode == 0, checked.stderr


def test_every_type_of_event_is_in_the_reference() -> None:
    words = [
        value
        for module in (job_events, mission_events)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    ]
    page = (ROOT / "docs" / "reference" / "events.md").read_text(encoding="utf-8")

    assert [word for word in words if f"`{word}`" not in page] == []


def test_every_code_that_an_error_or_an_end_bears_is_in_the_reference() -> None:
    said = re.compile(r'(?:GiveUp\(|_give_up\(|_failure\(|\bcode ?= ?)"([a-z_]+)"')
    files = [path for path in (ROOT / "src").rglob("*.py") if path.parent.name != "providers"]
    codes = {
        word
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if "FieldError(" not in line and "pointer=" not in line
        for word in said.findall(line)
    }
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")

    assert {"plan_failed", "step_failed", "loop_detected", "session_busy"} <= codes
    assert sorted(code for code in codes if f"`{code}`" not in page) == []


def test_the_tree_that_the_readme_shows_is_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = readme.partition("## The tree\n\n```text\n")[2].partition("```")[0]
    folders = {0: ROOT}
    missing = []
    for line in tree.splitlines():
        depth = len(line) - len(line.lstrip())
        names = list(takewhile(re.compile(r"[\w./]+(?:/|\.py)").fullmatch, line.split()))
        if names and depth in folders:
            folders[depth + 2] = first = folders[depth] / names[0]
            beside = [first / name if first.is_dir() else first.parent / name for name in names[1:]]
            missing += [
                place for place in (first, *beside) if not (place.exists() or _sibling(place).exists())
            ]

    assert missing == []
    assert len(folders) > 2


def _sibling(place: Path) -> Path:
    """Return the place beside the folder that is named before it in a line, and not in it."""
    return place.parent.parent / place.name


def test_the_readme_has_the_tables_that_are_written_from_the_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.findall(r"<!-- ([a-z ]+): written by `make docs` -->", readme) == [
        "corpus",
        "settings",
        "exit codes",
    ]
