"""The API does what its document says: Schemathesis, all checks, always the same cases."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.doors.api_client import server

pytestmark = [pytest.mark.durability, pytest.mark.timeout(900)]

HOOKS = Path(__file__).with_name("scripts") / "schemathesis_hooks.py"
PROGRAM = Path(sys.executable).with_name("schemathesis")
EXAMPLES = 50 if os.environ.get("FAULTS") == "long" else 12
"""For each operation, besides those that its limits give."""


def test_all_checks_find_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKFORCE_GITHUB_WEBHOOK_SECRET", "it opens the door of GitHub's webhooks")
    home = tmp_path / "home"
    words = ("--checks", "all", "--generation-deterministic", "--max-examples", str(EXAMPLES), "--no-color")
    with server(home, log_to=tmp_path / "log") as served:
        ran = subprocess.run(
            [PROGRAM, "run", f"{served.url}/openapi.json", *words, "--request-timeout", "10"],
            cwd=tmp_path,
            env=os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS)},
            capture_output=True,
            text=True,
            timeout=840,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "No issues found" in ran.stdout or "failures" not in ran.stdout, ran.stdout
    assert '"level": "error"' not in (tmp_path / "log").read_text(encoding="utf-8")
