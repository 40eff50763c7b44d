import pytest

from taskforce.core.missions.errors import ToolServerUnfit
from taskforce.core.missions.mcp_servers import McpServer, ToolTerms
from taskforce.core.missions.served import ListedTool, served
from taskforce.core.tools import Risk, ToolEffect, ToolSpec

LOOK = ListedTool(name="look", parameters={"type": "object"}, reads_only=True)
SET = ListedTool(name="set", parameters={"type": "object"}, is_repeatable=True)
BUY = ListedTool(name="buy", description=" Buys. ", parameters={"type": "object"})


def specs(**said: object) -> dict[str, ToolSpec]:
    said = said if "url" in said else {"command": "shop", **said}
    listing = served("shop", McpServer.model_validate(said), [LOOK, SET, BUY])
    return {tool.name: tool.spec for tool in listing.tools}


def terms(**said: object) -> dict[str, tuple[Risk, ToolEffect, bool]]:
    return {name: (spec.risk, spec.effect, spec.parallel) for name, spec in specs(**said).items()}


def test_what_a_server_says_of_its_tools_changes_nothing_by_itself() -> None:
    assert set(terms().values()) == {(Risk.EXECUTE, ToolEffect.ONCE, False)}
    assert set(terms(url="http://shop").values()) == {(Risk.NETWORK, ToolEffect.ONCE, False)}


def test_a_trusted_servers_annotations_make_its_tools_milder() -> None:
    assert terms(trust_annotations=True) == {
        "look": (Risk.READ, ToolEffect.PURE, True),
        "set": (Risk.EXECUTE, ToolEffect.IDEMPOTENT, False),
        "buy": (Risk.EXECUTE, ToolEffect.ONCE, False),
    }


def test_the_profile_has_the_last_word() -> None:
    careful = {"look": {"risk": "network", "effect": "once"}, "buy": {"effect": "pure"}}
    assert terms(trust_annotations=True, risk="write", effect="idempotent", per_tool=careful) == {
        "look": (Risk.NETWORK, ToolEffect.ONCE, False),
        "set": (Risk.WRITE, ToolEffect.IDEMPOTENT, False),
        "buy": (Risk.WRITE, ToolEffect.PURE, True),
    }


def test_a_list_of_tools_leaves_out_the_others() -> None:
    assert list(specs(tools=["buy", "look"])) == ["look", "buy"]
    assert specs(tools=[]) == {}


@pytest.mark.parametrize("said", [{"tools": ["bye"]}, {"per_tool": {"bye": ToolTerms()}}])
def test_a_tool_that_the_server_has_not_is_named(said: dict[str, object]) -> None:
    with pytest.raises(ToolServerUnfit, match=r"'bye'\. Its tools are: look, set, buy\."):
        specs(**said)


def test_a_tool_without_words_is_told_by_its_name() -> None:
    assert specs()["look"].description == "The tool look of shop."
    assert specs()["buy"].description == "Buys."


def test_names_become_what_providers_take() -> None:
    odd = ListedTool(name="find/all.äöü", parameters={})
    (tool,) = served("my-shop", McpServer(command="x"), [odd]).tools
    assert (tool.name, tool.spec.name) == ("find/all.äöü", "my-shop__find_all____")


def test_a_long_description_is_cut() -> None:
    talker = ListedTool(name="talk", description="x" * 10_000, parameters={})
    (tool,) = served("shop", McpServer(command="x"), [talker]).tools
    assert len(tool.spec.description) == 4_000
