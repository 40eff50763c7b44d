"""What `make docs` writes from the code is up to date."""

import re
import subprocess
import sys

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


def test_the_readme_has_the_tables_that_are_written_from_the_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.findall(r"<!-- ([a-z ]+): written by `make docs` -->", readme) == [
        "corpus",
        "settings",
        "exit codes",
    ]
