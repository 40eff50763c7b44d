"""`taskforce mcp` as a process: what it prints, how it ends, and what it says without the extra."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.doors.api_client import server
from tests.integration.doors.test_mcp_http import HELLO
from tests.integration.processes import PATIENCE, ROOT, environment
from tests.integration.warm_start import WarmProcess

BARRED = "import sys; sys.modules['mcp'] = sys.modules['mcp_types'] = None; "
"""A Python in which the SDK cannot be imported, as if it were not installed."""


@contextmanager
def started(home: Path, *words: str, **settings: object) -> Iterator[subprocess.Popen[str]]:
    """`taskforce mcp`, its ends in our hands."""
    process = WarmProcess(
        [sys.executable, *(words or ("-m", "taskforce", "mcp"))],
        cwd=ROOT,
        env=environment(home, **settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str], *messages: object) -> None:
    assert process.stdin is not None
    for message in messages:
        process.stdin.write(message if isinstance(message, str) else f"{json.dumps(message)}\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> Any:  # noqa: ANN401 - any JSON
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def call(number: int, name: str, arguments: Mapping[str, object]) -> dict[str, object]:
    params = {"name": name, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


def test_stdout_carries_the_protocol_alone_and_the_end_of_stdin_is_the_end(tmp_path: Path) -> None:
    mission = {"mission": 'run "echo to whom?" and list files'}
    with started(tmp_path, log_level="debug") as process:
        said(process, HELLO, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        hello = heard(process)
        said(process, "no JSON\n", "[1, 2]\n", "\n", call(2, "missions_execute", mission))
        answers = [heard(process)]
        while answers[-1].get("id") != 2:
            answers.append(heard(process))
        out, err = process.communicate(timeout=PATIENCE)
    assert hello["result"]["serverInfo"]["name"] == "taskforce"
    assert answers[-1]["result"]["isError"] is False
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    assert out == ""
    assert process.returncode == 0
    assert "Traceback" not in err
    assert all(line.startswith("{") for line in err.splitlines())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_though_the_client_is_still_there(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path) as process:
        said(process, HELLO)
        heard(process)
        process.send_signal(number)
        assert process.wait(PATIENCE) == 128 + number


def test_it_ends_at_once_when_there_is_nobody(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0


def test_without_the_extra_the_command_names_it(tmp_path: Path) -> None:
    program = f"{BARRED}sys.argv = ['taskforce', 'mcp']; from taskforce.__main__ import main; main()"
    with started(tmp_path, "-c", program) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert (out, process.returncode) == ("", 4)
    assert "pip install 'taskforce[mcp]'" in err
    assert "Traceback" not in err


def test_without_the_extra_the_endpoint_says_so_and_all_else_is_there(tmp_path: Path) -> None:
    program = f"{BARRED}from taskforce.api.server import main; main()"
    with server(tmp_path, "-c", program) as api:
        answer = httpx2.post(f"{api.url}/mcp", json=HELLO).json()
    assert answer["status"] == 404
    assert answer["error"]["code"] == "mcp_missing"
    assert "taskforce[mcp]" in answer["detail"]
