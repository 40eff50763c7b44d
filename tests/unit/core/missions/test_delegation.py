"""What an agent may that a mission calls: the stricter of both, and what is left."""

import pytest

from taskforce.core.identity import SessionId
from taskforce.core.jobs.budget import Limits, Spent
from taskforce.core.missions.controls import CallAgent
from taskforce.core.missions.delegation import MOST_DEPTH, delegated, kept_to, narrowed
from taskforce.core.missions.mcp_servers import McpServer
from taskforce.core.missions.profile import Approval, Decision, OnCrash, Profile
from taskforce.core.missions.routing import ChosenModel
from taskforce.core.missions.task import MissionTask, suited
from taskforce.core.tools import Sandbox

AUTO, ASK, DENY = Decision.AUTO, Decision.ASK, Decision.DENY
MODEL = ChosenModel(name="listed", chosen_by="profile")


def a_caller(depth: int = 0) -> MissionTask:
    profile = Profile(name="caller", tools=("note", "look", "call_agent"))
    return MissionTask(
        session_id=SessionId("s"),
        mission="Do it",
        model="m",
        profile=profile,
        workspace="/w",
        limits=Limits(),
        depth=depth,
    )


def with_shop(**said: object) -> Profile:
    server = McpServer.model_validate({"command": "shop", **said})
    return Profile(name="a", mcp_servers={"shop": server})


@pytest.mark.parametrize(
    ("mine", "callers", "held"),
    [
        ({}, {}, None),
        ({"tools": ["buy"]}, {}, ("buy",)),
        ({"tools": []}, {}, ()),
        ({}, {"tools": ["look"]}, ("look",)),
        ({"tools": ["buy", "look"]}, {"tools": ["look", "sell"]}, ("look",)),
    ],
)
def test_of_a_server_that_both_name_the_tools_are_shared_that_both_name(
    mine: dict[str, object], callers: dict[str, object], held: tuple[str, ...] | None
) -> None:
    assert narrowed(with_shop(**mine), with_shop(**callers)).mcp_servers["shop"].tools == held


def test_a_server_on_other_terms_than_the_callers_is_left_out() -> None:
    assert narrowed(with_shop(risk="read"), with_shop()).mcp_servers == {}
    assert narrowed(with_shop(args=["x"]), with_shop()).mcp_servers == {}
    assert narrowed(with_shop(), Profile(name="b")).mcp_servers == {}


@pytest.mark.parametrize(
    ("mine", "callers", "held"),
    [(AUTO, ASK, ASK), (ASK, AUTO, ASK), (DENY, ASK, DENY), (AUTO, DENY, DENY), (AUTO, AUTO, AUTO)],
)
def test_of_two_decisions_the_stricter_holds(mine: Decision, callers: Decision, held: Decision) -> None:
    profile = Profile(name="a", approval=Approval(network=mine))
    caller = Profile(name="b", approval=Approval(network=callers))
    assert narrowed(profile, caller).approval.network is held


@pytest.mark.parametrize(
    ("mine", "callers", "held"),
    [("auto", "auto_in_sandbox", "auto_in_sandbox"), ("auto_in_sandbox", "ask", "ask")],
)
def test_a_sandbox_is_stricter_than_none_and_laxer_than_a_person(mine: str, callers: str, held: str) -> None:
    profile = Profile(name="a", approval=Approval(execute=Decision(mine)))
    caller = Profile(name="b", approval=Approval(execute=Decision(callers)))
    assert narrowed(profile, caller).approval.execute.value == held


def test_an_agent_has_the_tools_and_skills_that_both_have() -> None:
    profile = Profile(name="a", tools=("run", "look", "note"), skills=None)
    caller = Profile(name="b", tools=("note", "look"), skills=("one",))
    allowed = narrowed(profile, caller)
    assert (allowed.tools, allowed.skills) == (("look", "note"), ("one",))
    assert narrowed(caller, profile).skills == ("one",)
    assert narrowed(profile.model_copy(update={"skills": ("two",)}), caller).skills == ()


def test_an_agents_walls_are_at_least_its_callers() -> None:
    lax = Profile(name="a", sandbox=Sandbox(network=True))
    strict = Profile(name="b", sandbox=Sandbox(required=True))
    walls = Sandbox(network=False, required=True)
    assert narrowed(lax, strict).sandbox == narrowed(strict, lax).sandbox == walls


