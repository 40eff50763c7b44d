"""The log: lines for programs or for people, with who and what for on each, and without secrets."""

import io
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from structlog.contextvars import bound_contextvars

from taskforce.core.missions.redaction import Redaction
from taskforce.infrastructure.system.log import log_to
from tests.integration.doors.api_client import script, server
from tests.integration.processes import said

KEY = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12"
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def logged(file: io.StringIO, *, has_color: bool = False, **facts: Any) -> str:  # noqa: ANN401 - any fact
    """What the log says of a fact."""
    log_to(file, level="info", redact=Redaction([KEY]).document, has_color=has_color)
    structlog.get_logger().warning("it_happened", **facts)
    return file.getvalue()


def test_a_program_reads_json_and_a_person_a_line() -> None:
    line = json.loads(logged(io.StringIO(), job_id="7"))
    assert (line["event"], line["level"], line["job_id"]) == ("it_happened", "warning", "7")
    assert line["timestamp"].endswith("Z")
    shown = logged(Terminal(), job_id="7")
    assert shown.splitlines() == [shown.rstrip("\n")]
    assert "it_happened" in shown
    assert "job_id=7" in shown
    assert "\x1b" not in shown
    assert "\x1b" in logged(Terminal(), has_color=True)


def test_what_a_stranger_wrote_moves_no_cursor() -> None:
    shown = logged(Terminal(), path="/\x1b[2Jgone\x07")
    assert "\x1b" not in shown
    assert r"\x1b[2Jgone\x07" in shown


def test_a_traceback_stays_readable_on_a_terminal() -> None:
    log_to(file := Terminal(), level="info", redact=Redaction().document)
    try:
        int(KEY)
    except ValueError:
        structlog.get_logger().exception("it_broke")
    assert "Traceback (most recent call last)" in file.getvalue()
    assert len(file.getvalue().splitlines()) > 3
    assert KEY not in file.getvalue()


@pytest.mark.parametrize(
    "facts",
    [
        {"text": f"use {KEY}"},
        {"of": {"Authorization": "anything at all"}},
        {"of": [{"deep": (f"Bearer {KEY}",)}]},
        {"error": ValueError(f"refused {KEY}")},
        {"Cookie": "session=of-somebody"},
        {"url": "postgresql://me:pass-word@host/db"},
    ],
)
def test_no_secret_is_written_wherever_it_hides(facts: dict[str, Any]) -> None:
    for file in (io.StringIO(), Terminal()):
        text = logged(file, **facts)
        assert "[redacted]" in text
        for secret in (KEY, "anything at all", "of-somebody", "pass-word"):
            assert secret not in text


def test_numbers_and_nothing_stay_what_they_are() -> None:
    line = json.loads(logged(io.StringIO(), ms=1.5, jobs=7, status=None, names={"one"}))
    assert (line["ms"], line["jobs"], line["status"], line["names"]) == (1.5, 7, None, ["one"])


def test_a_trace_is_named_by_its_id() -> None:
    with bound_contextvars(traceparent=PARENT, request_id="r"):
        line = json.loads(logged(io.StringIO()))
    assert (line["trace_id"], line["request_id"], "traceparent" in line) == (TRACE, "r", False)


@pytest.mark.durability
def test_from_the_request_to_another_process_each_line_says_whose_it_is(tmp_path: Path) -> None:
    asked = {"mission": "look", "model": script(tmp_path, {"error": "no such thing"})}
    headers = {"x-request-id": "request-0123", "traceparent": PARENT}
    settings = {"TASKFORCE_WORKERS": "0", "TASKFORCE_LOG_LEVEL": "info"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        with server(tmp_path / "home", log_to=tmp_path / "log") as served:
            path = f"{served.url}/api/v1/execute?background=true"
            job = httpx2.post(path, json=asked, headers=headers).json()
            served.stop()
    worked = said(tmp_path / "home", "worker", "--until-idle")
    server_lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    worker_lines = [json.loads(line) for line in worked.err.splitlines() if line.startswith("{")]
    whose = {"request_id": "request-0123", "trace_id": TRACE, "principal": "local"}
    request = next(line for line in server_lines if line.get("path") == "/api/v1/execute")
    assert whose.items() <= request.items()
    failed = next(line for line in worker_lines if line["event"] == "job_failed")
    assert {**whose, "job_id": job["id"]}.items() <= failed.items()
