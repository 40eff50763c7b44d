"""Signed addresses, secrets and actions, each by its own."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from taskforce.core.errors import Invalid
from taskforce.core.pipelines.actions import ActionWork, AskedAction, StepAction, UnknownAction
from taskforce.core.pipelines.errors import AddressOver
from taskforce.core.plugins import Plugin, PluginBroken
from taskforce.infrastructure.pipelines.offered_actions import OfferedActions
from taskforce.infrastructure.pipelines.secrets import EnvironmentSecrets
from taskforce.infrastructure.pipelines.signed_urls import SignedLogLinks
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON

KEY = "pipeline-runs/1/logs/build/app/a b.log"


def links(folder: Path, clock: SetClock) -> SignedLogLinks:
    return SignedLogLinks(folder / "signing.key", clock, new_key=os.urandom)


def said(link: str) -> tuple[int, str]:
    query = parse_qs(urlsplit(link).query)
    return int(query["expires"][0]), query["signature"][0]


def test_a_signed_address_holds_for_an_hour_and_for_its_log_alone(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    made = links(tmp_path, clock)
    link = made.link(KEY)
    assert link.startswith("/v1/logs/pipeline-runs/1/logs/build/app/a%20b.log?")
    expires, signature = said(link)
    again = links(tmp_path, clock)  # another process of the same home
    again.check(KEY, expires=expires, signature=signature)
    for key, end in ((KEY + "x", expires), (KEY, expires + 1)):
        with pytest.raises(AddressOver):
            again.check(key, expires=end, signature=signature)
    clock.pass_(seconds=3_600)
    again.check(KEY, expires=expires, signature=signature)
    clock.pass_(seconds=900)
    with pytest.raises(AddressOver):
        again.check(KEY, expires=expires, signature=signature)


def test_the_key_of_a_home_is_its_own_and_its_owners(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    first, other = links(tmp_path / "a", clock), links(tmp_path / "b", clock)
    assert said(first.link(KEY)) != said(other.link(KEY))
    assert stat.S_IMODE((tmp_path / "a" / "signing.key").stat().st_mode) == 0o600
    assert list((tmp_path / "a").iterdir()) == [tmp_path / "a" / "signing.key"]


def test_secrets_are_variables_and_never_our_own() -> None:
    known = {"TOKEN": "correct horse", "TASKFORCE_HOME": "x", "OPENAI_API_KEY": "y", "EMPTY": ""}
    secrets = EnvironmentSecrets(known.get, withheld=["OPENAI_API_KEY"], prefix="TASKFORCE_")
    assert secrets.values(["TOKEN"]) == {"TOKEN": "correct horse"}
    for name in ("TASKFORCE_HOME", "OPENAI_API_KEY", "EMPTY", "NOTHING"):
        with pytest.raises(Invalid, match=name) as refused:
            secrets.values(["TOKEN", name])
        assert "horse" not in refused.value.message
    assert secrets.known([*known, "NOTHING"]) == {"TOKEN": "correct horse"}


class Nod(StepAction):
    name: ClassVar[str] = "nod"

    async def prepare(self, asked: AskedAction) -> ActionWork:
        return ActionWork(kind="nod", input={})


def a_plugin(name: str, gives: object) -> Plugin:
    return Plugin(name=name, title=f"{name} 1.0", load=lambda: gives)


def offered(*plugins: Plugin) -> OfferedActions:
    def find() -> Sequence[Plugin]:
        return plugins

    return OfferedActions({"mission": Nod}, plugins=find)


def test_actions_are_ours_or_a_plugins() -> None:
    actions = offered(a_plugin("wave", Nod))
    assert isinstance(actions.get("mission"), Nod)
    assert actions.get("wave") is actions.get("wave")
    assert actions.get("wave").changes(ActionWork(kind="nod", input={})) == ()
    with pytest.raises(UnknownAction, match="mission, wave"):
        actions.get("other")
    (report,) = actions.plugged()
    assert (report.gives, report.broken) == (("wave",), None)


@pytest.mark.parametrize(
    "plugins",
    [
        [a_plugin("wave", object())],
        [a_plugin("wave", int)],
        [a_plugin("wave", Nod), a_plugin("wave", Nod)],
        [a_plugin("command", Nod)],
        [a_plugin("mission", Nod)],
    ],
)
def test_a_plugin_that_gives_no_action_or_takes_a_name_is_broken(plugins: list[Plugin]) -> None:
    report = offered(*plugins).plugged()[0]
    assert isinstance(report.broken, PluginBroken)
