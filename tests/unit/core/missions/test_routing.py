"""Which model does what, and what is made of what it says."""

import pytest
from pydantic import BaseModel

from taskforce.core.missions.errors import OutputInvalid
from taskforce.core.missions.model import (
    AssistantMessage,
    ModelReply,
    ModelRequest,
    StopReason,
    UserMessage,
)
from taskforce.core.missions.routing import Role, in_order
from taskforce.core.missions.structured import corrected, value_of, wanting


class Weather(BaseModel):
    celsius: int


def said(text: str) -> ModelReply:
    return ModelReply(text=text, stop=StopReason.ANSWER)


REQUEST = ModelRequest(system="", messages=(UserMessage(text="How warm is it?"),), tools=())


def test_a_role_asks_its_own_model_first_and_those_that_stand_in_last() -> None:
    roles = {Role.PLANNING: "large"}
    asked = {role: in_order(role, model="plain", roles=roles, fallbacks=["spare"]) for role in Role}
    assert asked == {
        Role.PLANNING: ("large", "plain", "spare"),
        Role.ACTING: ("plain", "spare"),
        Role.SUMMARISING: ("plain", "spare"),
    }


def test_no_model_is_asked_twice() -> None:
    roles = {Role.ACTING: "plain"}
    assert in_order(Role.ACTING, model="plain", roles=roles, fallbacks=["plain", "spare", "spare"]) == (
        "plain",
        "spare",
    )


@pytest.mark.parametrize("text", ['{"celsius": 12}', '```json\n{"celsius": 12}\n```', ' {"celsius":12} '])
def test_json_that_fits_is_a_value_fenced_or_not(text: str) -> None:
    assert value_of(Weather, said(text)) == Weather(celsius=12)


@pytest.mark.parametrize("text", ["", "It is 12 °C.", '{"celsius": "warm"}', "{}", '{"celsius": 12'])
def test_what_is_no_value_is_told_to_the_model_with_what_is_wrong(text: str) -> None:
    request = wanting(REQUEST, Weather)
    with pytest.raises(OutputInvalid) as wrong:
        value_of(Weather, said(text))

    again = corrected(request, said(text), wrong.value)

    assert (request.output, again.output) == (Weather.model_json_schema(), Weather.model_json_schema())
    question, answer, told = again.messages
    assert (question, isinstance(answer, AssistantMessage)) == (REQUEST.messages[0], True)
    assert isinstance(told, UserMessage)
    assert wrong.value.message in told.text
