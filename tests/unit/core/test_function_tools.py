"""A typed function as a tool: what the model is told, what is checked, what is answered."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from taskforce.core.documents import JsonObject
from taskforce.core.function_tools import FunctionTool, tool
from taskforce.core.tools import (
    NoTool,
    Risk,
    ToolContext,
    ToolEffect,
    ToolFailed,
    ToolResult,
    tools_in,
)

HERE = ToolContext(workspace=Path("here"), idempotency_key="job/call")


class Parcel(BaseModel):
    """Something to send."""

    kilos: float = Field(gt=0)


@tool
def shipping_cost(country: str, parcels: list[Parcel], *, express: bool = False) -> float:
    """Say what it costs
    to send parcels.

    More for those who read the code.

    Args:
        country (str): Two letters,
            such as CH.
        parcels: What is sent: at least one.
        express: Whether it is urgent.

    Returns:
        The price.
    """
    return sum(parcel.kilos for parcel in parcels) * (2 if express else 1) + len(country)


@tool(name="look-up", risk="read", effect="pure", parallel=True)
async def look_up(
    key: Annotated[str, Field(description="The key.", min_length=1)], context: ToolContext
) -> str:
    """Look something up."""
    await asyncio.sleep(0)
    return f"{key} in {context.workspace}"


async def run(called: FunctionTool[..., Any], **arguments: Any) -> ToolResult:  # noqa: ANN401 - any JSON
    return await called.run(called.check(arguments), HERE)


def test_the_model_is_told_what_signature_and_docstring_say() -> None:
    spec = shipping_cost.spec
    schema: Any = spec.parameters
    assert (spec.name, spec.description) == ("shipping_cost", "Say what it costs to send parcels.")
    assert {name: field["description"] for name, field in schema["properties"].items()} == {
        "country": "Two letters, such as CH.",
        "parcels": "What is sent: at least one.",
        "express": "Whether it is urgent.",
    }
    assert (schema["required"], schema["additionalProperties"]) == (["country", "parcels"], False)
    assert schema["properties"]["express"]["default"] is False
    assert "title" in schema
    assert "description" not in schema


def test_left_out_risk_and_effect_are_the_careful_ones() -> None:
    spec = shipping_cost.spec
    assert (spec.risk, spec.effect, spec.parallel) == (Risk.EXECUTE, ToolEffect.ONCE, False)


def test_options_and_an_annotations_own_description_count() -> None:
    spec = look_up.spec
    schema: Any = spec.parameters
    assert (spec.name, spec.risk, spec.effect, spec.parallel) == (
        "look-up",
        Risk.READ,
        ToolEffect.PURE,
        True,
    )
    assert schema["properties"].keys() == {"key"}
    assert schema["properties"]["key"]["description"] == "The key."


def test_it_stays_a_function() -> None:
    assert shipping_cost("CH", [Parcel(kilos=2)], express=True) == 6
    assert asyncio.run(look_up("a", HERE)) == "a in here"
    assert (shipping_cost.__name__, look_up.__doc__) == ("shipping_cost", "Look something up.")


async def test_arguments_reach_it_as_their_types_and_the_answer_is_json() -> None:
    answer = await run(shipping_cost, country="CH", parcels=[{"kilos": 2}, {"kilos": 1}])
    assert (answer.content, answer.failed) == ("5.0", False)


async def test_an_async_one_is_awaited_and_given_its_context() -> None:
    assert (await run(look_up, key="a")).content == "a in here"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "country: Field required"),
        ({"country": "CH", "parcels": [{"kilos": 0}]}, "parcels.0.kilos: Input should be greater than 0"),
        ({"country": "CH", "parcels": [], "weight": 1}, "weight: Extra inputs are not permitted"),
        ({"country": "CH", "parcels": [], "context": {}}, "context: Extra inputs"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(arguments: JsonObject, told: str) -> None:
    with pytest.raises(ToolFailed, match=told) as refused:
        shipping_cost.check(arguments)
    assert str(refused.value).endswith("It takes: country, parcels, express (optional).")


async def test_a_sync_one_runs_in_a_thread_of_its_own() -> None:
    @tool
    def where() -> bool:
        """Say where it runs."""
        return threading.current_thread() is threading.main_thread()

    assert (await run(where)).content == "false"
    assert where.spec.fields == "It takes: nothing."


@dataclass
class Due:
    day: date


@pytest.mark.parametrize(
    ("returned", "content"),
    [
        ("text", "text"),
        (None, "null"),
        ({"a": [1, "ä"]}, '{"a":[1,"ä"]}'),
        (Parcel(kilos=1), '{"kilos":1.0}'),
        (Due(date(2026, 1, 2)), '{"day":"2026-01-02"}'),
        (ToolResult(content="as it is", failed=True), "as it is"),
    ],
)
async def test_what_is_returned_is_shown(returned: object, content: str) -> None:
    @tool
    def give() -> object:
        """Give it."""
        return returned

    answer = await run(give)
    assert (answer.content, answer.failed) == (content, isinstance(returned, ToolResult))


async def test_pydantics_own_words_may_be_parameters() -> None:
    @tool
    def odd(json: int, model_config: int, copy: Literal["a", "b"], _private: int = 1) -> int:
        """Be odd."""
        return json + model_config + len(copy) + _private

    assert (await run(odd, json=1, model_config=2, copy="a")).content == "5"


def untyped(a) -> str:  # type: ignore[no-untyped-def] # noqa: ANN001 - that is what is tested
    """Take anything."""
    return str(a)


def many(*names: str) -> str:
    """Take many."""
    return "".join(names)


def words(**names: str) -> str:
    """Take many."""
    return "".join(names)


def placed(a: int, /) -> int:
    """Take a place."""
    return a


def silent(a: int) -> int:
    return a


def strange(a: threading.Lock) -> None:
    """Take a lock."""


def shapeless(a: Callable[[], int]) -> int:
    """Take a function."""
    return a()


def unknown(a: "Nowhere") -> None:  # type: ignore[name-defined] # noqa: F821 - that is what is tested
    """Take what nobody knows."""


def misdescribed(a: int) -> int:
    """Take one.

    Args:
        b: Another.
    """
    return a


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (untyped, "untyped cannot be a tool: the parameter a has no annotation"),
        (many, r"a model cannot fill \*names: str"),
        (words, r"a model cannot fill \*\*names: str"),
        (placed, "a is positional-only"),
        (silent, "it has no docstring"),
        (strange, "Unable to generate pydantic-core schema"),
        (shapeless, "Cannot generate a JsonSchema"),
        (unknown, "'Nowhere' is not defined"),
        (misdescribed, "its docstring describes b, which it does not take"),
    ],
)
def test_what_cannot_be_a_tool_says_why(function: Callable[..., Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        tool(function)


def test_a_name_that_providers_refuse_and_an_unknown_risk_are_told() -> None:
    with pytest.raises(TypeError, match="letters, digits, _ and -"):
        tool(name="look up")(_well)
    with pytest.raises(ValueError, match="harmless"):
        tool(risk="harmless")(_well)


def _well(a: int) -> int:
    """Be well."""
    return a


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (shipping_cost, ["shipping_cost"]),
        ([shipping_cost, (look_up,)], ["shipping_cost", "look-up"]),
        ({"any": look_up}, ["look-up"]),
    ],
)
def test_tools_are_given_one_by_one_or_together(given: object, names: list[str]) -> None:
    assert [found.spec.name for found in tools_in(given)] == names


@pytest.mark.parametrize(
    ("given", "told"),
    [(_well, "Decorate it with @taskforce.tool"), (FunctionTool, "Give an instance"), (3, "3 is no tool")],
)
def test_what_is_no_tool_is_told(given: object, told: str) -> None:
    with pytest.raises(NoTool, match=told):
        tools_in([given])
