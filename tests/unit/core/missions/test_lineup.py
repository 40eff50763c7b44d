"""Who is asked next: each model its tries, then the next one, then nobody."""

import pytest

from taskforce.core.missions.errors import ModelQuotaSpent, ModelUnavailable, NoModelLeft
from taskforce.core.missions.lineup import Lineup

AWAY = ModelUnavailable("model", "it is busy.")


def asked_until_the_end(lineup: Lineup, away: ModelUnavailable) -> list[tuple[str, bool]]:
    """Return who was asked, and whether after a pause, as long as nobody answers."""
    asked, is_after_pause = [], False
    while True:
        asked.append((lineup.name, is_after_pause))
        try:
            is_after_pause = lineup.is_to_try_again(away)
        except NoModelLeft:
            return asked


def test_each_has_its_tries_and_who_stands_in_begins_at_once() -> None:
    assert asked_until_the_end(Lineup(["one", "two"], tries=2), AWAY) == [
        ("one", False),
        ("one", True),
        ("two", False),
        ("two", True),
    ]


def test_an_account_that_is_used_up_is_not_tried_again() -> None:
    spent = ModelQuotaSpent("model", "its account is used up.")
    assert asked_until_the_end(Lineup(["one", "two"], tries=3), spent) == [("one", False), ("two", False)]


def test_when_nobody_is_left_the_last_ones_words_are_told() -> None:
    with pytest.raises(NoModelLeft, match="The model model did not answer: it is busy"):
        Lineup(["one"], tries=1).is_to_try_again(AWAY)
