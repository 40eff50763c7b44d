"""Programs that plugins give: loaded when a job is of their kind."""

from collections.abc import Callable
from typing import ClassVar

import pytest

from taskforce.application.jobs.repertoire import Repertoire
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.plugins import Plugin, PluginBroken


class Sums(Program):
    kind: ClassVar[str] = "sums"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        return {}


class Hasty(Sums):
    def __init__(self) -> None:
        raise RuntimeError("not today")


def a_plugin(load: Callable[[], object], *, name: str = "sums", title: str = "shop 1.0") -> Plugin:
    return Plugin(name=name, title=title, load=load)


def broken() -> object:
    raise PluginBroken("bad 1.0", "loading it raised ImportError")


def test_a_kind_is_known_before_its_plugin_is_loaded() -> None:
    loaded: list[str] = []

    def load() -> object:
        loaded.append("sums")
        return Sums

    programs = Repertoire({"own": Sums}, plugins=lambda: [a_plugin(load)])

    assert ([*programs], len(programs), "sums" in programs, loaded) == (["own", "sums"], 2, True, [])
    assert programs["sums"] is programs["sums"]
    assert loaded == ["sums"]
    assert "other" not in programs
    assert programs.get("other") is None


def test_a_broken_plugin_is_told_when_its_kind_is_asked_for_and_not_before() -> None:
    programs = Repertoire({"own": Sums}, plugins=lambda: [a_plugin(broken)])

    assert programs["own"].kind == "sums"
    with pytest.raises(PluginBroken, match=r"bad 1\.0"):
        programs["sums"]
    assert [(report.title, report.gives) for report in programs.plugged()] == [("shop 1.0", ())]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (3, "3 is no program"),
        (Hasty, "making it raised RuntimeError: not today"),
        (type("Other", (Sums,), {"kind": "other"}), "its kind is 'other'"),
    ],
)
def test_what_is_no_program_of_that_kind_is_told(given: object, told: str) -> None:
    programs = Repertoire({}, plugins=lambda: [a_plugin(lambda: given)])
    with pytest.raises(PluginBroken, match=told):
        programs["sums"]


def test_a_plugin_takes_no_kind_from_others() -> None:
    guest = Sums()
    programs = Repertoire({}, [guest], plugins=lambda: [a_plugin(Sums)])
    (report,) = programs.plugged()
    assert programs["sums"] is guest
    assert report.broken
    assert "'sums' has a program already" in report.broken.message


def test_two_plugins_of_one_kind_are_both_named() -> None:
    plugins = [a_plugin(Sums), a_plugin(Sums, title="mart 2.0")]
    programs = Repertoire({}, plugins=lambda: plugins)
    with pytest.raises(PluginBroken, match=r"shop 1\.0 .*mart 2\.0"):
        programs["sums"]
    assert all(report.broken for report in programs.plugged())
