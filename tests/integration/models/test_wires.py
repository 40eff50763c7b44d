"""The same turns over every wire: what comes back is the same, and what goes wrong is told."""

import asyncio
import gc
from datetime import timedelta

import pytest

from taskforce.core.missions.errors import ModelRejected, ModelUnavailable
from taskforce.core.missions.model import (
    AssistantMessage,
    StopReason,
    ToolCall,
    ToolMessage,
    Usage,
    UserMessage,
)
from taskforce.core.missions.profile import ModelSettings, Price
from tests.integration.models.wires import (
    WEATHER,
    WIRES,
    Heard,
    asking,
    error_of,
    model_at,
    replied,
)
from tests.services.model_peer import KEY, WAIT_SECONDS, ModelPeer
from tests.services.wire_formats import MODEL
from tests.services.wire_turns import Call, Fault, Turn

TEXT = 'Grüezi 👋, wörld: "quoted" \\ and\nbroken up.'
IMPATIENT = ModelSettings(idle_seconds=0.3, seconds=5, max_tokens=100)
SAYS_REFUSALS_APART = {"openai", "openai-responses", "openai-compatible"}

pytestmark = pytest.mark.parametrize("family", WIRES)


async def test_a_text_comes_in_pieces_and_whole(family: str) -> None:
    with ModelPeer([Turn(text=TEXT)]) as peer:
        reply, heard = await replied(model_at(peer, family))

    assert (reply.text, reply.stop, reply.model) == (TEXT, StopReason.ANSWER, MODEL)
    assert ("".join(heard), len(heard) > 3) == (TEXT, True)


async def test_calls_of_one_turn_come_together_with_ids_of_their_own(family: str) -> None:
    wanted = (
        Call(tool="weather", arguments={"city": "Zürich", "days": 2}),
        Call(tool="weather", arguments={"city": "Genève 🏞"}),
    )
    with ModelPeer([Turn(text="Let me see.", calls=wanted)]) as peer:
        reply, _ = await replied(model_at(peer, family))

    assert reply.calls == tuple(
        ToolCall(id=f"call{number:05}", tool=call.tool, arguments=call.arguments)
        for number, call in enumerate(wanted, start=1)
    )
    assert (reply.text, reply.stop) == ("Let me see.", StopReason.TOOL_CALLS)


async def test_a_later_call_has_another_id_than_all_before(family: str) -> None:
    again = (Call(tool="weather", arguments={"city": "Bern"}),)
    with ModelPeer([Turn(calls=again), Turn(calls=again)]) as peer:
        model = model_at(peer, family)
        first, _ = await replied(model)
        results = [ToolMessage(call_id=call.id, tool=call.tool, content="dry") for call in first.calls]
        request = asking(UserMessage(text="Bern?"), AssistantMessage(calls=first.calls), *results)
        second, _ = await replied(model, request)

    assert [call.id for reply in (first, second) for call in reply.calls] == ["call00001", "call00002"]


async def test_a_result_stands_right_behind_its_call(family: str) -> None:
    calls = tuple(ToolCall(id=f"call{n:05}", tool="weather", arguments={"city": f"C{n}"}) for n in (1, 2))
    results = [
        ToolMessage(call_id=call.id, tool=call.tool, content=f"dry in {call.arguments['city']}", failed=False)
        for call in calls
    ]
    said = AssistantMessage(text="I look.", calls=calls)
    request = asking(UserMessage(text="How?"), said, *results, UserMessage(text="Be quick."))
    with ModelPeer([Turn(), Turn(text="Dry.")]) as peer:
        reply, _ = await replied(model_at(peer, family), request)
        sent = str(peer.requests[0].body)

    assert reply.text == "Dry."
    places = [sent.index(word) for word in ("'C1'" if family in {"anthropic", "google"} else "C1", "C2")]
    assert places < [sent.index("dry in C1"), sent.index("dry in C2")] < [sent.index("Be quick."), len(sent)]
    assert "You are brief." in sent
    assert WEATHER.description in sent


async def test_arguments_that_are_no_json_come_as_a_call_that_cannot_be_made(family: str) -> None:
    raw = '{"city": "Zür'
    with ModelPeer([Turn(calls=(Call(tool="weather", raw=raw),)), Turn(text="Sorry.")]) as peer:
        model = model_at(peer, family)
        reply, _ = await replied(model)
        heard = ToolMessage(call_id=reply.calls[0].id, tool="weather", content="No JSON.", failed=True)
        told = asking(UserMessage(text="Go."), AssistantMessage(calls=reply.calls), heard)
        answer, _ = await replied(model, told)

    (call,) = reply.calls
    said = call.arguments["raw"] if family == "google" else call.malformed
    assert (said, reply.stop, answer.text) == (raw, StopReason.TOOL_CALLS, "Sorry.")


async def test_an_answer_that_was_cut_is_told_as_cut(family: str) -> None:
    with ModelPeer([Turn(text="Half an ans", end="length")]) as peer:
        reply, _ = await replied(model_at(peer, family))

    assert (reply.text, reply.stop) == ("Half an ans", StopReason.LENGTH)


async def test_a_refusal_is_told_as_one(family: str) -> None:
    with ModelPeer([Turn(text="I cannot help with that.", end="refusal")]) as peer:
        reply, heard = await replied(model_at(peer, family))

    assert (reply.text, reply.stop) == ("I cannot help with that.", StopReason.REFUSED)
    assert bool(heard) == (family not in SAYS_REFUSALS_APART)


