"""All tools that missions may use: each name has one, and a broken plugin harms those alone that need it."""

import pytest

from taskforce.core.function_tools import tool
from taskforce.core.missions.errors import ToolNameTaken, ToolNotFound
from taskforce.core.plugins import Plugin, PluginBroken
from taskforce.core.tools import NoTool
from taskforce.infrastructure.missions.offered import OfferedTools
from taskforce.infrastructure.missions.toolbox import BuiltinTools


@tool
def weigh(kilos: float) -> float:
    """Weigh it."""
    return kilos


@tool(name="grep")
def other_grep(text: str) -> str:
    """Search elsewhere."""
    return text


def a_plugin(*given: object, title: str = "shop 1.0") -> Plugin:
    return Plugin(name="any", title=title, load=lambda: given)


def a_broken_plugin() -> Plugin:
    def load() -> object:
        raise PluginBroken("bad 1.0", "loading it raised ImportError")

    return Plugin(name="bad", title="bad 1.0", load=load)


def offered(*plugins: Plugin, given: tuple[object, ...] = ()) -> OfferedTools:
    return OfferedTools(BuiltinTools(), given=given, plugins=lambda: plugins)


def never() -> list[Plugin]:
    raise AssertionError("nobody needs a plugin")


def test_tools_that_are_given_and_those_of_plugins_are_found_by_name() -> None:
    tools = offered(a_plugin(weigh))
    assert tools.chosen(("grep", "weigh"))["weigh"] is weigh
    assert {"grep", "weigh"} <= tools.tools().keys()
    assert offered(given=(weigh,)).chosen(("weigh",))["weigh"] is weigh


def test_no_plugin_is_looked_for_while_all_names_are_known() -> None:
    tools = OfferedTools(BuiltinTools(), given=[weigh], plugins=never)
    assert tools.chosen(("grep", "planner", "weigh"))["weigh"] is weigh


def test_a_broken_plugin_is_told_to_whom_a_tool_is_missing_and_to_nobody_else() -> None:
    tools = offered(a_broken_plugin(), a_plugin(weigh))
    assert "weigh" in tools.chosen(("grep", "weigh"))
    assert "weigh" in tools.tools()
    with pytest.raises(PluginBroken, match=r"bad 1\.0"):
        tools.chosen(("grep", "missing"))
    assert [(report.title, report.gives, report.broken is None) for report in tools.plugged()] == [
        ("bad 1.0", (), False),
        ("shop 1.0", ("weigh",), True),
    ]


def test_a_name_that_nobody_has_is_told_with_those_there_are() -> None:
    with pytest.raises(ToolNotFound, match=r"'missing', and there is none here.* planner.* weigh"):
        offered(a_plugin(weigh)).chosen(("grep", "missing"))


@pytest.mark.parametrize("given", [(other_grep,), (weigh, weigh)])
def test_a_name_is_given_once(given: tuple[object, ...]) -> None:
    with pytest.raises(ToolNameTaken, match="the one that Taskforce was opened with"):
        offered(given=given)


def test_what_is_given_and_is_no_tool_is_refused() -> None:
    with pytest.raises(NoTool, match="Decorate it"):
        offered(given=(never,))


@pytest.mark.parametrize(
    ("plugin", "told"),
    [
        (a_plugin(other_grep), "named 'grep', which is the name of Taskforce's own too"),
        (a_plugin(weigh, weigh), "named 'weigh', which is the name of another of its own too"),
        (a_plugin(never), "Decorate it with @taskforce.tool"),
    ],
)
def test_a_plugin_that_takes_a_name_or_gives_no_tool_is_broken(plugin: Plugin, told: str) -> None:
    tools = offered(plugin)
    (report,) = tools.plugged()
    assert report.broken
    assert told in report.broken.message
    assert tools.tools()["grep"] is not other_grep


def test_two_plugins_of_one_name_are_both_named() -> None:
    tools = offered(a_plugin(weigh), a_plugin(weigh, title="mart 2.0"))
    with pytest.raises(PluginBroken, match=r"shop 1\.0 .*'weigh', and so has mart 2\.0"):
        tools.chosen(("weigh",))
    assert all(report.broken for report in tools.plugged())


def test_plugins_are_loaded_once() -> None:
    loaded: list[str] = []

    def load() -> object:
        loaded.append("shop 1.0")
        return [weigh]

    tools = offered(Plugin(name="any", title="shop 1.0", load=load))
    tools.tools()
    tools.chosen(("weigh",))
    assert len(loaded) == 1