def test_an_agents_programs_read_what_both_name() -> None:
    one = Profile(name="a", sandbox=Sandbox(readable=("/opt/a", "/opt/b")))
    other = Profile(name="b", sandbox=Sandbox(readable=("/opt/b",)))
    assert narrowed(one, other).sandbox.readable == narrowed(other, one).sandbox.readable == ("/opt/b",)


@pytest.mark.parametrize(
    ("mine", "callers", "held"),
    [("repeat", "ask", "ask"), ("skip", "repeat", "skip"), ("repeat", "repeat", "repeat")],
)
def test_of_two_rulings_on_crashes_the_more_careful_holds(mine: str, callers: str, held: str) -> None:
    profile = Profile(name="a", crash=OnCrash(mine))
    assert narrowed(profile, Profile(name="b", crash=OnCrash(callers))).crash.value == held


@pytest.mark.parametrize(
    ("model", "tools", "strategy"),
    [
        ("openai:m", ("planner", "look"), "plan_and_execute"),
        ("local:planner", ("planner", "look"), "react"),
        ("openai:m", ("look",), "react"),
    ],
)
def test_a_strategy_that_cannot_be_followed_gives_way(
    model: str, tools: tuple[str, ...], strategy: str
) -> None:
    profile = Profile(name="a", tools=tools, strategy="plan_and_execute")
    assert suited(profile, model=model).strategy == strategy
    caller = a_caller().model_copy(update={"profile": profile.model_copy(update={"tools": tools})})
    chosen = ChosenModel(name=model, chosen_by="profile")
    task = delegated(caller, CallAgent(mission="Do"), profile, model=chosen, left=Limits())
    assert task.profile.strategy == strategy


def test_an_agent_works_in_its_callers_place_within_what_is_left() -> None:
    caller = a_caller()
    profile = Profile(name="other", tools=("look", "run"), limits=Limits(steps=9, tokens=50))
    task = delegated(
        caller, CallAgent(mission="A part"), profile, model=MODEL, left=Limits(steps=20, tokens=7, cost=0.5)
    )
    assert (task.session_id, task.workspace, task.mission) == (caller.session_id, caller.workspace, "A part")
    assert task.limits == Limits(steps=9, tokens=7, cost=0.5)
    assert (task.profile.name, task.profile.tools, task.depth) == ("other", ("look",), 1)
    assert (task.model, task.model_from) == ("listed", "profile")


@pytest.mark.parametrize(
    ("listed", "allowed", "held"),
    [
        (None, {"shop__buy", "shops__sell"}, ("buy",)),
        (("buy", "sell"), {"shop__sell", "buy"}, ("sell",)),
        (None, {"buy"}, None),
        (("buy",), {"shop__sell"}, None),
    ],
)
def test_what_an_active_skill_allows_bounds_its_callers_tools(
    listed: tuple[str, ...] | None, allowed: set[str], held: tuple[str, ...] | None
) -> None:
    caller = a_caller()
    server = McpServer(command="shop", tools=listed)
    tools = ("note", "look", "call_agent", "planner")
    profile = Profile(name="caller", tools=tools, mcp_servers={"shop": server})
    caller = caller.model_copy(update={"profile": profile})
    kept = kept_to(caller, {"look", "call_agent", *allowed}).profile
    assert kept.tools == ("look", "call_agent", "planner")
    assert {name: one.tools for name, one in kept.mcp_servers.items()} == ({"shop": held} if held else {})


def test_the_deepest_agent_calls_no_other() -> None:
    for depth in range(MOST_DEPTH):
        caller = a_caller(depth)
        task = delegated(caller, CallAgent(mission="x"), caller.profile, model=MODEL, left=Limits())
        assert ("call_agent" in task.profile.tools) == (task.depth < MOST_DEPTH)


def test_what_is_left_is_divided() -> None:
    limits = Limits(steps=10, tokens=100, cost=1.0, seconds=None)
    left = limits.left_after(Spent(steps=3, tokens=40, cost=0.25, seconds=9))
    assert left == Limits(steps=7, tokens=60, cost=0.75)
    assert left.shared_by(2) == Limits(steps=3, tokens=30, cost=0.375)
    assert left.shared_by(8) is None
    assert limits.left_after(Spent(tokens=100)) is None
