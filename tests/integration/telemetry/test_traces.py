"""Traces as a collector receives them: request, job and worker are one, in the words of the conventions."""

import sys
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

import taskforce
from taskforce.application.factory import open_container
from taskforce.infrastructure.telemetry.silent import SilentTracer
from taskforce.settings import Settings, SettingsInvalid
from tests.integration.doors.api_client import api, script
from tests.integration.processes import said
from tests.integration.records import job_of
from tests.integration.telemetry.otlp_receiver import attributes_of, receiving

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
HEADERS = {"traceparent": f"00-{TRACE}-{PARENT}-00"}
SECRET = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12"
TURNS = (
    {"calls": [{"tool": "list_files", "arguments": {}}], "usage": {"input_tokens": 7, "output_tokens": 3}},
    {"calls": [{"tool": "file_read", "arguments": {"path": "none"}}]},
    {"text": f"Nothing here but {SECRET}."},
)


def test_a_request_its_job_and_the_worker_of_another_process_are_one_trace(tmp_path: Path) -> None:
    model = script(tmp_path, *TURNS)
    with receiving() as receiver:
        with api(tmp_path / "home", workers=0, otlp_endpoint=receiver.url) as client:
            asked = {"mission": "look", "model": model}
            job = client.post("/api/v1/execute?background=true", json=asked, headers=HEADERS).json()
        ended = said(tmp_path / "home", "worker", "--until-idle", otlp_endpoint=receiver.url)
        assert ended.code == 0, ended.err
    request, play, agent, *others = receiver.spans
    assert {span.trace_id.hex() for span in receiver.spans} == {TRACE}
    assert request.parent_span_id.hex() == PARENT
    assert play.parent_span_id == request.span_id
    assert agent.parent_span_id == play.span_id
    assert (request.name, request.kind) == ("POST /api/v1/execute", Span.SPAN_KIND_SERVER)
    assert attributes_of(request) == {
        "http.request.method": "POST",
        "http.response.status_code": 202,
        "http.route": "/api/v1/execute",
        "url.path": "/api/v1/execute",
        "url.scheme": "http",
    }
    assert (play.name, play.kind) == ("play mission", Span.SPAN_KIND_CONSUMER)
    assert attributes_of(play) == {
        "taskforce.job.id": job["id"],
        "taskforce.job.kind": "mission",
        "taskforce.job.status": "succeeded",
    }
    assert {span.parent_span_id for span in others} == {agent.span_id}
    assert agent.name == "invoke_agent dev"
    assert [span.name.split()[0] for span in others] == [
        "chat",
        "execute_tool",
        "chat",
        "execute_tool",
        "chat",
    ]
    assert attributes_of(agent) == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "dev",
        "gen_ai.conversation.id": job["session_id"],
        "taskforce.job.id": job["id"],
    }
    assert {("service.name", "taskforce"), ("service.version", taskforce.__version__)} <= receiver.resources()


def test_model_calls_and_tools_are_told_as_the_conventions_say_and_without_content(tmp_path: Path) -> None:
    model = script(tmp_path, *TURNS)
    with receiving() as receiver, api(tmp_path / "home", otlp_endpoint=receiver.url) as client:
        client.post("/api/v1/execute", json={"mission": "a mission to look", "model": model})
        client.app.state.doors.container.tracer().close()  # type: ignore[attr-defined] # Starlette's app
        chat, listed, _, failed, last = receiver.spans[3:]
    told = attributes_of(chat)
    assert chat.kind == Span.SPAN_KIND_CLIENT
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.provider.name"] == "script"
    assert told["gen_ai.response.finish_reasons"] == ["tool_call"]
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (7, 3)
    assert attributes_of(last)["gen_ai.response.finish_reasons"] == ["stop"]
    assert attributes_of(listed) == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "list_files",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": "call-1-1",
    }
    assert failed.status.code == Status.STATUS_CODE_ERROR
    assert attributes_of(failed)["error.type"] == "tool_failed"
    everything = "".join(map(str, receiver.requests))
    assert "a mission to look" not in everything
    assert "Nothing here" not in everything


def test_a_request_without_a_trace_begins_one_that_its_log_and_its_job_bear(tmp_path: Path) -> None:
    asked = {"mission": "look", "model": script(tmp_path, {"error": "broken"})}
    with receiving() as receiver:
        with api(tmp_path / "home", otlp_endpoint=receiver.url) as client:
            client.post("/api/v1/execute", json=asked)
            assert client.get("/health/ready").status_code == 200
        request, play, *_ = receiver.spans
    assert request.parent_span_id == b""
    assert (play.trace_id, play.parent_span_id) == (request.trace_id, request.span_id)
    assert job_of(tmp_path / "home").origin.traceparent.split("-")[1] == request.trace_id.hex()
    assert play.status.code == Status.STATUS_CODE_ERROR
    assert not [span for span in receiver.spans if "health" in span.name]


def test_content_is_told_where_a_setting_says_so_and_never_a_secret(tmp_path: Path) -> None:
    model = script(tmp_path, *TURNS)
    settings = {"trace_content": True}
    with receiving() as receiver:
        with api(tmp_path / "home", otlp_endpoint=receiver.url, **settings) as client:
            client.post("/api/v1/execute", json={"mission": "a mission to look", "model": model})
        last = attributes_of(receiver.spans[-1])
    assert "a mission to look" in str(last["gen_ai.input.messages"])
    assert "Nothing here but [redacted]." in str(last["gen_ai.output.messages"])
    assert SECRET not in "".join(map(str, receiver.requests))


def test_a_mission_goes_on_where_nobody_receives(tmp_path: Path) -> None:
    with receiving() as receiver:
        nowhere = receiver.url
    with api(tmp_path / "home", otlp_endpoint=nowhere) as client:
        answer = client.post("/api/v1/execute", json={"mission": "look", "model": script(tmp_path, *TURNS)})
        assert answer.json()["status"] == "completed"


def test_without_a_setting_nothing_is_told(tmp_path: Path) -> None:
    assert isinstance(open_container(Settings(home=tmp_path)).tracer(), SilentTracer)


def test_a_setting_without_its_extra_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "taskforce.infrastructure.telemetry.otel", None)
    with pytest.raises(SettingsInvalid, match=r"taskforce\[otel\]"):
        open_container(Settings(home=tmp_path, otlp_endpoint="http://127.0.0.1:4318")).tracer()
