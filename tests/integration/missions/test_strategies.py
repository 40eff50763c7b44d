"""The strategies that profiles name: ours, those of plugins, and what is told of those there are not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from taskforce.core.missions.errors import ProfileInvalid, StrategyNotFound
from taskforce.core.missions.plan_and_execute import PlanAndExecute
from taskforce.core.missions.strategy import React
from taskforce.core.plugins import Plugin, PluginBroken
from taskforce.infrastructure.missions.strategies import OfferedStrategies
from taskforce.infrastructure.missions.yaml_profiles import YamlProfiles


class Twice(React):
    """Somebody else's."""


class Dear(React):
    """One that cannot be made from nothing."""

    def __init__(self, price: int) -> None:
        self.price = price


def a_plugin(name: str = "twice", load: Callable[[], object] = lambda: Twice) -> Plugin:
    return Plugin(name=name, title=f"shop 1.0 ({name})", load=load)


def strategies(*plugins: Plugin) -> OfferedStrategies:
    return OfferedStrategies(plugins=lambda: plugins)


def never() -> Sequence[Plugin]:
    raise AssertionError("no plugin is wanted")


def test_ours_are_found_without_looking_for_plugins() -> None:
    ours = OfferedStrategies(plugins=never)
    assert isinstance(ours.get("react"), React)
    assert isinstance(ours.get("plan_and_execute"), PlanAndExecute)
    assert ours.knows("react")


def test_a_plugins_class_or_object_is_a_strategy_and_made_once() -> None:
    found = strategies(a_plugin(), a_plugin("made", load=Twice))
    assert isinstance(found.get("twice"), Twice)
    assert found.get("twice") is found.get("twice")
    assert isinstance(found.get("made"), Twice)
    assert found.names() == ["made", "plan_and_execute", "react", "twice"]
    assert [(one.gives, one.broken) for one in found.plugged()] == [(("twice",), None), (("made",), None)]


def test_one_that_nobody_gives_is_told_with_those_there_are() -> None:
    with pytest.raises(StrategyNotFound, match=r"'thrice'\. Known are: plan_and_execute, react, twice"):
        strategies(a_plugin()).get("thrice")


def broken() -> object:
    raise PluginBroken("shop 1.0", "loading it raised ImportError: nowhere")


@pytest.mark.parametrize(
    ("load", "problem"),
    [
        (broken, "loading it raised ImportError"),
        (lambda: 42, "42 is no strategy"),
        (lambda: Dear, "making it raised TypeError"),
    ],
)
def test_one_that_cannot_be_used_is_named_and_harms_no_other(
    load: Callable[[], object], problem: str
) -> None:
    found = strategies(a_plugin("bad", load), a_plugin())
    with pytest.raises(PluginBroken, match=problem):
        found.get("bad")
    assert found.knows("bad")
    assert isinstance(found.get("twice"), Twice)
    assert [one.broken is None for one in found.plugged()] == [False, True]


def test_a_name_that_is_taken_is_broken() -> None:
    other = replace(a_plugin(), title="rival 2.0")
    assert all(one.broken for one in strategies(a_plugin(), other).plugged())
    ours = strategies(a_plugin("react"))
    assert [one.broken is None for one in ours.plugged()] == [False]
    assert isinstance(ours.get("react"), React)


def test_a_profile_names_a_plugins_strategy_and_nothing_is_loaded_for_it(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("extends: dev\nstrategy: bad\n")
    profiles = YamlProfiles([tmp_path], strategies=strategies(a_plugin("bad", broken)))
    assert profiles.get("one").strategy == "bad"


def test_a_strategy_that_is_not_there_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("extends: dev\n\nstrategy: plan_and_exceute\n")
    (tmp_path / "heir.yaml").write_text("extends: one\ntools: []\n")
    profiles = YamlProfiles([tmp_path], strategies=strategies())
    for name in ("one", "heir"):
        with pytest.raises(ProfileInvalid, match=r"one.yaml:3: strategy: There is no strategy 'plan_and_exc"):
            profiles.get(name)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("crash: perhaps\n", r"one.yaml:2: crash: Input should be 'ask', 'repeat' or 'skip'"),
        ("approval: {write: auto_in_sandbox}\n", r"one.yaml:2: approval.write: .* for execute alone"),
        ("approval:\n  execute: sandbox\n", r"one.yaml:3: approval.execute: Input should be"),
        ("strategy: [react]\n", r"one.yaml:2: strategy: Input should be a valid string"),
    ],
)
def test_what_is_no_ruling_is_told_with_file_and_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "one.yaml").write_text(f"extends: dev\n{text}")
    with pytest.raises(ProfileInvalid, match=problem):
        YamlProfiles([tmp_path], strategies=strategies()).get("one")