async def test_tokens_are_counted_and_priced_by_the_profiles_table(family: str) -> None:
    prices = {MODEL: Price(input=10, output=100, cached=1)}
    with ModelPeer([Turn(text="Yes.", input_tokens=1_000, cached_tokens=400, output_tokens=50)]) as peer:
        reply, _ = await replied(model_at(peer, family, settings=ModelSettings(prices=prices)))

    cost = pytest.approx((600 * 10 + 400 * 1 + 50 * 100) / 1_000_000)
    assert reply.usage == Usage(
        input_tokens=1_000, output_tokens=50, cached_tokens=400, cost=reply.usage.cost
    )
    assert reply.usage.cost == cost


async def test_a_value_is_asked_for_by_its_schema(family: str) -> None:
    schema = {"type": "object", "properties": {"celsius": {"type": "integer"}}, "required": ["celsius"]}
    request = asking(tools=()).model_copy(update={"output": schema})
    with ModelPeer([Turn(text='{"celsius": 12}')]) as peer:
        reply, _ = await replied(model_at(peer, family), request)
        sent = str(peer.requests[0].body)

    assert reply.text == '{"celsius": 12}'
    assert "celsius" in sent


@pytest.mark.parametrize("fault", [Fault.BUSY_SECONDS, Fault.BUSY_DATE])
async def test_who_is_busy_says_when_to_come_again(family: str, fault: Fault) -> None:
    with ModelPeer([Turn(text="Yes.", faults=(fault,))]) as peer:
        error = await error_of(model_at(peer, family))

    assert isinstance(error, ModelUnavailable)
    least = timedelta(seconds=WAIT_SECONDS - 1)
    assert least <= error.retry_after <= timedelta(seconds=WAIT_SECONDS + 1)
    assert len(peer.requests) == 1  # no second try but the step's


@pytest.mark.parametrize(
    "fault",
    [
        Fault.BROKEN,
        Fault.OVERLOADED,
        Fault.STALLED,
        Fault.SILENT,
        Fault.CUT,
        Fault.NONSENSE,
        Fault.ELSEWHERE,
    ],
)
async def test_what_a_later_try_may_mend_is_told_as_that(family: str, fault: Fault) -> None:
    with ModelPeer([Turn(text="A longer answer, that is.", faults=(fault,))]) as peer:
        model = model_at(peer, family, settings=IMPATIENT)
        error = await error_of(model)
        reply, _ = await replied(model)

    assert isinstance(error, ModelUnavailable)
    assert error.message.startswith(f"The model {model.name} did not answer: ")
    assert (reply.text, len(peer.requests)) == ("A longer answer, that is.", 2)


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (Fault.WRONG_KEY, "Check the key in "),
        (Fault.UNKNOWN_MODEL, "Check its name"),
        (Fault.BAD_REQUEST, "Change what is asked"),
    ],
)
async def test_what_no_try_mends_says_what_to_do_and_keeps_the_key_to_itself(
    family: str, fault: Fault, advice: str
) -> None:
    with ModelPeer([Turn(text="Yes.", faults=(fault,))]) as peer:
        error = await error_of(model_at(peer, family))

    assert isinstance(error, ModelRejected)
    assert advice in error.message
    assert KEY not in error.message
    assert (error.__cause__, error.__suppress_context__) == (None, True)


async def test_a_key_that_is_not_known_is_told_by_the_name_of_its_variable(family: str) -> None:
    with ModelPeer([Turn(text="Yes.")]) as peer:
        error = await error_of(model_at(peer, family, key="sk-other"))

    assert isinstance(error, ModelRejected)
    assert "_API_KEY" in error.message
    assert "sk-other" not in error.message


async def test_an_answer_without_an_end_is_ended_and_told_as_cut(family: str) -> None:
    with ModelPeer([Turn(text="A long answer.", faults=(Fault.ENDLESS,))]) as peer:
        settings = IMPATIENT.model_copy(update={"seconds": 60.0})
        reply, _ = await replied(model_at(peer, family, settings=settings))
        assert peer.hung_up.wait(5)

    assert reply.stop is StopReason.LENGTH
    assert 0 < len(reply.text) < 1024 * 1024


async def test_an_answer_may_take_only_so_long(family: str) -> None:
    with ModelPeer([Turn(text="A long answer.", faults=(Fault.ENDLESS,))]) as peer:
        settings = ModelSettings(seconds=0.5, max_tokens=1_000_000)
        assert isinstance(await error_of(model_at(peer, family, settings=settings)), ModelUnavailable)
        assert peer.hung_up.wait(5)


async def test_silence_is_no_answer(family: str) -> None:
    with ModelPeer([Turn()]) as peer:
        error = await error_of(model_at(peer, family))

    assert isinstance(error, ModelUnavailable)
    assert "said nothing" in error.message


async def test_who_cancels_ends_the_connection_too(family: str) -> None:
    with ModelPeer([Turn(text="A long answer.", faults=(Fault.STALLED,))]) as peer:
        task = asyncio.create_task(model_at(peer, family).reply(asking(), on_text=Heard()))
        assert await asyncio.to_thread(peer.asked.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(peer.hung_up.wait, 5)


async def test_nothing_listens_where_the_model_should_be(family: str) -> None:
    with ModelPeer([]) as peer:
        model = model_at(peer, family)
    error = await error_of(model)
    gc.collect()  # what was left open would be told here, and every warning is an error

    assert isinstance(error, ModelUnavailable)


def test_a_model_works_on_one_event_loop_after_the_other(family: str) -> None:
    with ModelPeer([Turn(text="Yes.")]) as peer:
        model = model_at(peer, family)
        replies = [asyncio.run(replied(model))[0].text for _ in range(2)]

    assert replies == ["Yes.", "Yes."]
