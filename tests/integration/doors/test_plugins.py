"""A distribution of somebody else's gives tools and a program: command line, API and worker use them."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from taskforce import Taskforce, ToolContext, tool
from taskforce.core.missions.errors import ToolNameTaken
from taskforce.settings import Settings
from tests.integration.docs.pages import ROOT, shown
from tests.integration.doors.cli_process import call, lines, say
from tests.integration.durability.twelve_steps import script_in
from tests.integration.processes import Ended, said, script, taskforce
from tests.integration.wire import serving

SHOP = '''
from pathlib import Path

import taskforce


@taskforce.tool(risk="read")
def shipping_cost(country: str, kilos: float) -> str:
    """Say what it costs to send a parcel."""
    if country != "CH":
        raise taskforce.ToolFailed("Only CH is served.")
    return f"{kilos * 2:.2f} francs"


@taskforce.tool
async def note(text: str, context: taskforce.ToolContext) -> None:
    """Note a line."""
    (context.workspace / "notes.txt").write_text(text)


class Letters(taskforce.Program):
    kind = "letters"

    def opening(self, job):
        return taskforce.Event(type="started", message="letters")

    async def play(self, job, ctx):
        return {"letters": 1}
'''
ASKED = call("shipping_cost", country="CH", kilos=2.5)
PROFILE = "extends: dev\ntools: [shipping_cost, note, list_files]\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A folder on the path with distributions, and a home whose profile lists their tools."""

    site: Path
    home: Path

    def install(self, name: str, code: str, points: Mapping[str, str]) -> None:
        """Lay a distribution out as an installer does."""
        module = name.replace("-", "_")
        (self.site / f"{module}.py").write_text(code)
        facts = self.site / f"{module}-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        groups = (f"[{group}]\n{line}\n" for group, line in points.items())
        (facts / "entry_points.txt").write_text("\n".join(groups))

    def model(self, *turns: Mapping[str, object]) -> str:
        return f"script:{script_in(self.home.parent, *turns)}"

    def mission(self, model: str, *more: str, profile: str = "shop") -> Ended:
        workspace = self.home.parent / "work"
        workspace.mkdir(exist_ok=True)
        words = ("--profile", profile, "--model", model, "--workspace", str(workspace), "--json", *more)
        return said(self.home, "run", "mission", "Go", *words, workspace_roots=self.home.parent)

    def settings(self) -> Settings:
        return Settings(home=self.home, workers=0, workspace_roots=(self.home.parent,))


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Market:
    site, home = tmp_path / "site", tmp_path / "home"
    site.mkdir()
    (home / "profiles").mkdir(parents=True)
    (home / "profiles" / "shop.yaml").write_text(PROFILE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]))
    found = Market(site=site, home=home)
    found.install(
        "shop-tools",
        SHOP,
        {
            "taskforce.tools": "cost = shop_tools:shipping_cost\nnote = shop_tools:note",
            "taskforce.programs": "letters = shop_tools:Letters",
        },
    )
    return found


def test_the_command_line_calls_it(market: Market) -> None:
    model = market.model(ASKED, call("shipping_cost", country="XX", kilos=1), say("Done."))
    ended = market.mission(model, "--stream")
    assert ended.code == 0, ended.err
    told = [event for event in lines(ended.out) if event["event_type"] == "tool_result"]
    assert [(one["message"], one["details"]["failed"]) for one in told] == [
        ("5.00 francs", False),
        ("Only CH is served.", True),
    ]


def test_what_it_writes_is_kept_since_nothing_is_known_of_it(market: Market) -> None:
    ended = market.mission(market.model(call("note", text="one"), say("Done.")))
    assert [kept["key"].rpartition("/")[2] for kept in ended.json["artifacts"]] == ["notes.txt"]


def test_the_api_calls_it_and_lists_it(market: Market) -> None:
    body = {"mission": "Go", "profile": "shop", "model": market.model(ASKED, say("Done."))}
    with serving(market.home) as server:
        mission = server.ask("POST", "/api/v1/execute", body).body
        tools = server.ask("GET", "/api/v1/tools").body["items"]
        told = server.watch(mission["job_id"])
    assert mission["status"] == "completed"
    assert [one.data["message"] for one in told if one.type == "tool_result"] == ["5.00 francs"]
    assert {"shipping_cost", "grep", "planner"} <= {one["name"] for one in tools}


