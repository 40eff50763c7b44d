"""Counters at /metrics: in Prometheus' text format, and by its conventions."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from taskforce.core.jobs.figures import FIGURES, JOB_DURATION, QUEUE_DEPTH
from taskforce.core.missions.counters import COUNTERS, TOKENS
from taskforce.core.pipelines.figures import OF_PIPELINES, PHASE_DURATION, RUN_DURATION, RUNS
from taskforce.infrastructure.telemetry.prometheus import MOST, PrometheusMeter
from tests.integration.doors.api_client import api, script
from tests.integration.pipelines.api_of_runs import a_shop, runs_api
from tests.integration.processes import until
from tests.integration.wire import serving

REQUESTS = "taskforce_http_request_duration_seconds_count"
DURATION, SUCCEEDED = "taskforce_job_duration_seconds_count", 'kind="mission",outcome="succeeded"'
NOWHERE = "00000000-0000-7000-8000-000000000000"
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
HELP = re.compile(rf"# HELP ({NAME}) (?:[^\\\n]|\\[\\n])+")
TYPE = re.compile(rf"# TYPE ({NAME}) (?:counter|gauge|histogram)")
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL})(?:,{LABEL})*)\}})? ([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)")
PARTS = re.compile("_(bucket|sum|count)$")
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
            assert described[-1] in {sample.group(1), PARTS.sub("", sample.group(1))}
            place = sample.group(1), sample.group(2) or ""
            assert place not in found
            found[place] = float(sample.group(3))
    assert described == [figure.name for figure in (*FIGURES, *COUNTERS, *OF_PIPELINES)]
    return found


def counters(text: str) -> dict[tuple[str, str], float]:
    """Return what is counted of missions."""
    names = {counter.name for counter in COUNTERS}
    return {place: value for place, value in samples(text).items() if place[0] in names}


def test_a_mission_is_counted_in_its_turns_tokens_and_tools(client: TestClient, tmp_path: Path) -> None:
    assert counters(client.get("/metrics").text) == {}
    client.post("/api/v1/execute", json={"mission": "look", "model": script(tmp_path, *TURNS)})
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert counters(answer.text) == {
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


def test_runs_and_phases_are_counted_and_measured_by_how_they_ended(tmp_path: Path) -> None:
    repositories = {
        "acme/shop": a_shop(tmp_path / "shop"),
        "acme/broken": a_shop(tmp_path / "broken", "{name: compile, run: exit 3}", phases="build: {}"),
        "acme/signed": a_shop(tmp_path / "signed", "{name: sign, action: external}"),
    }
    with runs_api(tmp_path / "home", repositories) as runs:
        before = samples(runs.client.get("/metrics").text)
        assert {before[RUNS.name, f'status="{status}"'] for status in ("success", "failed", "cancelled")} == {
            0
        }
        runs.until(runs.start())
        runs.until(runs.start("acme/broken"))
        waiting = runs.start("acme/signed")
        runs.until_step(waiting, "sign", "running")
        runs.client.delete(f"/v1/runs/{waiting}")
        text = runs.client.get("/metrics").text
    found = samples(text)
    for status in ("success", "failed", "cancelled"):
        assert found[RUNS.name, f'status="{status}"'] == 1
        assert found[f"{RUN_DURATION.name}_count", f'status="{status}"'] == 1
    for status in ("success", "failed"):
        assert found[f"{PHASE_DURATION.name}_count", f'phase="build",status="{status}"'] == 1
    assert "acme" not in text


def test_a_label_may_hold_anything() -> None:
    meter = PrometheusMeter((*FIGURES, *COUNTERS, *OF_PIPELINES))
    meter.count(TOKENS, {"model": 'a "b"\\c\nd}', "type": "input"}, 1e15)
    assert samples(meter.text()) == {("taskforce_tokens_total", r'model="a \"b\"\\c\nd}",type="input"'): 1e15}


def test_a_histogram_counts_what_lies_below_each_bound() -> None:
    meter = PrometheusMeter([JOB_DURATION])
    for seconds in (0.05, 0.1, 7, 1e6):
        meter.observe(JOB_DURATION, {"kind": "k", "outcome": "succeeded"}, seconds)
    lines = meter.text().splitlines()[2:]
    name, labels = "taskforce_job_duration_seconds", 'kind="k",outcome="succeeded"'
    below = [line.rpartition(" ")[2] for line in lines if "_bucket" in line]
    assert below == ["2", "2", "2", "2", *["3"] * 8, "4"]
    assert lines[0] == f'{name}_bucket{{{labels},le="0.1"}} 2'
    assert lines[-3:] == [
        f'{name}_bucket{{{labels},le="+Inf"}} 4',
        f"{name}_sum{{{labels}}} 1000007.15",
        f"{name}_count{{{labels}}} 4",
    ]


def test_however_many_values_a_label_takes_the_text_stays_short() -> None:
    meter = PrometheusMeter([TOKENS, JOB_DURATION])
    for number in range(MOST + 5):
        meter.count(TOKENS, {"model": f"m{number}", "type": "input"})
        meter.observe(JOB_DURATION, {"kind": f"k{number}", "outcome": "failed"}, 1)
    text = meter.text()
    assert 'taskforce_tokens_total{model="other",type="other"} 5' in text
    assert 'taskforce_job_duration_seconds_count{kind="other",outcome="other"} 5' in text
    assert text.count("\ntaskforce_tokens_total{") == MOST + 1


def test_a_gauge_shows_its_last_readings_alone() -> None:
    meter = PrometheusMeter([QUEUE_DEPTH])
    meter.set(QUEUE_DEPTH, {("a",): 1, ("b",): 2})
    meter.set(QUEUE_DEPTH, {("b",): 3})
    assert meter.text().splitlines()[2:] == ['taskforce_queue_depth{kind="b"} 3']


def test_queue_worker_jobs_and_requests_are_measured(tmp_path: Path) -> None:
    with api(tmp_path / "home", workers=0) as client:
        client.post("/api/v1/execute?background=true", json={"mission": "list the files"})
        found = samples(client.get("/metrics").text)
        assert found["taskforce_queue_depth", 'kind="mission"'] == 1
        assert found["taskforce_worker_slots", 'state="free"'] == 0
    with api(tmp_path / "home", workers=2) as client:
        assert client.post("/api/v1/execute", json={"mission": "list the files"}).status_code == 200
        assert client.get(f"/api/v1/jobs/{NOWHERE}").status_code == 404
        assert client.head("/api/v1/tools").status_code == 200
        assert client.get("/no/such/path/4711").status_code == 404
        until(
            lambda: samples(client.get("/metrics").text)[DURATION, SUCCEEDED] == 2, what="the other mission"
        )
        found = samples(client.get("/metrics").text)
    assert found["taskforce_worker_slots", 'state="free"'] == 2
    assert found["taskforce_queue_depth", 'kind="mission"'] == 0
    assert found["taskforce_open_streams", ""] == 0
    requests = {place[1]: value for place, value in found.items() if place[0] == REQUESTS}
    assert {labels: value for labels, value in requests.items() if "metrics" not in labels} == {
        'method="POST",route="/api/v1/execute",status="200"': 1,
        'method="GET",route="/api/v1/jobs/{job_id}",status="404"': 1,
        'method="HEAD",route="/api/v1/tools",status="200"': 1,
        'method="GET",route="unmatched",status="404"': 1,
    }


def test_a_stream_is_counted_while_it_is_open(tmp_path: Path) -> None:
    slow = script(tmp_path, {"delay": 30, "text": "So."})
    with serving(tmp_path / "home") as server:
        asked = {"mission": "look", "model": slow}
        job = server.ask("POST", "/api/v1/execute?background=true", asked).body
        with server.stream("GET", job["events_url"]) as (_, events):
            next(events)
            metrics = f"http://127.0.0.1:{server.port}/metrics"
            assert samples(httpx2.get(metrics).text)["taskforce_open_streams", ""] == 1
        server.ask("POST", f"/api/v1/jobs/{job['id']}/cancel")


def test_figures_are_told_while_the_store_does_not_answer(client: TestClient) -> None:
    container = client.app.state.doors.container  # type: ignore[attr-defined] # Starlette's app
    container.database().close()
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "taskforce_queue_depth{" not in answer.text


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
