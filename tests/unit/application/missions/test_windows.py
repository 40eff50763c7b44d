"""Which budget of tokens a mission gets: its profile's, else the smallest window of its models."""

from typing import Any

import pytest

from taskforce.application.missions.choosing import ModelChooser
from taskforce.core.missions.profile import ContextSettings, ModelSettings
from taskforce.core.missions.routing import Role
from taskforce.core.missions.task import MissionTask
from tests.unit.application.missions.cast import ListedModel, a_task, a_task_with

WINDOWS = {"large": 200_000, "small": 30_000}


class Windowed(ListedModel):
    """Knows how much some models take in."""

    def window(self, name: str) -> int | None:
        return WINDOWS.get(name)


def budget_of(task: MissionTask, model: str = "large") -> int | None:
    chooser = ModelChooser(models=Windowed([]), setting=None)
    return chooser.within_windows(task.model_copy(update={"model": model})).context_tokens


@pytest.mark.parametrize(
    ("changes", "budget"),
    [
        ({}, 200_000 - ModelSettings().max_tokens),
        ({"fallbacks": ("unheard-of",)}, 200_000 - ModelSettings().max_tokens),
        ({"fallbacks": ("small",)}, 15_000),
        ({"roles": {Role.SUMMARISING: "small"}}, 15_000),
        ({"context": ContextSettings(tokens=5_000)}, 5_000),
    ],
)
def test_a_request_leaves_room_for_the_reply(changes: dict[str, Any], budget: int) -> None:
    assert budget_of(a_task_with(**changes)) == budget


def test_where_nobody_knows_a_window_all_is_shown() -> None:
    assert budget_of(a_task(), model="unheard-of") is None


def test_rules_read_all_that_there_is() -> None:
    assert budget_of(a_task_with(context=ContextSettings(tokens=5_000)), model="local:planner") is None