async def test_another_process_plays_it(market: Market) -> None:
    model = market.model(ASKED, say("Done."))
    async with Taskforce.open(market.settings()) as tf:
        job = await tf.missions.execute("Go", profile="shop", model=model)
        with taskforce(market.home, "worker", "--until-idle") as worker:
            ended = await asyncio.to_thread(worker.wait)
        events = [event async for event in tf.jobs.watch(job_id=job.id)]
    assert ended.code == 0, ended.err
    assert [one.message for one in events if one.event_type == "tool_result"] == ["5.00 francs"]


async def test_a_worker_plays_jobs_of_its_program(market: Market, tmp_path: Path) -> None:
    driver = tmp_path / "driver.py"
    driver.write_text(
        "import asyncio, taskforce\n"
        "from taskforce.settings import Settings\n"
        "async def main():\n"
        f"    settings = Settings(home={str(market.home)!r}, workers=0)\n"
        "    async with taskforce.Taskforce.open(settings) as tf:\n"
        "        print((await tf.start('letters', {})).id)\n"
        "asyncio.run(main())\n"
    )
    with script(driver, market.home) as started:
        job_id = (await asyncio.to_thread(started.wait)).out.strip()
    await asyncio.to_thread(said, market.home, "worker", "--until-idle")
    shown = await asyncio.to_thread(said, market.home, "jobs", "show", job_id, "--json")
    assert (shown.json["status"], shown.json["result"]) == ("succeeded", {"letters": 1})


def test_it_is_offered_to_nobody_whose_profile_does_not_list_it(market: Market) -> None:
    ended = market.mission(market.model(ASKED, say("Done.")), profile="dev")
    assert ended.json["status"] == "completed"
    log = said(market.home, "jobs", "watch", ended.json["job_id"], "--json").out
    assert "There is no tool 'shipping_cost' in this mission." in log


