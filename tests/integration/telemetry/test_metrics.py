"""Counters at /metrics: in Prometheus' text format, and by its conventions."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from taskforce.core.missions.counters import COUNTERS, TOKENS
from taskforce.infrastructure.telemetry.prometheus import PrometheusMeter
from tests.integration.doors.api_client import api, script

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
HELP = re.compile(rf"# HELP ({NAME}) (?:[^\\\n]|\\[\\n])+")
TYPE = re.compile(rf"# TYPE ({NAME}) counter")
SAMPLE = re.compile(rf"({NAME})\{{((?:{LABEL})(?:,{LABEL})*)\}} ([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)")
TURNS = (
    {"calls": [{"tool": "list_files", "arguments": {}}], "usage": {"input_tokens": 7, "output_tokens": 3}},
    {"calls": [{"tool": "file_read", "arguments": {"path": "none"}}], "usage": {"cost": 0.25}},
    {"text": "Nothing."},
)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with api(tmp_path / "home") as opened:
        yield opened


def samples(text: str) -> dict[tuple[str, str], float]:
    """Read the text as strictly as it is specified."""
    assert text.endswith("\n")
    found: dict[tuple[str, str], float] = {}
    described: list[str] = []
    for line in text.splitlines():
        if helped := HELP.fullmatch(line):
            assert helped.group(1) not in described
            described.append(helped.group(1))
        elif typed := TYPE.fullmatch(line):
            assert typed.group(1) == described[-1]
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample is not None, line
            assert sample.group(1) == described[-1]
            assert (sample.group(1), sample.group(2)) not in found
            found[sample.group(1), sample.group(2)] = float(sample.group(3))
    assert described == [counter.name for counter in COUNTERS]
    return found


def test_a_mission_is_counted_in_its_turns_tokens_and_tools(client: TestClient, tmp_path: Path) -> None:
    assert samples(client.get("/metrics").text) == {}
    client.post("/api/v1/execute", json={"mission": "look", "model": script(tmp_path, *TURNS)})
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert samples(answer.text) == {
        ("taskforce_missions_total", 'status="completed",profile="dev"'): 1,
        ("taskforce_turns_total", 'model="script"'): 3,
        ("taskforce_tokens_total", 'model="script",type="input"'): 7,
        ("taskforce_tokens_total", 'model="script",type="output"'): 3,
        ("taskforce_cost_dollars_total", 'model="script"'): 0.25,
        ("taskforce_tool_calls_total", 'tool="list_files",outcome="done"'): 1,
        ("taskforce_tool_calls_total", 'tool="file_read",outcome="failed"'): 1,
    }


def test_a_mission_that_is_cancelled_while_it_waits_is_counted_too(
    client: TestClient, tmp_path: Path
) -> None:
    asks = {"calls": [{"tool": "ask_user", "arguments": {"question": "Which?"}}]}
    asked = {"mission": "look", "model": script(tmp_path, asks, {"text": "So."})}
    job_id = client.post("/api/v1/execute", json=asked).json()["job_id"]
    client.post(f"/api/v1/jobs/{job_id}/cancel")
    found = samples(client.get("/metrics").text)
    assert found["taskforce_missions_total", 'status="cancelled",profile="dev"'] == 1
    assert found["taskforce_turns_total", 'model="script"'] == 1


def test_a_label_may_hold_anything() -> None:
    meter = PrometheusMeter(COUNTERS)
    meter.count(TOKENS, {"model": 'a "b"\\c\nd}', "type": "input"}, 1e15)
    assert samples(meter.text()) == {("taskforce_tokens_total", r'model="a \"b\"\\c\nd}",type="input"'): 1e15}


def test_what_a_scraper_accepts_is_answered(client: TestClient) -> None:
    accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
    assert client.get("/metrics", headers={"accept": accept}).status_code == 200


@pytest.mark.services
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is missing: scripts/services.sh")
def test_prometheus_finds_nothing_to_complain_about(client: TestClient, tmp_path: Path) -> None:
    client.post("/api/v1/execute", json={"mission": "look", "model": script(tmp_path, *TURNS)})
    text = client.get("/metrics").text
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False, timeout=30
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
