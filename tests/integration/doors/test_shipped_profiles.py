"""The profiles that come with Taskforce, each by a mission of its kind, from the command line and offline."""

import sys
from pathlib import Path
from typing import Any

import pytest

from taskforce.core.missions.controls import CONTROLS
from taskforce.infrastructure.missions.strategies import OfferedStrategies
from taskforce.infrastructure.missions.toolbox import BuiltinTools
from taskforce.infrastructure.missions.yaml_profiles import YamlProfiles
from tests.integration.doors.cli_process import Cli, Done, call, lines, say
from tests.integration.missions.houses import must_have_bubblewrap
from tests.integration.missions.intranet import a_page_within

SHIPPED = ("coding", "dev", "research")
BARE = str(Path(sys.executable).parent)
"""A PATH without bubblewrap."""
FIXED = "def add(one, other):\n    return one + other\n"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "sums.py").write_text(FIXED.replace("+", "-"))
    return Cli(folder=folder)


def asked(done: Done) -> list[dict[str, Any]]:
    return [event["details"] for event in lines(done.out) if event["event_type"] == "approval_required"]


def approve(cli: Cli, session_id: str, **environment: str) -> Done:
    shown = cli("sessions", "show", session_id, "--json").json
    words = (session_id, shown["waiting"]["wait_id"], "--decision", "approve", "--json")
    return cli("sessions", "respond", *words, **environment)


def planned(*descriptions: str) -> dict[str, Any]:
    items = [{"position": place, "description": text} for place, text in enumerate(descriptions, start=1)]
    return call("planner", items=items)


def test_they_are_listed_and_name_tools_that_there_are(cli: Cli) -> None:
    listed = cli("profiles", "list", "--json").json["items"]
    assert tuple(one["name"] for one in listed) == SHIPPED
    assert all(one["description"] for one in listed)
    known = {*BuiltinTools().tools(), *CONTROLS}
    for name in SHIPPED:
        assert set(YamlProfiles([], strategies=OfferedStrategies()).get(name).tools) <= known


CODING = (
    planned("look", "mend", "run"),
    call("file_read", path="sums.py"),
    call("file_edit", path="sums.py", old="one - other", new="one + other"),
    call("shell", command=f"{sys.executable} -c 'import sums; print(sums.add(2, 3))'"),
    say("add adds now: 2 and 3 are 5."),
)


def test_coding_reads_writes_and_runs_unasked_where_walls_hold_it(cli: Cli) -> None:
    must_have_bubblewrap()
    words = ("run", "mission", "Mend add", "--profile", "coding", "--model", cli.script(*CODING))
    done = cli(*words, "--json", "--stream")
    results = [event for event in lines(done.out) if event["event_type"] == "tool_result"]
    assert (done.code, asked(done)) == (0, []), done.err
    assert [result["details"]["failed"] for result in results] == [False] * 4
    assert results[-1]["message"].strip() == "5"
    assert (cli.folder / "sums.py").read_text() == FIXED


def test_coding_asks_before_it_runs_where_there_are_no_walls(cli: Cli) -> None:
    words = ("run", "mission", "Mend add", "--profile", "coding", "--model", cli.script(*CODING))
    paused = cli(*words, "--json", PATH=BARE)
    assert (paused.code, paused.json["status"]) == (3, "paused"), paused.err
    assert (cli.folder / "sums.py").read_text() == FIXED
    done = approve(cli, paused.json["session_id"], PATH=BARE)
    assert (done.code, done.json["message"]) == (0, "add adds now: 2 and 3 are 5.")


def test_research_follows_a_plan_asks_before_it_fetches_and_runs_nothing(cli: Cli) -> None:
    with a_page_within() as address:
        turns = (
            planned("find out what the page says", "write the report"),
            call("http_fetch", url=address),
            {**say("It says: from within."), "goes_on": True},
            call("shell", command="touch ran"),
            call("file_write", path="report.md", content=f"It says: from within ({address}).\n"),
            {**say("The report is written."), "goes_on": True},
            say("The page says: from within. See report.md."),
        )
        model = cli.script(*turns)
        words = ("run", "mission", "What does it say?", "--profile", "research", "--model", model)
        paused = cli(*words, "--json")
        assert (paused.code, paused.json["status"]) == (3, "paused"), paused.err
        done = approve(cli, paused.json["session_id"], TASKFORCE_PRIVATE_NETWORKS="127.0.0.0/8")
    assert (done.code, done.json["message"]) == (0, "The page says: from within. See report.md."), done
    assert (cli.folder / "report.md").read_text().startswith("It says: from within (http://127.0.0.1:")
    assert not (cli.folder / "ran").exists()
    log = lines(cli("jobs", "watch", done.json["job_id"], "--json").out)
    results = [event["message"] for event in log if event["event_type"] == "tool_result"]
    assert results[1].rstrip().endswith("from within")
    assert results[2].startswith("There is no tool 'shell' in this mission.")
    assert [event["message"] for event in log if event["event_type"] == "plan_updated"][-1] == (
        "1. [completed] find out what the page says\n2. [completed] write the report"
    )


@pytest.mark.parametrize("profile", SHIPPED)
def test_rules_play_plain_missions_by_each(cli: Cli, profile: str) -> None:
    words = ("run", "mission", "Read sums.py, then list the files", "--profile", profile)
    done = cli(*words, "--model", "local:planner", "--json")
    assert (done.code, done.json["status"]) == (0, "completed"), done.json["message"]