def test_where_it_is_not_installed_the_mission_fails_and_can_be_resumed_where_it_is(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = os.environ["PYTHONPATH"]
    monkeypatch.setenv("PYTHONPATH", "")
    failed = market.mission(market.model(ASKED, say("Done."))).json
    monkeypatch.setenv("PYTHONPATH", installed)
    resumed = said(market.home, "sessions", "resume", failed["session_id"], "--json").json
    assert (failed["status"], failed["error"]["code"]) == ("failed", "unknown_tool")
    assert failed["error"]["message"].startswith(
        "The profile lists the tool 'shipping_cost', and there is none"
    )
    assert (resumed["status"], resumed["message"]) == ("completed", "Done.")


def test_a_broken_one_is_named_to_whoever_needs_it_and_to_the_doctor(market: Market) -> None:
    market.install("bad-tools", "import nowhere", {"taskforce.tools": "bad = bad_tools:all"})
    (market.home / "profiles" / "bad.yaml").write_text("extends: dev\ntools: [bad_tool]\n")
    model = market.model(say("Done."))

    assert market.mission(model, profile="dev").json["status"] == "completed"
    assert market.mission(market.model(ASKED, say("Done."))).json["status"] == "completed"
    needs = market.mission(model, profile="bad").json
    assert (needs["status"], needs["error"]["code"]) == ("failed", "plugin_broken")
    named = "bad-tools 1.0 (taskforce.tools: bad = bad_tools:all) cannot be used: loading it raised "
    assert f"{named}ModuleNotFoundError" in needs["error"]["message"]

    doctor = said(market.home, "doctor", "--json")
    found = [(one["status"], one["detail"]) for one in doctor.json["checks"] if one["name"] == "plugin"]
    assert doctor.code == 1
    assert [status for status, _ in found] == ["broken", "ok", "ok", "ok"]
    assert named in found[0][1]
    assert found[1][1].endswith("(taskforce.tools: cost = shop_tools:shipping_cost) gives shipping_cost")


def page(name: str) -> Mapping[str, str]:
    """Return the files that a how-to page shows, by name."""
    found = (one for one in shown(ROOT / "docs" / "how-to" / f"{name}.md") if one.kind == "file")
    return {one.name: one.text for one in found}


def test_missions_follow_the_strategy_of_the_page_that_tells_how_to_write_one(market: Market) -> None:
    files = page("write-a-strategy")
    group, _, line = files["pyproject.toml"].partition('points."')[2].partition('"]\n')
    market.install("second-look", files["second_look.py"], {group: line.partition("\n")[0].replace('"', "")})
    profile = files[".taskforce/profiles/careful.yaml"]
    (market.home / "profiles" / "careful.yaml").write_text(profile)
    answers = market.home.parent / "answers.yaml"
    answers.write_text(files["answers.yaml"])

    ended = market.mission(f"script:{answers}", profile="careful").json
    assert (ended["status"], ended["message"]) == ("completed", "It is 42.")
    log = said(market.home, "jobs", "watch", ended["job_id"], "--json").out
    assert [one["message"] for one in lines(log) if one["event_type"] == "thought"] == ["It is 41."]
    told = [one["detail"] for one in said(market.home, "doctor", "--json").json["checks"]]
    assert any(one.endswith("second_look = second_look:SecondLook) gives second_look") for one in told)


def test_a_broken_strategy_fails_the_missions_that_name_it_until_it_is_mended(market: Market) -> None:
    market.install("bad-strategy", "import nowhere", {"taskforce.strategies": "bad = bad_strategy:Bad"})
    (market.home / "profiles" / "bad.yaml").write_text("extends: dev\nstrategy: bad\n")
    failed = market.mission(market.model(say("Done.")), profile="bad").json
    assert failed["error"]["code"] == "plugin_broken"
    assert "bad-strategy 1.0 (taskforce.strategies: bad = bad_strategy:Bad)" in failed["error"]["message"]
    mended = "from taskforce.core.missions.strategy import React\n\n\nclass Bad(React):\n    pass\n"
    (market.site / "bad_strategy.py").write_text(mended)
    resumed = said(market.home, "sessions", "resume", failed["session_id"], "--json").json
    assert (resumed["status"], resumed["message"]) == ("completed", "Done.")


def test_a_strategy_that_is_not_there_is_refused_with_file_and_line(market: Market) -> None:
    (market.home / "profiles" / "none.yaml").write_text("extends: dev\nstrategy: none\n")
    ended = market.mission(market.model(say("Done.")), profile="none")
    assert ended.code == 2
    assert (
        "none.yaml:2: strategy: There is no strategy 'none'. Known are: plan_and_execute, react." in ended.err
    )


@tool(risk="read")
def weigh(kilos: float, context: ToolContext) -> dict[str, object]:
    """Weigh a parcel.

    Args:
        kilos: How heavy it looks.
    """
    if kilos < 0:
        raise ValueError("the scales fell over")
    return {"kilos": kilos, "key": context.idempotency_key.partition("/")[2]}


async def test_the_library_is_opened_with_it(market: Market) -> None:
    (market.home / "profiles" / "scales.yaml").write_text("extends: dev\ntools: [weigh]\n")
    turns = [call("weigh", kilos=1), call("weigh", kilos="x"), call("weigh", kilos=-1), say("Done.")]
    settings = market.settings().model_copy(update={"workers": 1})
    async with Taskforce.open(settings, tools=[weigh]) as tf:
        mission = await tf.execute_mission("Go", profile="scales", model=market.model(*turns))
        events = [event async for event in tf.jobs.watch(job_id=mission.job_id)]
    told = [one.message for one in events if one.event_type == "tool_result"]
    assert mission.status.value == "completed"
    assert json.loads(told[0]) == {"kilos": 1.0, "key": "turn/1/call/1"}
    assert "Invalid arguments for weigh: kilos: Input should be a valid number" in told[1]
    assert told[2].startswith("weigh broke: ")
    assert "the scales fell over" in told[2]


async def test_a_name_that_is_taken_is_refused_when_taskforce_is_opened(market: Market) -> None:
    grep = tool(name="grep")(weigh.__wrapped__)
    with pytest.raises(ToolNameTaken, match="Taskforce's own"):
        async with Taskforce.open(market.settings(), tools=[grep]):
            pass
