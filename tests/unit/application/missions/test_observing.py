"""Spans of what is done, counters of what is newly recorded; a replay tells of neither again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from taskforce.application.missions.observing import MissionCounter, ObservedMissions, ObservedModels
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import JobStatus, Origin
from taskforce.core.jobs.signals import APPROVAL
from taskforce.core.missions.counters import COST, MISSIONS, TOKENS, TOOL_CALLS, TURNS, label_of
from taskforce.core.missions.model import ModelReply
from taskforce.core.missions.profile import Approval
from taskforce.core.missions.redaction import MARK, Redaction
from taskforce.core.missions.semantics import Content, chat
from taskforce.core.telemetry import SpanKind
from taskforce.infrastructure.telemetry.memory import KeptSpan, MemoryMeter, MemoryTracer
from tests.unit.application.missions.cast import MissionStage, answer, calls

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECRET = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12"
TURNS_SAID = [calls(("note", {"text": "one"}), ("note", {"text": "fail"})), answer(f"Done with {SECRET}.")]


class WatchedStage(MissionStage):
    """A stage whose missions are watched."""

    def __init__(
        self, turns: Sequence[ModelReply], *, failures: int = 0, content: Content | None = None
    ) -> None:
        super().__init__(turns, failures=failures)
        self.tracer, self.meter = MemoryTracer(), MemoryMeter()
        program = self.program(ObservedModels(self.model, tracer=self.tracer, content=content))
        self.stage.programs["mission"] = ObservedMissions(
            program, tracer=self.tracer, meter=self.meter, content=content
        )

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.tracer.spans]

    def named(self, begin: str) -> list[KeptSpan]:
        return [span for span in self.tracer.spans if span.name.startswith(begin)]


async def test_a_mission_its_model_calls_and_its_tools_are_spans() -> None:
    watched = WatchedStage(TURNS_SAID)
    await watched.run()
    assert watched.names == [
        "invoke_agent test",
        "chat listed",
        "execute_tool note",
        "execute_tool note",
        "chat listed",
    ]
    agent, chat, tool, failed, _ = watched.tracer.spans
    assert (agent.kind, chat.kind, tool.kind) == (SpanKind.INTERNAL, SpanKind.CLIENT, SpanKind.INTERNAL)
    assert {span.parent for span in watched.tracer.spans[1:] if isinstance(span.parent, str)} == set()
    assert all(span.parent is agent for span in watched.tracer.spans[1:])
    assert all(span.is_over for span in watched.tracer.spans)
    assert chat.attributes["gen_ai.response.finish_reasons"] == ["tool_call"]
    assert chat.attributes["gen_ai.usage.input_tokens"] == 10
    assert tool.attributes["gen_ai.tool.name"] == "note"
    assert (tool.error, failed.error and failed.error[0]) == (None, "tool_failed")


async def test_a_span_holds_no_content_unless_it_is_asked_for() -> None:
    watched = WatchedStage(TURNS_SAID)
    await watched.run()
    told = str([span.attributes for span in watched.tracer.spans])
    assert "Do it" not in told
    assert "fail" not in told
    assert "Done" not in told


async def test_content_that_is_asked_for_is_told_without_secrets() -> None:
    watched = WatchedStage(TURNS_SAID, content=Content(Redaction()))
    await watched.run()
    chat, tool = watched.named("chat")[1], watched.named("execute_tool")[0]
    assert '"content": "Do it"' in str(chat.attributes["gen_ai.input.messages"])
    assert f"Done with {MARK}." in str(chat.attributes["gen_ai.output.messages"])
    assert tool.attributes["gen_ai.tool.call.arguments"] == '{"text": "one"}'
    assert tool.attributes["gen_ai.tool.call.result"] == "one"
    assert SECRET not in str([span.attributes for span in watched.tracer.spans])


async def test_a_mission_lies_in_its_jobs_play_and_that_in_the_span_of_its_request() -> None:
    watched = WatchedStage([answer()])
    job = await watched.run()
    again = job.retry(JobId(watched.stage.ids.new()), by="tester", now=watched.stage.clock.now())
    await watched.stage.store.submit(replace(again, origin=Origin(traceparent=PARENT)))
    await watched.stage.settle()
    play = watched.stage.tracer.spans[-1]
    assert (play.name, play.kind, play.parent) == ("play mission", SpanKind.CONSUMER, PARENT)
    assert play.attributes["taskforce.job.status"] == "succeeded"
    assert watched.named("invoke_agent")[-1].parent is play


async def test_each_try_of_a_model_is_a_span_and_the_turn_is_counted_once() -> None:
    watched = WatchedStage([answer()], failures=2)
    await watched.run()
    chats = watched.named("chat")
    assert [span.error and span.error[0] for span in chats] == ["model_unavailable"] * 2 + [None]
    assert watched.meter.sum(TURNS) == 1


async def test_what_a_mission_records_is_counted() -> None:
    watched = WatchedStage(TURNS_SAID)
    await watched.run()
    assert watched.meter.sum(TURNS, model="listed") == 2
    assert watched.meter.sum(TOKENS, model="listed", type="input") == 20
    assert watched.meter.sum(TOKENS, model="listed", type="output") == 10
    assert watched.meter.sum(COST) == 0.5
    assert watched.meter.sum(TOOL_CALLS, tool="note", outcome="done") == 1
    assert watched.meter.sum(TOOL_CALLS, tool="note", outcome="failed") == 1


async def test_a_mission_that_waits_is_played_again_and_nothing_is_counted_twice() -> None:
    watched = WatchedStage(TURNS_SAID)
    job = await watched.run(approval=Approval())
    job = await watched.answer(job, "turn/1/call/1/approval", APPROVAL, {"decision": "approve"})
    job = await watched.answer(job, "turn/1/call/2/approval", APPROVAL, {"decision": "approve"})
    assert job.status is JobStatus.SUCCEEDED
    assert len(watched.named("invoke_agent")) == 3
    assert all(span.error is None for span in watched.named("invoke_agent"))
    assert (len(watched.named("chat")), len(watched.named("execute_tool"))) == (2, 2)
    assert (watched.meter.sum(TURNS), watched.meter.sum(TOOL_CALLS)) == (2, 2)


async def test_a_crash_before_the_record_counts_nothing_and_after_it_nothing_again() -> None:
    for place, spans in (("step.done:turn/1/call/1/run", 2), ("step.done.recorded:turn/1/call/1/run", 1)):
        watched = WatchedStage([calls(("note", {"text": "one"})), answer()])
        watched.stage.trap.place = place
        await watched.run()
        assert len(watched.named("execute_tool")) == spans
        assert watched.meter.sum(TOOL_CALLS) <= 1
        assert watched.meter.sum(TURNS) == 2


async def test_missions_are_counted_by_how_they_ended() -> None:
    meter = MemoryMeter()
    job = await WatchedStage([answer()]).run()
    MissionCounter(meter)(job)
    MissionCounter(meter)(replace(job, status=JobStatus.CANCELLED))
    MissionCounter(meter)(replace(job, kind="other"))
    assert meter.sum(MISSIONS, status="completed", profile="test") == 1
    assert meter.sum(MISSIONS) == 2


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("openai-responses:gpt-5", ("openai", "gpt-5", None)),
        ("google:gemini-3", ("gcp.gemini", "gemini-3", None)),
        ("openai-compatible:m@http://127.0.0.1:11434/v1", ("openai-compatible", "m", "127.0.0.1:11434")),
        ("listed", ("listed", "listed", None)),
    ],
)
def test_a_model_is_told_by_its_provider_and_its_name(model: str, told: tuple[str, str, str | None]) -> None:
    names = ("gen_ai.provider.name", "gen_ai.request.model", "server.address")
    assert tuple(chat(model).get(name) for name in names) == told


def test_a_model_that_reads_a_file_is_counted_without_its_path() -> None:
    assert label_of("script:/home/ann/secret.yaml") == "script"
    assert label_of("openai:gpt-5") == "openai:gpt-5"
