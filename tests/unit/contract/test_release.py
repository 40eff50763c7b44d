"""The API keeps the contract that was released; `make contract` tells what does not."""

import json
import subprocess
import sys
from pathlib import Path

from tests.unit.contract.small_contract import contract

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "docs" / "reference"


def check(*words: str | Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "scripts.contract", *map(str, words)]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)


def written(file: Path, document: object) -> Path:
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def test_the_api_keeps_its_released_contract() -> None:
    checked = check()
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.endswith("openapi.json keeps the contract of openapi-v1.json.\n")


def test_a_break_fails_and_is_not_released(tmp_path: Path) -> None:
    broken = contract()
    del broken["paths"]["/jobs"]["post"]["responses"]["404"]
    was, now = written(tmp_path / "was.json", contract()), written(tmp_path / "now.json", broken)
    checked = check("--released", was, "--current", now, "--release")
    assert checked.returncode == 1
    assert checked.stdout.startswith(
        "breaks: jobs.make (POST /jobs): answer 404: this status is no longer told\nKeep what was,"
    )
    assert json.loads(was.read_text(encoding="utf-8")) == contract()


def test_what_was_added_becomes_the_release(tmp_path: Path) -> None:
    more = contract()
    more["paths"]["/more"] = {"get": {"operationId": "more.list", "responses": {}}}
    was, now = written(tmp_path / "was.json", contract()), written(tmp_path / "now.json", more)
    assert check("--released", was, "--current", now).returncode == 0
    assert json.loads(was.read_text(encoding="utf-8")) == contract()
    assert check("--released", was, "--current", now, "--release").returncode == 0
    assert was.read_bytes() == now.read_bytes()


def test_a_release_that_is_missing_is_told(tmp_path: Path) -> None:
    now, missing = written(tmp_path / "now.json", contract()), tmp_path / "was.json"
    checked = check("--released", missing, "--current", now)
    assert checked.returncode == 1
    assert "nothing was released. `make contract RELEASE=1` makes it." in checked.stdout
    assert check("--released", missing, "--current", now, "--release").returncode == 0
    assert missing.read_bytes() == now.read_bytes()
